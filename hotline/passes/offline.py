"""What an officer's phone takes along where there is no network: keys, what ended early, and numbers with a check.

Of a live pass it holds the number, its dates and twenty bits made of number and plate: enough to tell a wrong plate
from the right one (one in a million slips through), too few to tell the plate (docs/why/offline-check.md).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from hotline.passes.face import EPOCH, MINUTE
from storage import keys, scans

BITS = 20
"""One wrong plate in 2^20 is taken for right; each check fits some 30,000 plates of the country."""

MOST = 50_000
"""Passes in one list, about 2 MB before compression; those that end last come first."""

GRACE = timedelta(days=1)
"""So long after its end a pass is still listed as revoked: an old paper is then called by its name."""

LETTER = {"revoked": "r", "superseded": "s", "used": "u"}


def check_of(number: str, plate: str) -> int:
    """Twenty bits that number and plate agree on; the same for ever, so that two lists tell no more than one."""
    digest = hashlib.sha256(f"changxing/{number}/{plate}".encode()).digest()
    return int.from_bytes(digest[:4]) >> (32 - BITS)


async def taken_along(tx: AsyncSession, now: datetime) -> Mapping[str, Any]:
    """The list, as of now, in few bytes: minutes are counted as on the face."""
    live = await scans.live(tx, now, MOST)
    early = await scans.ended_early(tx, now - GRACE, MOST)
    trips = await scans.cancelled(tx, now - GRACE, MOST)
    return {
        "live": [
            [number, [check_of(number, one) for one in (plate, trailer) if one], _minute(begins), _minute(ends)]
            for number, plate, trailer, begins, ends in live
        ],
        "early": [
            *([number, LETTER[state], _minute(at) if at else 0] for number, state, at in early),
            *([number, "r", _minute(at)] for number, at in trips),
        ],
        "whole": max(len(live), len(early), len(trips)) < MOST,
    }


async def public_keys(tx: AsyncSession) -> dict[str, str]:
    """Every key that ever signed, as a browser's WebCrypto takes it."""
    return {str(number): point for number, point in (await keys.points(tx)).items()}


def _minute(at: datetime) -> int:
    return int((at - EPOCH) // MINUTE)
