"""The page: its HTML in the reader's language, its files under a name that changes with them, its words as JSON."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.channels.web.site import LANGUAGE_COOKIE, Site, json_response
from locales.words import LANGUAGES, Refusal, keys, translate

FOLDER = Path(__file__).parent / "page"
PREFIX = "web.page."
"""Words of the page itself; none of them needs a fact that only the server knows."""

_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
_FOREVER = "public, max-age=31536000, immutable"
_YEAR_SECONDS = 365 * 24 * 3600
_POLICY = (
    "default-src 'self'; img-src 'self' blob:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_HEADERS = {
    "Cache-Control": "private, no-cache",
    "Content-Security-Policy": _POLICY,
    "Permissions-Policy": "geolocation=(self), camera=(self), microphone=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


class Page:
    """GET / and what it loads."""

    def __init__(self, site: Site):
        self._site = site
        self._files = {file.name: file.read_bytes() for file in sorted(FOLDER.iterdir()) if file.suffix in _TYPES}
        self._version = _digest(self._files)
        engine = Environment(loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined)
        self._template = engine.get_template("index.html")

    async def show(self, request: web.Request) -> web.Response:
        """The page; whoever has no cookie yet gets one."""
        language = self._site.language(request)
        html = self._template.render(
            tag=language.replace("_", "-"),
            language=language,
            languages={one: words(one)["language"] for one in LANGUAGES},
            words=words(language),
            words_json=json.dumps(words(language), ensure_ascii=False, separators=(",", ":")),
            version=self._version,
            modules=sorted(name for name in self._files if name.endswith(".js") and name != "sw.js"),
        )
        vary = {"Vary": "Accept-Language, Cookie", "Content-Language": language.replace("_", "-")}
        response = web.Response(text=html, content_type="text/html", charset="utf-8", headers=_HEADERS | vary)
        response.enable_compression()
        self._site.cookie.hand_out(request, response)
        if request.query.get("lang"):
            secure = self._site.public_url.startswith("https:")
            response.set_cookie(LANGUAGE_COOKIE, language, max_age=_YEAR_SECONDS, samesite="Lax", secure=secure)
        return response

    async def file(self, request: web.Request) -> web.Response:
        """A script, style or picture; kept for ever under its own version, not at all under another."""
        version, name = request.match_info["version"], request.match_info["name"]
        if name not in self._files:
            raise web.HTTPNotFound
        caching = _FOREVER if version == self._version else "no-store"
        return self._whole(name, {"Cache-Control": caching})

    async def worker(self, request: web.Request) -> web.Response:
        """The service worker, which must live at the root to serve the page without a network."""
        return self._whole("sw.js", {"Cache-Control": "no-cache", "Content-Security-Policy": _POLICY})

    async def manifest(self, request: web.Request) -> web.Response:
        """What a phone needs to put the chat on its home screen."""
        spoken = words(self._site.language(request))
        icon = {"src": f"/chat/{self._version}/icon.svg", "sizes": "any", "type": "image/svg+xml", "purpose": "any"}
        body = {
            "name": f"{spoken['name']} · {spoken['tagline']}",
            "short_name": spoken["name"],
            "start_url": "/",
            "scope": "/",
            "display": "standalone",
            "background_color": "#ededed",
            "theme_color": "#ededed",
            "icons": [icon],
        }
        return web.json_response(body, content_type="application/manifest+json", headers={"Cache-Control": "no-cache"})

    async def words(self, request: web.Request) -> web.Response:
        """The page's words in one language, for the switch in the page; 404 for a language that we lack."""
        language = request.match_info["lang"].replace("-", "_")
        if language not in LANGUAGES:
            raise Refusal("web.no_such_language")
        return json_response({"language": language, "words": words(language)}, headers={"Cache-Control": "no-cache"})

    def _whole(self, name: str, headers: dict[str, str]) -> web.Response:
        kind = _TYPES[Path(name).suffix]
        response = web.Response(
            body=self._files[name],
            content_type=kind,
            charset="utf-8",
            headers=headers | {"X-Content-Type-Options": "nosniff"},
        )
        response.enable_compression()
        return response


@cache
def words(language: str) -> dict[str, str]:
    """The page's words in this language, by key without the prefix; {metres} stays, for only the browser knows it."""
    found = sorted(key for key in keys(language) if key.startswith(PREFIX))
    return {key.removeprefix(PREFIX): translate(language, key, metres="{metres}") for key in found}


def _digest(files: dict[str, bytes]) -> str:
    seen = hashlib.sha256()
    for name, content in files.items():
        seen.update(name.encode() + b"\0" + content)
    seen.update((FOLDER / "index.html").read_bytes())
    return seen.hexdigest()[:12]
