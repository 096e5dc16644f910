"""Two ways of working at the console: by keyboard alone, and in a browser that runs no script."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any, ClassVar

from playwright.async_api import Browser, Locator, Page, expect

from tests.browser.screen import DESK
from tests.staff.desk import PASSWORD, Desk

LOOK = Path(__file__).with_name("focus.js").read_text("utf-8")
FURTHEST = 150
"""No page has more stops than this between two things that one does after each other."""


class Hand(ABC):
    """One person before a screen: what he does, in words of the page."""

    javascript = True

    def __init__(self, page: Page, desk: Desk):
        self.page, self.desk = page, desk

    @classmethod
    async def sits_down(cls, browser: Browser, desk: Desk, login: str) -> Hand:
        """He opens the console in a browser of his own, and signs in."""
        context = await browser.new_context(**DESK, java_script_enabled=cls.javascript)  # type: ignore[arg-type]
        hand = cls(await context.new_page(), desk)
        await hand.page.goto(str(desk.server.make_url("/staff/")))
        await hand.sign_in(login)
        await hand.page.wait_for_url(re.compile(r"^http://[^/]+/staff/(?!sign-in)"))
        return hand

    async def gets_up(self) -> None:
        """He closes the browser."""
        await self.page.context.close()

    async def reads(self, place: str, words: str) -> None:
        """The page says so."""
        await expect(self.page.locator(place)).to_contain_text(words)

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def form(self, name: str) -> Locator:
        return self.page.locator(f"details.say#{name}")

    async def opens(self, name: str) -> None:
        """He unfolds one of the ticket's forms."""
        if await self.form(name).get_attribute("open") is None:
            await self.presses(self.form(name).locator("summary"))

    async def sends(self, name: str, button: str, done: str) -> None:
        """He sends the form that is open, and the page says what was done."""
        await self.presses(self.form(name).get_by_role("button", name=button, exact=True))
        await self.reads(".flash", done)

    @abstractmethod
    async def sign_in(self, login: str) -> None: ...

    @abstractmethod
    async def presses(self, what: Locator) -> None: ...

    @abstractmethod
    async def writes(self, where: Locator, words: str) -> None: ...

    @abstractmethod
    async def chooses(self, option: Locator) -> None: ...

    @abstractmethod
    async def picks(self, where: Locator, value: str) -> None: ...

    @abstractmethod
    async def turns_to(self, queue: str) -> None: ...

    @abstractmethod
    async def reads_ticket(self, number: str) -> None: ...

    @abstractmethod
    async def takes(self) -> None: ...

    @abstractmethod
    async def hears(self) -> None: ...


class Plain(Hand):
    """A mouse, and a browser that runs no script."""

    javascript = False

    async def sign_in(self, login: str) -> None:
        await self.page.get_by_label("登录名").fill(login)
        await self.page.get_by_label("密码").fill(PASSWORD)
        await self.page.get_by_role("button", name="登录").click()

    async def presses(self, what: Locator) -> None:
        await what.click()

    async def writes(self, where: Locator, words: str) -> None:
        await where.fill(words)

    async def chooses(self, option: Locator) -> None:
        await option.check()

    async def picks(self, where: Locator, value: str) -> None:
        await where.select_option(value)

    async def turns_to(self, queue: str) -> None:
        await self.page.locator(f"#views a[href*='view={queue}']").click()

    async def reads_ticket(self, number: str) -> None:
        await self.page.locator("#rows tr", has_text=number).locator("a.to").click()

    async def takes(self) -> None:
        await self.page.locator(".head .take").click()

    async def hears(self) -> None:
        """Nothing comes by itself: he loads the page again."""
        await self.page.reload()


class Keys(Hand):
    """Tab, Enter, space, arrows, letters and shortcuts; wherever the focus comes, it must be seen."""

    QUEUES: ClassVar = {"accepted": "a", "mine": "m", "department": "d", "review": "e"}

    async def press(self, key: str) -> None:
        await self.page.keyboard.press(key)

    async def looks(self, at: Locator) -> dict[str, Any]:
        """Where the focus is, as seen from something that he wants: here, before or after; and whether he sees it."""
        found = dict(await at.evaluate(LOOK))
        assert not found["fault"], (self.page.url, found)
        return found

    async def reaches(self, what: Locator) -> None:
        """Tab by tab, the shorter way round."""
        await expect(what).to_be_visible()
        for _ in range(FURTHEST):
            where = (await self.looks(what))["where"]
            if where == "here":
                return
            await self.press("Shift+Tab" if where == "after" else "Tab")
        raise AssertionError(f"{what} is not reached by Tab on {self.page.url}")

    async def is_alive(self) -> None:
        """Shortcuts are heard from now on."""
        await expect(self.page.locator("#live")).to_have_text("实时更新")

    async def sign_in(self, login: str) -> None:
        await self.reaches(self.page.get_by_label("登录名"))
        await self.page.keyboard.type(login)
        await self.reaches(self.page.get_by_label("密码"))
        await self.page.keyboard.type(PASSWORD)
        await self.press("Enter")

    async def presses(self, what: Locator) -> None:
        await self.reaches(what)
        await self.press("Enter")

    async def writes(self, where: Locator, words: str) -> None:
        await self.reaches(where)
        await self.press("Control+a")
        await self.page.keyboard.type(words)
        await expect(where).to_have_value(words)

    async def chooses(self, option: Locator) -> None:
        name, options = await option.get_attribute("name"), self.page.locator("details[open] form")
        group = options.locator(f"input[name={name}]")
        await self.reaches(group.first)
        await self.press("Space")
        for _ in range(await group.count()):
            if await option.is_checked():
                break
            await self.press("ArrowDown")
        await expect(option).to_be_checked()
        await self.looks(option)

    async def picks(self, where: Locator, value: str) -> None:
        await self.reaches(where)
        for _ in range(await where.locator("option").count()):
            if await where.input_value() == value:
                break
            await self.press("ArrowDown")
        await expect(where).to_have_value(value)

    async def turns_to(self, queue: str) -> None:
        await self.is_alive()
        await self.press("g")
        await self.press(self.QUEUES[queue])
        await self.page.wait_for_url(f"**/staff/?view={queue}")

    async def reads_ticket(self, number: str) -> None:
        await self.is_alive()
        link = self.page.locator("#rows tr", has_text=number).locator("a.to")
        for _ in range(await self.page.locator("#rows tr").count()):
            await self.press("j")
            if (await self.looks(link))["where"] == "here":
                break
        await expect(link).to_be_focused()
        await self.press("Enter")
        await self.page.wait_for_url(f"**/{number}")

    async def takes(self) -> None:
        await self.is_alive()
        await self.press("t")

    async def hears(self) -> None:
        """News comes by itself, and waits until it is asked for."""
        await expect(self.page.locator("#hint button")).to_be_visible(timeout=15_000)
        await self.press(".")
        await expect(self.page.locator("#hint button")).to_have_count(0)
