"""The truck's code of a filed trip (货车畅行码) as a picture for the chat, drawn as passes are."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy.ext.asyncio import AsyncSession

from handlers import desk
from handlers.trip_words import name_of
from hotline.divisions import place_name
from hotline.passes.face import address_of
from locales.words import Say, render, say
from storage.models import ON_THE_WAY, Filing

if TYPE_CHECKING:
    from handlers.pictures.sheet import Sheet


async def draw(tx: AsyncSession, picture: Mapping[str, Any], language: str, now: datetime) -> bytes | None:
    """The code of the trip with this id as it stands now; None where there is no font for it."""
    found = await tx.get(Filing, picture["filing"])
    if found is None:
        return None
    drawn = sheet_of(found, language, now)

    def made() -> bytes | None:
        from handlers.pictures import sheet

        return sheet.png(drawn)

    return await asyncio.to_thread(made)


def sheet_of(filing: Filing, language: str, now: datetime) -> Sheet:
    """What stands on it, in this language; nobody's name."""
    from handlers.pictures.sheet import Sheet

    def words(spoken: Say | str) -> str:
        return render(language, spoken, now=now)

    lives = filing.state in ON_THE_WAY
    return Sheet(
        tone="grey" if not lives else "green" if now < filing.valid_until else "amber",
        title=words(name_of(filing)),
        word=words(say(f"trip.state.{filing.state}")),
        until=words(say("trips_page.until", at=filing.valid_until)),
        plate=filing.plate,
        colour=filing.colour,
        way=" → ".join(place_name(code) for code in (filing.origin, *filing.via, filing.destination)),
        rows=tuple((words(label), words(value)) for label, value in _rows(filing)),
        code=address_of(filing.payload, desk.address()) if lives else None,
        foot=(words(say("trips_page.show" if lives else "trips_page.over")), words(say("trips_page.foot"))),
    )


def _rows(filing: Filing) -> Iterator[tuple[Say, Say | str]]:
    yield say("trips_page.number"), filing.number
    yield say("trips.arrives"), say("console.moment", at=filing.arrives_at)
    yield say("trips.leaves"), say("console.moment", at=filing.leaves_at)
