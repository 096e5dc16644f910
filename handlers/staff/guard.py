"""Who may come in and which forms are taken: a middleware before every page, which by default lets nobody through."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler as Handle

from handlers.staff.visit import HERE, Console, Handler, Visit
from hotline import rights

VISIT: web.RequestKey[Visit] = web.RequestKey("visit", Visit)

ANYBODY = frozenset({"anybody"})
"""Pages that need no sign-in."""

EVERYBODY = rights.WORKERS
"""Of the desk; who checks passes at the roadside is not."""

SIGNED_IN = EVERYBODY | {"checkpoint"}
"""And whoever checks passes at the roadside: what is shut, and their own password; nothing of any ticket."""

FIRST_PAGE = {"checkpoint": "/staff/checkpoint"}
"""Where a role begins to which the queue is closed."""

LEADS = rights.LEADS
ADMIN = frozenset({"admin"})

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
"""What no clerk types and no database takes; line breaks and tabs stay."""


@dataclass(frozen=True)
class Route:
    """One page: `roles` may see it, and nobody when none is named.

    `at_the_door`: also for somebody who must choose a password before anything else.
    """

    method: str
    path: str
    handler: Handler
    roles: frozenset[str] = frozenset()
    at_the_door: bool = False


def guard(console: Console, routes: Mapping[Any, Route]) -> Any:
    """The middleware for these routes, by the function that aiohttp calls."""

    @web.middleware
    async def admit(request: web.Request, handler: Handle) -> web.StreamResponse:
        visit = request[VISIT] = await console.visit(request)
        if (nowhere := request.match_info.http_exception) is not None:
            raise nowhere
        route = routes.get(request.match_info.handler)
        if route is None or not route.roles:
            raise web.HTTPForbidden
        if request.method != "GET":
            visit.form = await _form(request)
        if route.roles != ANYBODY:
            if visit.member is None:
                return _stranger(visit)
            if visit.member.role not in route.roles:
                if request.method == "GET" and request.path == HERE and visit.member.role in FIRST_PAGE:
                    return visit.onward(FIRST_PAGE[visit.member.role])
                raise web.HTTPForbidden
            if visit.member.must_change and not route.at_the_door:
                return visit.onward("/staff/password")
        if request.method != "GET":
            _refuse_foreign(visit)
        return await handler(request)

    return admit


def _stranger(visit: Visit) -> web.Response:
    """A person who follows a link signs in first; a form, a picture or a stream is told that the session is over."""
    if visit.request.method == "GET" and "text/html" in visit.request.headers.get("Accept", ""):
        return visit.to_sign_in()
    raise web.HTTPUnauthorized


async def _form(request: web.Request) -> dict[str, str]:
    if request.content_type != "application/x-www-form-urlencoded":
        raise web.HTTPUnsupportedMediaType
    try:
        sent = await request.post()
    except (LookupError, ValueError):
        raise web.HTTPBadRequest from None
    return {name: clean(value) for name, value in sent.items() if isinstance(value, str)}


def clean(typed: str) -> str:
    """What was typed, with plain line breaks and nothing that cannot be stored; its punctuation stays as it is."""
    return _CONTROL.sub("", typed.replace("\r\n", "\n"))


def _refuse_foreign(visit: Visit) -> None:
    """Another site's page must not send our forms: neither its origin nor its token is ours."""
    origin = visit.request.headers.get("Origin")
    ours = {visit.request.host, urlsplit(visit.house.settings.public_url).netloc}
    if origin is not None and urlsplit(origin).netloc not in ours - {""}:
        raise web.HTTPForbidden
    if not visit.console.sessions.is_ours(visit.session, visit.form.get("form", "")):
        raise web.HTTPForbidden
