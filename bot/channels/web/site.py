"""What every handler of the web chat needs, and how a refusal becomes an answer."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial, wraps
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import structlog
from aiohttp import web

from bot.channels import Incoming, Unavailable
from bot.channels.web.cookie import ContactCookie
from bot.pictures import Draw
from locales.words import Refusal, negotiate, translate
from storage.database import Database, is_passing

log = structlog.get_logger()

LANGUAGE_COOKIE = "changxing_language"
RETRY_AFTER_SECONDS = 3

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_STATUS = {
    "web.no_session": 401,
    "web.foreign": 403,
    "web.no_such_photo": 404,
    "web.no_such_picture": 404,
    "web.no_such_language": 404,
    "files.too_large": 413,
    "files.not_an_image": 415,
    "web.not_json": 415,
    "web.too_many": 429,
    "web.unavailable": 503,
}
"""Refusals that HTTP has its own number for; every other one is 400."""


@dataclass(frozen=True, slots=True)
class Site:
    """One web chat: its ledger, its way in, its cookie, and where photos lie."""

    db: Database
    receive: Callable[[Incoming], Awaitable[bool]]
    cookie: ContactCookie
    files: Path
    public_url: str
    default_language: str
    account: str
    draw: Draw | None = None

    def language(self, request: web.Request) -> str:
        """The language that this caller reads: `?lang=`, else what the page remembered, else Accept-Language."""
        for wanted in (
            request.query.get("lang"),
            request.cookies.get(LANGUAGE_COOKIE),
            request.headers.get("Accept-Language"),
        ):
            if wanted:
                return negotiate(wanted, self.default_language)
        return self.default_language

    def contact(self, request: web.Request) -> str:
        """The address of the contact that asks; raises Refusal("web.no_session") without a cookie of ours."""
        address = self.cookie.address(request)
        if address is None:
            raise Refusal("web.no_session")
        return address

    def refuse_foreign(self, request: web.Request) -> None:
        """Raise Refusal("web.foreign") when another site's page makes this request (CSRF)."""
        origin = request.headers.get("Origin")
        if origin is None:
            return
        ours, theirs = urlsplit(self.public_url), urlsplit(origin)
        if theirs.netloc and (
            (theirs.scheme, theirs.netloc) == (ours.scheme, ours.netloc) or theirs.netloc == request.host
        ):
            return
        raise Refusal("web.foreign")

    def answering(self, handler: Handler) -> Handler:
        """Wrap a JSON handler: a Refusal becomes {"error", "message"}, a database that is away becomes 503."""

        @wraps(handler)
        async def answer(request: web.Request) -> web.StreamResponse:
            try:
                return await handler(request)
            except Refusal as no:
                return self._refusal(request, no)
            except Unavailable:
                return self._unavailable(request)
            except Exception as error:
                if not is_passing(error):
                    raise
                log.warning("web chat could not answer", path=request.path, error=repr(error))
                return self._unavailable(request)

        return answer

    def _refusal(self, request: web.Request, no: Refusal) -> web.Response:
        message = translate(self.language(request), no.key, **no.facts)
        wait = no.facts.get("wait")
        headers = {"Retry-After": str(int(wait.total_seconds()) + 1)} if wait else None
        return json_response({"error": no.key, "message": message}, status=_STATUS.get(no.key, 400), headers=headers)

    def _unavailable(self, request: web.Request) -> web.Response:
        response = self._refusal(request, Refusal("web.unavailable"))
        response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
        return response


def json_response(body: Any, *, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """A JSON answer that no cache keeps, small on the wire: Chinese unescaped, and compressed for who asks."""
    kept = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", **(headers or {})}
    response = web.json_response(body, status=status, headers=kept, dumps=_dumps)
    response.enable_compression()
    return response


_dumps = partial(json.dumps, ensure_ascii=False, separators=(",", ":"))
