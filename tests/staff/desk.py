"""A desk with invented people and tickets, and a browser without JavaScript to work at it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer
from argon2 import PasswordHasher

from bot.app import House, Rooms, build
from bot.channels import Bubble, Pace
from bot.channels.web import Web
from bot.sender import Sender
from bot.settings import Settings
from handlers.pages import add_pages
from hotline import tickets
from hotline.formats.places import Place, parse_place
from locales.words import SHANGHAI
from storage import staff as people
from storage import turns
from storage.database import Database
from storage.models import Contact, Staff, Ticket

SECRET = "a secret for tests"
PASSWORD = "dongfeng-sausages"
HTML = {"Accept": "text/html"}

_sealed: dict[str, str] = {}
_CHEAP = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)


def sealed(password: str) -> str:
    """The hash of a password, made once and cheaply: argon2 is slow on purpose, and a hash names its own cost."""
    return _sealed.setdefault(password, _CHEAP.hash(password))


class Page(HTMLParser):
    """A page's text and forms, as a browser without JavaScript has them."""

    def __init__(self, answer: ClientResponse, html: str):
        super().__init__()
        self.status, self.headers, self.address, self.html = answer.status, answer.headers, answer.url, html
        self.forms: list[tuple[str, dict[str, str]]] = []
        self.links: list[str] = []
        self._text: list[str] = []
        self.feed(html)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self._text).split())

    def handle_data(self, data: str) -> None:
        self._text.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        had = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append((had.get("action", ""), {}))
        elif tag == "input" and had.get("type") == "hidden" and self.forms:
            self.forms[-1][1][had["name"]] = had.get("value", "")
        elif tag == "a" and "href" in had:
            self.links.append(had["href"])

    def form(self, ending: str) -> tuple[str, dict[str, str]]:
        return next((a, dict(h)) for a, h in self.forms if urlsplit(a).path.endswith(ending))

    def has_form(self, ending: str) -> bool:
        return any(urlsplit(a).path.endswith(ending) for a, _ in self.forms)


class Browser:
    """One person's browser: it keeps cookies, follows redirects, and sends the forms it finds."""

    def __init__(self, client: TestClient[Any, Any]):
        self.client = client

    async def get(self, address: str, **options: Any) -> Page:
        options.setdefault("headers", HTML)
        async with self.client.get(address, **options) as answer:
            return Page(answer, await answer.text(errors="replace"))

    async def post(self, address: str, fields: dict[str, str], **options: Any) -> Page:
        async with self.client.post(address, data=fields, **options) as answer:
            return Page(answer, await answer.text(errors="replace"))

    async def send(self, page: Page, ending: str, **fields: str) -> Page:
        action, hidden = page.form(ending)
        return await self.post(action, hidden | fields)

    async def sign_in(self, login: str, password: str = PASSWORD) -> Page:
        return await self.send(await self.get("/staff/sign-in"), "/sign-in", login=login, password=password)

    async def token(self) -> str:
        """The token of this session's forms."""
        page = await self.get("/staff/help")
        return next(hidden["form"] for _, hidden in page.forms if "form" in hidden)

    def cookies(self) -> dict[str, str]:
        return {c.key: c.value for c in self.client.session.cookie_jar}


class Desk:
    """The house behind the console, with ways to make things happen there."""

    def __init__(self, house: House, clock: Any):
        self.house, self.db, self.clock = house, house.db, clock
        self.app = web.Application(client_max_size=1024 * 1024)
        add_pages(self.app, house)
        self.server = TestServer(self.app)

    @asynccontextmanager
    async def browser(self, login: str | None = None) -> AsyncIterator[Browser]:
        """A browser, signed in when a login is given."""
        client: TestClient[Any, Any] = TestClient(self.server)
        await client.start_server()
        try:
            browser = Browser(client)
            if login:
                assert (await browser.sign_in(login)).status == 200
            yield browser
        finally:
            await client.session.close()

    async def hire(
        self, login: str, role: str = "clerk", *, must_change: bool = False, language: str = "zh_CN"
    ) -> Staff:
        async with self.db.write() as tx:
            return await people.add(
                tx,
                Staff(
                    login=login, name=f"坐席{login}", password_hash=sealed(PASSWORD), role=role, division="220100",
                    language=language, must_change=must_change, created_at=self.clock(),
                ),
            )  # fmt: skip

    async def contact(self, address: str = "driver", channel: str = "web") -> Contact:
        async with self.db.write() as tx:
            return await turns.contact_at(tx, channel, "main", address, "zh_CN", self.clock())

    async def report(self, where: str | Place = "G12 长春东收费站", **changed: Any) -> Ticket:
        """A ticket: turned back at a toll station, unless told otherwise."""
        contact = await self.contact(changed.pop("by", "driver"))
        place = parse_place(where) if isinstance(where, str) else where
        matter = {
            "kind": "blockage", "what": "turned_back", "place": place, "answers": {"where": place.to_json()},
            "happened_at": self.clock() - timedelta(minutes=20), "plate": "吉A12345",
            "note": "前面都不让下",
        } | changed  # fmt: skip
        async with self.db.write() as tx:
            return await tickets.open(tx, contact, tickets.Matter(**matter), "220100", self.clock())

    async def ticket(self, ticket_id: int | None) -> Ticket:
        async with self.db.read() as tx:
            found = await tx.get(Ticket, ticket_id)
            assert found is not None
            return found


def assembled(db: Database, clock: Any, folder: Path, **settings: str) -> Desk:
    """A desk on this database."""
    address = db.url.render_as_string(hide_password=False)
    made = Settings(_env_file=None, database_url=address, var=folder, secret_key=SECRET, **settings)  # type: ignore[call-arg]
    house = build(made, Rooms(), [Web("main")], clock)
    house.db = db
    return Desk(house, clock)


class Fussy:
    """A channel that takes, refuses, or does not answer."""

    name, account = "web", "main"

    def __init__(self, *outcomes: Exception | None):
        self.pace, self.outcomes = Pace(), list(outcomes)

    async def send(self, address: str, bubble: Bubble) -> str:
        if (outcome := self.outcomes.pop(0)) is not None:
            raise outcome
        return ""

    async def fetch(self, ref: str) -> bytes:
        raise AssertionError


async def deliver(desk: Desk, *outcomes: Exception | None) -> None:
    channel = Fussy(*outcomes)
    sender = Sender(desk.db, {("web", "main"): channel}, desk.clock, SHANGHAI)
    await sender.drain()
    await sender.close()
