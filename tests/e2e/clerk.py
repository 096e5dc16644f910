"""A clerk with a browser that has no JavaScript: opens pages, fills in the forms that are there, and sends them."""

from __future__ import annotations

from html.parser import HTMLParser
from types import TracebackType

import aiohttp

from tests.support.process import Running

NEW_PASSWORD = "a-password-of-my-own"


class Forms(HTMLParser):
    """Every form of a page: its action, and the values of its hidden fields."""

    def __init__(self, page: str):
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        had = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append((had.get("action", ""), {}))
        elif tag == "input" and had.get("type") == "hidden" and self.found:
            self.found[-1][1][had["name"]] = had.get("value", "")

    def one(self, ending: str) -> tuple[str, dict[str, str]]:
        """The form whose action ends so."""
        return next((action, hidden) for action, hidden in self.found if action.endswith(ending))


class Clerk:
    """The administrator of a fresh house, at work as a clerk."""

    def __init__(self, house: Running):
        self.house = house

    async def __aenter__(self) -> Clerk:
        jar = aiohttp.CookieJar(unsafe=True)
        self.session = await aiohttp.ClientSession(self.house.address, cookie_jar=jar).__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.session.close()

    async def signs_in(self) -> None:
        """With the one-time password, and then with one of his own."""
        assert self.house.password
        await self._sends("/staff/sign-in", "/sign-in", login="admin", password=self.house.password)
        await self._sends("/staff/password", "/password", new=NEW_PASSWORD, again=NEW_PASSWORD)

    async def acts(self, number: str, verb: str, words: str = "") -> None:
        """Take, reply, note, resolve or reopen."""
        fields = {"words": words} if words else {}
        if verb == "resolve":
            fields["outcome"] = "solved"
        page = await self._sends(f"/staff/tickets/{number}", f"/{verb}", **fields)
        assert number in page

    async def _sends(self, page: str, action: str, **fields: str) -> str:
        async with self.session.get(page) as answer:
            assert answer.status == 200, (page, answer.status)
            target, hidden = Forms(await answer.text()).one(action)
        async with self.session.post(target, data={**hidden, **fields}) as answer:
            said = await answer.text()
            assert answer.status == 200, (target, answer.status, said[:500])
            return said
