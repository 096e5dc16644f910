"""GET /checkpoint and what belongs to it: a page that is kept on the phone and checks passes without a network.

Its worker (a service worker) keeps page, scripts, words, places and decoder; nothing else passes through it.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from aiohttp import web

from handlers import checkpoint_words as words
from handlers.public.look import HERE, Look
from handlers.public.verify import NO_INDEX
from handlers.staff.static import Static
from hotline.passes import offline
from hotline.passes.scans import REASONS
from locales.words import translate
from storage.models import COLOURS

PATH = "/checkpoint"
DECODER_PATH = f"{PATH}/decoder"
DECODER_FOLDER = Path(__file__).parents[2] / "assets" / "node_modules" / "qr"
"""Where `make assets` puts the decoder (npm `qr`, MIT or Apache-2.0): browsers without BarcodeDetector need it."""

SCRIPTS = (
    "checkpoint.js", "checkpoint_camera.js", "checkpoint_face.js", "checkpoint_judging.js", "checkpoint_store.js",
    "checkpoint_sync.js", "checkpoint_words.js", "checkpoint.css", "public.css", "checkpoint-192.png",
)  # fmt: skip
"""Files of ours that the page needs."""

_MAY = "geolocation=(), camera=(self), microphone=()"


@cache
def decoder() -> Static | None:
    """The decoder's files as they may be served; None where nobody fetched them."""
    files = Static(DECODER_FOLDER, DECODER_PATH, ("index.js", "decode.js"))
    return files if files.has("decode.js") and files.has("index.js") else None


async def show(look: Look) -> web.Response:
    """The page itself: the same for everybody, so that a phone may keep it."""
    response = look.page("checkpoint.html", known=json.dumps(_known(look), ensure_ascii=False), reasons=REASONS)
    response.headers["Permissions-Policy"] = _MAY
    response.headers["X-Robots-Tag"] = NO_INDEX["X-Robots-Tag"]
    return response


async def manifest(look: Look) -> web.Response:
    """GET /checkpoint/app.webmanifest: what makes it an app of its own on a phone's screen."""
    icons = [
        {"src": look.pages.static.address(f"checkpoint-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png",
         "purpose": "any"}
        for size in (192, 512)
    ]  # fmt: skip
    text = json.dumps(
        {
            "id": PATH, "name": look.words("checkpoint.title"), "short_name": look.words("checkpoint.short"),
            "start_url": PATH, "scope": PATH, "display": "standalone", "lang": look.language.replace("_", "-"),
            "background_color": "#f4f5f3", "theme_color": "#0b6b43", "icons": icons,
        },
        ensure_ascii=False,
    )  # fmt: skip
    return web.Response(text=text, content_type="application/manifest+json", charset="utf-8")


async def worker(look: Look) -> web.Response:
    """GET /checkpoint/worker.js?lang=: keeps the page; other files make another worker, and the browser takes that."""
    page = f"{PATH}?lang={look.language}"
    files = [
        page, f"{PATH}/places.json", f"{PATH}/app.webmanifest?lang={look.language}",
        *(look.pages.static.address(name) for name in SCRIPTS), *_decoder_files(),
    ]  # fmt: skip
    version = hashlib.sha256(str([*files, _markup(look), sorted(words.places())]).encode()).hexdigest()[:16]
    named = {"VERSION": version, "PAGE": page, "FILES": files}
    head = "".join(f"const {name} = {json.dumps(value)};\n" for name, value in named.items())
    response = web.Response(text=head + _script(), content_type="text/javascript", charset="utf-8")
    response.headers["Service-Worker-Allowed"] = PATH
    response.headers["Cache-Control"] = "no-cache"
    return response


async def keys(look: Look) -> web.Response:
    """GET /checkpoint/keys.json: the public keys, with which anybody may prove a signature."""
    async with look.house.db.read() as tx:
        found = await offline.public_keys(tx)
    response = web.json_response({"keys": found, "at": int(look.now.timestamp() * 1000)})
    response.headers["Cache-Control"] = "no-cache"
    return response


async def places(_look: Look) -> web.Response:
    """GET /checkpoint/places.json: names of divisions by code."""
    response = web.json_response(words.places(), dumps=lambda it: json.dumps(it, ensure_ascii=False))
    response.headers["Cache-Control"] = "public, max-age=86400"
    response.enable_compression()
    return response


async def decoder_file(look: Look) -> web.Response:
    """GET /checkpoint/decoder/{version}/{name}."""
    files = decoder()
    if files is None:
        raise web.HTTPNotFound
    return files.answer(look.request.match_info["version"], look.request.match_info["name"])


def _known(look: Look) -> dict[str, Any]:
    """What the scripts need beside the page: words, classes of goods, colours, where the decoder is."""
    files = decoder()
    return {
        "words": words.page_words(look.language),
        "goods": {name: look.render(one) for name, one in words.goods().items()},
        "colours": list(COLOURS),
        "colour_words": {name: translate(look.language, f"checkpoint.colour.{name}") for name in COLOURS},
        "decoder": files.address("decode.js") if files else None,
        "worker": f"{PATH}/worker.js?lang={look.language}",
        "places": f"{PATH}/places.json",
        "bits": offline.BITS,
    }


def _decoder_files() -> list[str]:
    files = decoder()
    return [files.address(name) for name in ("index.js", "decode.js")] if files else []


def _markup(look: Look) -> str:
    return look.pages.html(look, "checkpoint.html", known=json.dumps(_known(look)), reasons=REASONS)


@cache
def _script() -> str:
    return (HERE / "static" / "checkpoint_worker.js").read_text("utf-8")
