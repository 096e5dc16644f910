"""The pass as a picture for the chat: what an officer reads at arm's length, and the QR code that his phone reads."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy.ext.asyncio import AsyncSession

from handlers import desk
from hotline.passes.face import address_of
from hotline.passes.shown import Shown, grouped, shown
from locales.words import Say, render, say
from storage.models import Pass

if TYPE_CHECKING:
    from handlers.pictures.sheet import Sheet


async def draw(tx: AsyncSession, picture: Mapping[str, Any], language: str, now: datetime) -> bytes | None:
    """The pass with this id as it stands now; None while it has no number yet, or there is no font for it."""
    found = await tx.get(Pass, picture["pass"])
    if found is None or found.number is None:
        return None
    return await of(await shown(tx, found, now), language, now)


async def of(seen: Shown, language: str, now: datetime) -> bytes | None:
    """The picture of a pass that has a number."""

    def drawn() -> bytes | None:
        from handlers.pictures import sheet

        return sheet.png(sheet_of(seen, language, now))

    return await asyncio.to_thread(drawn)


def sheet_of(seen: Shown, language: str, now: datetime) -> Sheet:
    """What stands on it, in this language."""
    from handlers.pictures.sheet import Sheet

    def words(spoken: Say) -> str:
        return render(language, spoken, now=now)

    pass_ = seen.pass_
    return Sheet(
        tone="amber" if seen.standing == "not_yet" else "green" if seen.is_live else "grey",
        title=words(seen.name),
        word=words(say(f"face.standing.{seen.standing}")),
        until=words(moment_of(seen)),
        plate=pass_.plate,
        colour=pass_.colour,
        way=" → ".join(seen.way),
        rows=tuple((words(label), words(value)) for label, value in rows(seen)),
        code=address_of(pass_.payload, desk.address()) if seen.is_live and pass_.payload else None,
        foot=tuple(words(line) for line in foot(seen)),
    )


def moment_of(seen: Shown) -> Say:
    """The moment that counts: until when, from when, or since when no longer."""
    pass_ = seen.pass_
    match seen.standing:
        case "valid":
            return say("face.until", at=pass_.valid_until)
        case "not_yet":
            return say("face.from", at=pass_.valid_from)
        case "expired":
            return say("face.since", at=pass_.valid_until)
    return say("face.since", at=pass_.ended_at or pass_.changed_at)


def rows(seen: Shown) -> Iterator[tuple[Say, Say]]:
    """The smaller lines, each with its label; until when stands above already."""
    pass_ = seen.pass_
    yield say("face.label.number"), say("face.words", words=grouped(pass_.number or ""))
    yield say("face.label.goods"), seen.goods
    if pass_.trailer:
        yield say("face.label.trailer"), say("face.words", words=pass_.trailer)
    if seen.firm:
        yield say("face.label.firm"), say("face.words", words=seen.firm)
    if pass_.uses == "once":
        yield say("face.label.uses"), say("face.uses.once")


def foot(seen: Shown) -> Iterator[Say]:
    """What stands under the code: the notes of the pack, and whom to ask."""
    if seen.is_live:
        yield say("face.scan")
    yield issued_by(seen)


def issued_by(seen: Shown) -> Say:
    """Who issued it, or has the application in hand, and how he is reached; the national line if unknown."""
    issuer, key = seen.issuer, "face.issuer" if seen.pass_.number else "face.bureau"
    if issuer.name is None:
        return say("face.issuer.unknown")
    if issuer.reached_by is None:
        return say(f"{key}.line", name=issuer.name)
    return say(key, name=issuer.name, reach=issuer.reached_by)
