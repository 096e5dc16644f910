"""One request of somebody to the console: who it is, what they read and typed, and the ways to answer."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any
from urllib.parse import quote

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from bot.app import House
from handlers.reading import Reading
from handlers.staff import flash
from handlers.staff.listeners import Live
from handlers.staff.pages import Pages
from handlers.staff.sessions import Session, Sessions
from handlers.staff.static import Static
from hotline import divisions, rights
from locales.words import Say, negotiate
from storage import filings, firms, queues, review, turns
from storage import staff as people
from storage.ledger import Rows, count_each
from storage.models import Staff
from storage.turns import Arrived

REFRESH = "X-Refresh"
"""The header with which our own script asks for a page it already shows: such a look consumes no flash."""

HERE = "/staff/"
MOST_DEAD = 99
"""More than this, of what the navigation counts, are "99+"."""

AT_ONCE = 2
"""Passwords checked, photos made small, and workbooks written at the same time: each takes up to 100 MB or a core."""

_ONCE = re.compile(r"[A-Za-z0-9_-]{16,64}")


@dataclass(frozen=True)
class Console:
    """What every page stands on: the house, its sessions, its pages, and the browsers that listen."""

    house: House
    sessions: Sessions
    pages: Pages
    live: Live
    leaflet: Static | None = None
    checking: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    drawing: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    exporting: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def visit(self, request: web.Request) -> Visit:
        """Who asks, as far as their cookie proves it."""
        now = self.house.now()
        session, member = self.sessions.read(request, now), None
        if session is not None and session.staff_id:
            async with self.house.db.read() as tx:
                member = await people.by_id(tx, session.staff_id)
            if not session.is_of(member):
                session = member = None
        return Visit(self, request, session or self.sessions.begin(None, now), member, now, is_new=session is None)


@dataclass
class Visit:
    """One request; `member` is None for somebody who has not signed in, `form` what a POST brought."""

    console: Console
    request: web.Request
    session: Session
    member: Staff | None
    now: datetime
    is_new: bool = False
    form: Mapping[str, str] = field(default_factory=dict)

    @property
    def house(self) -> House:
        """The house this console belongs to."""
        return self.console.house

    @property
    def staff(self) -> Staff:
        """Who signed in; only for pages that the guard lets nobody else see."""
        assert self.member is not None
        return self.member

    @cached_property
    def language(self) -> str:
        """Their own choice; before the sign-in `?lang=`, else what the browser prefers."""
        if self.member is not None:
            return self.member.language
        wanted = self.request.query.get("lang") or self.request.headers.get("Accept-Language")
        return negotiate(wanted, self.house.settings.default_language)

    @cached_property
    def reads(self) -> Reading:
        """Sentences as this visitor reads them."""
        return Reading(self.language, self.house.settings.zone, self.now)

    def words(self, key: str, /, **facts: Any) -> str:
        """The sentence `key` as this visitor reads it."""
        return self.reads.words(key, **facts)

    def render(self, spoken: Say | str) -> str:
        """A `Say` as this visitor reads it."""
        return self.reads.render(spoken)

    async def page(self, template: str, *, status: int = 200, **facts: Any) -> web.Response:
        """A whole page, with what its head shows on every page."""
        if self.member and facts.get("waiting") is None:
            async with self.house.db.read() as tx:
                facts["waiting"] = await count_each(tx, self.waiting())
        response = self.bare_page(template, status=status, **facts)
        if self.is_new:
            self.console.sessions.hand_out(response, self.session)
        return response

    def bare_page(self, template: str, *, status: int = 200, **facts: Any) -> web.Response:
        """A page that needs no database: errors are told even when it is away."""
        said = None if self.request.headers.get(REFRESH) else flash.read(self.request, self.house.secret)
        text = self.console.pages.html(self, template, said=said, **{"waiting": {}, **facts})
        response = web.Response(text=text, status=status, content_type="text/html", charset="utf-8")
        response.headers["Content-Language"] = self.language.replace("_", "-")
        if said is not None:
            flash.forget(response)
        return response

    def onward(self, where: str, said: Say | None = None) -> web.Response:
        """To another page of ours (303), which shows what was done."""
        response = web.Response(status=303, headers={"Location": where})
        if said is not None:
            flash.leave(response, said, self.house.secret, secure=self.is_secure)
        return response

    @property
    def is_secure(self) -> bool:
        """Whether browsers reach us by https alone."""
        return self.house.settings.public_url.startswith("https:")

    def to_sign_in(self) -> web.Response:
        """To the sign-in, and from there back to here."""
        return self.onward(f"{HERE}sign-in?next={quote(self.request.path_qs, safe='/')}")

    @property
    def back(self) -> str:
        """The address to come back to: this page, unless it is the answer to a form."""
        return self.request.path_qs if self.request.method == "GET" else HERE

    @cached_property
    def form_token(self) -> str:
        """What every form on this page carries."""
        return self.console.sessions.form_token(self.session)

    @staticmethod
    def new_once() -> str:
        """A key for one form on one page: the form counts once, however often it is sent."""
        return secrets.token_urlsafe(16)

    async def is_first(self, tx: AsyncSession) -> bool:
        """Whether this form is here for the first time; kept in the transaction that does what it asks."""
        once = self.form.get("once", "")
        if not _ONCE.fullmatch(once):
            raise web.HTTPBadRequest
        arrived = Arrived("console", self.house.settings.web_account, self.staff.login, once, "message", None)
        return await turns.accept(tx, arrived, self.now)

    def waiting(self) -> dict[str, Rows]:
        """What the navigation counts: messages that did not arrive, alarms that nobody saw, passes to decide on.

        A page that counts more has all of it counted at once, and brings the numbers as its fact `waiting`.
        """
        found = {"/staff/outbox": queues.dead(MOST_DEAD)}
        if rights.may(self.staff, "see_alarm"):
            found["/staff/alarms"] = queues.unseen(*divisions.bounds(self.staff.division), MOST_DEAD)
        if rights.may(self.staff, "decide_pass"):
            found["/staff/passes"] = review.waiting(divisions.bounds(self.staff.division), MOST_DEAD)
        if rights.may(self.staff, "see_trips"):
            bounds = divisions.bounds(self.staff.division)
            found["/staff/trips"] = filings.unseen_rows(bounds, self.staff.department_id, MOST_DEAD)
        if rights.may(self.staff, "verify_firm"):
            found["/staff/firms"] = firms.waiting(*divisions.bounds(self.staff.division), MOST_DEAD)
        return found


Handler = Callable[[Visit], Awaitable[web.StreamResponse]]
