"""GET and POST /staff/passes/keys: the keys that sign passes, and a new one."""

from __future__ import annotations

from hashlib import sha256

from aiohttp import web

from handlers.staff.passes import HERE
from handlers.staff.visit import Visit
from hotline.passes import keys
from locales.words import Refusal, Say, say
from storage import keys as kept
from storage.models import SigningKey


async def show(visit: Visit) -> web.StreamResponse:
    """Every key that ever signed, the newest first."""
    return await _page(visit)


async def rotate(visit: Visit) -> web.StreamResponse:
    """A new key signs from now on; what the old ones signed stays good."""
    try:
        async with visit.house.db.write() as tx:
            if not await visit.is_first(tx):
                return visit.onward(f"{HERE}/keys")
            if visit.form.get("sure") != "yes":
                raise Refusal("review.key.unsure")
            made = await keys.rotate(tx, visit.staff, visit.now)
    except Refusal as no:
        return await _page(visit, no.say)
    return visit.onward(f"{HERE}/keys", say("review.key.done", id=f"{made.id}"))


def fingerprint(key: SigningKey) -> str:
    """A key in a form that two people can read to each other: the head of its SHA-256 in groups of four."""
    whole = sha256(bytes.fromhex(key.public)).hexdigest()[:16]
    return " ".join(whole[at : at + 4] for at in range(0, 16, 4))


async def _page(visit: Visit, no: Say | None = None) -> web.StreamResponse:
    async with visit.house.db.read() as tx:
        every = await kept.every(tx)
    return await visit.page(
        "pass_keys.html",
        status=422 if no else 200,
        keys=every,
        fingerprint=fingerprint,
        most=kept.MOST,
        no=no,
        once=visit.new_once(),
    )
