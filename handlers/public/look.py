"""One look at a public page: what the reader's browser prefers, and how the page becomes words."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from aiohttp import web

from bot.app import House
from bot.channels.web.site import LANGUAGE_COOKIE
from handlers.reading import Reading
from handlers.staff.static import Static
from handlers.templates import environment
from locales.words import Say, negotiate

HERE = Path(__file__).parent
STATIC = "/public"


class Pages:
    """The templates of the public pages, and the files beside them."""

    def __init__(self) -> None:
        self.static = Static(HERE / "static", STATIC)
        self._templates = environment(HERE / "templates")

    def html(self, look: Look, template: str, **facts: Any) -> str:
        """The page as text; `facts` are what this template alone needs."""
        named = {"t": look.words, "render": look.render, "look": look, "file": self.static.address}
        return self._templates.get_template(template).render(**named, **facts)


@dataclass(frozen=True)
class Look:
    """One request for a public page."""

    house: House
    pages: Pages
    request: web.Request
    now: datetime

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

    def page(self, template: str, *, status: int = 200, **facts: Any) -> web.Response:
        """A whole page."""
        text = self.pages.html(self, template, **facts)
        response = web.Response(text=text, status=status, content_type="text/html", charset="utf-8")
        response.headers["Content-Language"] = self.language.replace("_", "-")
        response.headers["Vary"] = "Accept-Language, Cookie"
        response.enable_compression()
        return response


Handler = Callable[[Look], Awaitable[web.StreamResponse]]
