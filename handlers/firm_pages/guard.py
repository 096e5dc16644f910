"""Which forms are taken: from our own page, from this browser, not too many, not too large."""

from __future__ import annotations

import asyncio
import hmac
from datetime import timedelta

from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import HttpProcessingError

from bot.channels.web.channel import Web
from handlers.firm_pages.errand import Errand
from handlers.staff.guard import clean
from locales.words import Refusal
from storage import attachments, budgets, files

EVERY, AT_ONCE = timedelta(seconds=3), 60
"""Forms of one browser: sixty at once, then twenty a minute; twenty trucks by hand are half of that."""

PHOTOS_EVERY, PHOTOS_AT_ONCE = timedelta(seconds=20), 30
"""Photos of one browser, as in the chat and out of the same purse."""

MOST_PHOTOS = 6
LARGEST_PHOTO_MB = 10
LARGEST_SHEET_MB = 2
"""Two hundred rows are some thirty kilobytes; what a spreadsheet adds of its own stays far below this."""

LONGEST_FIELD = 400 * 1024
"""Bytes of one field: two hundred checked rows, signed, take about a fifth of it."""

LARGEST_FIELDS = 600 * 1024
MOST_PARTS = 80
_CHUNK = 64 * 1024


async def admit(errand: Errand) -> None:
    """Read the form of a POST into the errand; raises Refusal or HTTPException for what is not taken."""
    request = errand.request
    if errand.is_foreign:
        raise Refusal("firm_pages.foreign")
    if request.content_type == "application/x-www-form-urlencoded":
        try:
            sent = await request.post()
        except (LookupError, ValueError):
            raise web.HTTPBadRequest from None
        errand.form = {name: clean(value) for name, value in sent.items() if isinstance(value, str)}
        _ours(errand, errand.form.get("form", ""))
        await pay(errand, "forms", EVERY, AT_ONCE)
    elif request.content_type == "multipart/form-data":
        await _parts(errand)
    else:
        raise web.HTTPUnsupportedMediaType


async def pay(errand: Errand, what: str, every: timedelta, at_once: int, *, everybody: bool = False) -> None:
    """Count one more against this browser's purse, or everybody's; raises Refusal when it is empty."""
    whose = "everybody" if everybody else errand.address
    name = f"{what}:{Web.name}:{errand.account}:{whose}"
    async with errand.house.db.write() as tx:
        allowed, wait = await budgets.allowance(tx, name, every, at_once, errand.now)
        if not allowed:
            raise Refusal("firm_pages.too_many", wait=wait)
        await budgets.pay(tx, name, every, 1, errand.now)


def _ours(errand: Errand, token: str) -> None:
    """The form came from a page that we gave this browser."""
    if errand.is_new or not hmac.compare_digest(errand.form_token.encode(), token.encode(errors="replace")):
        raise Refusal("firm_pages.foreign")


async def _parts(errand: Errand) -> None:
    """Fields, photos and a sheet; nothing is stored before the token, which every form of ours puts first."""
    fields: dict[str, str] = {}
    photos: list[int] = []
    whole = 0
    try:
        count = 0
        async for part in await errand.request.multipart():
            count += 1
            if count > MOST_PARTS or not isinstance(part, BodyPartReader) or not part.name:
                raise web.HTTPBadRequest
            if part.filename is None:
                typed = await _read(part, LONGEST_FIELD, "firm_pages.form.too_large", 1)
                whole += len(typed)
                if whole > LARGEST_FIELDS:
                    raise Refusal("firm_pages.form.too_large", limit_mb=1)
                fields[part.name] = clean(typed.decode(errors="replace"))
                if len(fields) == 1:
                    _ours(errand, fields.get("form", ""))
                    await pay(errand, "forms", EVERY, AT_ONCE)
                continue
            _ours(errand, fields.get("form", ""))
            if part.name == "sheet":
                errand.sheet = await _read(
                    part, LARGEST_SHEET_MB * 1024 * 1024, "firm_pages.sheet.too_large", LARGEST_SHEET_MB
                )
            elif part.name == "photo":
                content = await _read(part, LARGEST_PHOTO_MB * 1024 * 1024, "files.too_large", LARGEST_PHOTO_MB)
                if content:
                    photos.append(await _kept(errand, content, len(photos)))
    except (ValueError, HttpProcessingError, LookupError):
        raise web.HTTPBadRequest from None
    if not fields:
        raise web.HTTPBadRequest
    errand.form, errand.photos = fields, tuple(dict.fromkeys(photos))


async def _kept(errand: Errand, content: bytes, before: int) -> int:
    if before >= MOST_PHOTOS:
        raise Refusal("question.photos.full", at_most=MOST_PHOTOS)
    await pay(errand, "photos", PHOTOS_EVERY, PHOTOS_AT_ONCE)
    kept = await asyncio.to_thread(files.keep, errand.house.files, content)
    async with errand.house.db.write() as tx:
        return await attachments.keep(tx, Web.name, errand.account, errand.address, kept, errand.now)


async def _read(part: BodyPartReader, most: int, key: str, limit_mb: int) -> bytes:
    content = bytearray()
    while chunk := await part.read_chunk(_CHUNK):
        content += chunk
        if len(content) > most:
            raise Refusal(key, limit_mb=limit_mb)
    return bytes(content)
