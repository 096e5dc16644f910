"""What a web contact sends, from JSON to Incoming."""

from __future__ import annotations

import json
import math
import re
from typing import Any

from aiohttp import web

from bot.channels import Incoming, Photo, Position, Unreadable, pressed_or_text
from bot.channels.web.channel import Web
from bot.channels.web.site import Site, json_response
from locales.words import Refusal
from storage import attachments

LONGEST_TEXT = 2000
LONGEST_LABEL = 200
LONGEST_PAYLOAD = 200
MOST_PHOTOS = 9
LARGEST_BODY = 64 * 1024
"""Bytes: 2,000 characters, each escaped as two \\uXXXX, and everything else that a message may hold."""

_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
"""PostgreSQL keeps neither NUL nor half a character, which a client makes by cutting an emoji in two."""


class Messages:
    """POST /api/messages: one message of a contact, accepted once however often it is sent."""

    def __init__(self, site: Site):
        self._site = site

    async def post(self, request: web.Request) -> web.Response:
        """{"accepted": true, "duplicate"}; raises Refusal, or Unavailable when nothing could be stored."""
        self._site.refuse_foreign(request)
        address = self._site.contact(request)
        said = understood(await _body(request))
        await self._own(address, said.get("photos", []))
        new = await self._site.receive(incoming(self._site, address, said, self._site.language(request)))
        return json_response({"accepted": True, "duplicate": not new})

    async def _own(self, address: str, photos: list[int]) -> None:
        async with self._site.db.read() as tx:
            for photo in photos:
                if await attachments.of_address(tx, Web.name, self._site.account, address, photo) is None:
                    raise Refusal("web.no_such_photo")


async def _body(request: web.Request) -> Any:
    if request.content_type != "application/json":
        raise Refusal("web.not_json")
    whole = bytearray()
    async for chunk in request.content.iter_any():
        whole += chunk
        if len(whole) > LARGEST_BODY:
            raise Refusal("web.too_long", most=LONGEST_TEXT)
    try:
        return json.loads(whole)
    except (ValueError, RecursionError):
        raise Refusal("web.malformed") from None


def understood(body: Any) -> dict[str, Any]:
    """The message as we keep it: only fields that we know, each checked; raises Refusal when it is not one.

    {"id", and at least one of "text", "position", "photos"; or "choice" alone with its "label"}.
    """
    if not isinstance(body, dict) or not isinstance(body.get("id"), str) or not _ID.fullmatch(body["id"]):
        raise Refusal("web.malformed")
    parts = {
        "text": _text(body.get("text")),
        "choice": _words(body.get("choice"), LONGEST_PAYLOAD),
        "label": _words(body.get("label"), LONGEST_LABEL),
        "position": _position(body.get("position")),
        "photos": _photos(body.get("photos")),
    }
    said = {name: part for name, part in parts.items() if part}
    content = said.keys() - {"label"}
    if not content or ("choice" in content and len(content) > 1):
        raise Refusal("web.malformed")
    return {"id": body["id"], **said}


def incoming(site: Site, address: str, said: dict[str, Any], language: str) -> Incoming:
    """The message in the words of the channel seam; raises Refusal for a payload that no button carries."""
    pressed, text = None, said.get("text")
    if "choice" in said:
        try:
            pressed, text = pressed_or_text(said["choice"])
        except Unreadable:
            raise Refusal("web.malformed") from None
    position = said.get("position")
    return Incoming(
        channel=Web.name,
        account=site.account,
        address=address,
        external_id=said["id"],
        raw=said,
        text=text,
        pressed=pressed,
        position=Position(position["latitude"], position["longitude"]) if position else None,
        photos=tuple(Photo(str(photo), photo) for photo in said.get("photos", ())),
        language=language,
    )


def _text(value: Any) -> str | None:
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        raise Refusal("web.too_long", most=LONGEST_TEXT)
    return _words(value, LONGEST_TEXT)


def _words(value: Any, longest: int) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or not value.strip() or len(value) > longest:
        raise Refusal("web.malformed")
    return _UNSTORABLE.sub("\ufffd", value)


def _position(value: Any) -> dict[str, float] | None:
    """Degrees on WGS 84 and metres of accuracy, as the Geolocation API gives them."""
    if value is None:
        return None
    if not isinstance(value, dict):
        raise Refusal("web.malformed")
    limits = {"latitude": (-90.0, 90.0), "longitude": (-180.0, 180.0), "accuracy": (0.0, math.inf)}
    position = {}
    for name, (least, most) in limits.items():
        if name == "accuracy" and value.get(name) is None:
            continue
        position[name] = _number(value.get(name), least, most)
    return position


def _number(value: Any, least: float, most: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Refusal("web.malformed")
    try:
        number = float(value)
    except OverflowError:
        raise Refusal("web.malformed") from None
    if not math.isfinite(number) or not least <= number <= most:
        raise Refusal("web.malformed")
    return number


def _photos(value: Any) -> list[int] | None:
    if value is None:
        return None
    if not isinstance(value, list) or not 1 <= len(value) <= MOST_PHOTOS:
        raise Refusal("web.malformed")
    if any(isinstance(photo, bool) or not isinstance(photo, int) or not 0 < photo < 2**63 for photo in value):
        raise Refusal("web.malformed")
    return list(dict.fromkeys(value))
