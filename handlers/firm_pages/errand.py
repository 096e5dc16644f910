"""One request of somebody who came with an errand: who it is, what they typed, and the ways to answer."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

from aiohttp import web
from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy.ext.asyncio import AsyncSession
from yarl import URL

from bot.app import House
from bot.channels.web.channel import Web
from bot.channels.web.cookie import ContactCookie
from bot.channels.web.site import LANGUAGE_COOKIE
from handlers.public.look import HERE as PUBLIC
from handlers.public.look import STATIC as PUBLIC_STATIC
from handlers.reading import Reading
from handlers.staff.static import Static
from handlers.templates import environment
from locales.words import Refusal, Say, from_json, negotiate, to_json
from storage import turns
from storage.models import Contact
from storage.turns import Arrived

HERE = Path(__file__).parent
STATIC = "/firm-pages"
SAID = "changxing_told"
"""The cookie that carries a sentence from a form to the page that follows it."""

SAID_SECONDS = 60
KEPT_FOR = timedelta(hours=12)
"""How long what was typed may lie between the check page and the press of its button; our own number."""

_ONCE = re.compile(r"[A-Za-z0-9_-]{16,64}")
_SIGNING = {"key_derivation": "hmac", "digest_method": hashlib.sha256}


class Pages:
    """The templates of these pages over those that anybody may read, and the files beside both."""

    def __init__(self) -> None:
        self.static = Static(HERE / "static", STATIC)
        self._public = Static(PUBLIC / "static", PUBLIC_STATIC)
        self._templates = environment(HERE / "templates", PUBLIC / "templates")

    def file(self, name: str) -> str:
        """Where a file is served."""
        return (self.static if self.static.has(name) else self._public).address(name)

    def html(self, errand: Errand, template: str, **facts: Any) -> str:
        """The page as text; `facts` are what this template alone needs."""
        named = {"t": errand.words, "render": errand.render, "look": errand, "file": self.file}
        return self._templates.get_template(template).render(**named, **facts)


@dataclass(frozen=True)
class Counter:
    """What every one of these pages stands on: the house, the pages, the cookie, and how many sheets are open."""

    house: House
    pages: Pages
    cookie: ContactCookie
    opening: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(2))

    def errand(self, request: web.Request) -> Errand:
        """Who asks, as far as the cookie proves it; a browser that comes first is given an address."""
        address = self.cookie.address(request)
        return Errand(self, request, self.house.now(), address or secrets.token_urlsafe(16), is_new=address is None)


@dataclass
class Errand:
    """One request; `form` and `photos` are what a POST brought, each photo by the id under which it is kept."""

    counter: Counter
    request: web.Request
    now: datetime
    address: str
    is_new: bool
    form: Mapping[str, str] = field(default_factory=dict)
    photos: Sequence[int] = ()
    sheet: bytes | None = None

    @property
    def house(self) -> House:
        """The house whose counter this is."""
        return self.counter.house

    @property
    def account(self) -> str:
        """The account of the web chat, which these pages share."""
        return self.house.settings.web_account

    @cached_property
    def language(self) -> str:
        """`?lang=`, else what the chat remembers, else what the browser prefers."""
        asked = self.request.query.get("lang") or self.request.cookies.get(LANGUAGE_COOKIE)
        return negotiate(asked or self.request.headers.get("Accept-Language"), self.house.settings.default_language)

    @cached_property
    def reads(self) -> Reading:
        """Sentences as this reader reads them."""
        return Reading(self.language, self.house.settings.zone, self.now)

    def words(self, key: str, /, **facts: Any) -> str:
        """The sentence `key` as this reader reads it."""
        return self.reads.words(key, **facts)

    def render(self, spoken: Say | str) -> str:
        """A `Say` as this reader reads it."""
        return self.reads.render(spoken)

    # Who it is.

    async def known(self, tx: AsyncSession) -> Contact | None:
        """The contact of this browser, if it ever sent anything."""
        return None if self.is_new else await turns.find_contact(tx, Web.name, self.account, self.address)

    async def contact(self, tx: AsyncSession) -> Contact:
        """The contact of this browser, made as the chat makes it."""
        return await turns.contact_at(tx, Web.name, self.account, self.address, self.language, self.now)

    async def is_first(self, tx: AsyncSession, mark: str) -> bool:
        """Whether a form is here for the first time; kept in the transaction that does what it asks.

        The colon keeps its mark apart from every id that the chat may give a message.
        """
        if not _ONCE.fullmatch(mark.partition(":")[0]):
            raise web.HTTPBadRequest
        arrived = Arrived(Web.name, self.account, self.address, f"page:{mark}", "message", None)
        return await turns.accept(tx, arrived, self.now)

    # What a form carries.

    @cached_property
    def form_token(self) -> str:
        """What every form carries, so that no other site can send one (CSRF); it is bound to this browser's address."""
        return hmac.digest(self.house.secret.encode(), f"pages.form:{self.address}".encode(), "sha256").hex()

    @staticmethod
    def new_once() -> str:
        """A key for one form on one page: the form counts once, however often it is sent."""
        return secrets.token_urlsafe(16)

    def keep(self, kind: str, typed: Mapping[str, Any]) -> str:
        """What was typed and checked, signed for this browser alone, to be carried by the next form."""
        return str(self._signer(kind).dumps(typed))

    def kept(self, kind: str, name: str = "kept") -> dict[str, Any]:
        """What `keep` gave out to this browser; raises Refusal when it is altered, another's or too old."""
        try:
            found = self._signer(kind).loads(self.form.get(name, ""), max_age=int(KEPT_FOR.total_seconds()))
        except BadSignature:
            raise Refusal("firm_pages.kept.gone") from None
        return cast("dict[str, Any]", found)

    def _signer(self, kind: str) -> URLSafeTimedSerializer:
        salt = f"pages.{kind}:{self.address}"
        return URLSafeTimedSerializer(self.house.secret, salt=salt, signer_kwargs=_SIGNING)

    # How it is answered.

    def page(self, template: str, *, status: int = 200, **facts: Any) -> web.Response:
        """A whole page, with the sentence that the form before it left."""
        said = self._said()
        text = self.counter.pages.html(self, template, said=said, **facts)
        response = web.Response(text=text, status=status, content_type="text/html", charset="utf-8")
        response.headers["Content-Language"] = self.language.replace("_", "-")
        if said is not None:
            response.del_cookie(SAID)
        response.enable_compression()
        return response

    def onward(self, where: str, said: Say | None = None) -> web.Response:
        """To another page of ours (303), which says what was done."""
        response = web.Response(status=303, headers={"Location": where})
        if said is not None:
            value = str(self._signer("said").dumps(to_json(said)))
            secure = self.house.settings.public_url.startswith("https:")
            response.set_cookie(SAID, value, max_age=SAID_SECONDS, httponly=True, samesite="Lax", secure=secure)
        return response

    def _said(self) -> Say | None:
        if not (left := self.request.cookies.get(SAID)):
            return None
        try:
            said = from_json(self._signer("said").loads(left, max_age=SAID_SECONDS))
        except BadSignature:
            return None
        return said if isinstance(said, Say) else None

    @property
    def is_foreign(self) -> bool:
        """Whether another site's page sent this."""
        origin = self.request.headers.get("Origin")
        ours = {self.request.host, urlsplit(self.house.settings.public_url).netloc} - {""}
        return origin is not None and urlsplit(origin).netloc not in ours

    @property
    def path(self) -> str:
        """The address of this page, without what was asked of it."""
        return self.request.path

    def elsewhere(self, **query: str) -> str:
        """This page with other things asked of it; from the answer to a form, where its kind begins."""
        if self.request.method == "GET":
            return str(self.request.rel_url.update_query(query))
        return str(URL(f"/{self.path.split('/')[1]}").with_query(query))


Handler = Callable[[Errand], Awaitable[web.StreamResponse]]
