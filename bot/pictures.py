"""Pictures beside words: what is to be drawn stands in the outbox row, and is drawn when somebody gets it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from storage.database import Database, is_passing

log = structlog.get_logger()

Draw = Callable[[AsyncSession, Mapping[str, Any], str, datetime], Awaitable[bytes | None]]
"""What a row asks for (codes and ids), in a language, as things stand now: a PNG, or None where there is none.

It reads what it needs in this transaction, and lets a thread do the drawing.
"""


async def drawn(
    db: Database, draw: Draw | None, picture: Mapping[str, Any], language: str, now: datetime
) -> bytes | None:
    """The picture, or None: then the words go alone, for a fault in drawing must not cost them.

    A database that is away is no such fault, and is raised.
    """
    if draw is None:
        return None
    try:
        async with db.read() as tx:
            return await draw(tx, picture, language, now)
    except Exception as error:
        if is_passing(error):
            raise
        log.error("picture crashed", kind=picture.get("kind"), exc_info=error)
        return None
