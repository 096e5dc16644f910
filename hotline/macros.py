"""Text modules for answers (常用语): written once, in one language, with variables that each ticket fills."""

from __future__ import annotations

import re
import tomllib
from datetime import datetime, tzinfo
from functools import cache
from pathlib import Path

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from hotline.formats.describe import describe_place
from hotline.neighbours import has_place, place_of
from hotline.tickets import LONGEST_WORDS
from locales.words import LANGUAGES, Refusal, Say, render, say
from storage import audit, macros
from storage.models import Department, Macro, Staff, Ticket

PACK = Path(__file__).parent / "packs/macros.toml"

VARIABLES = ("number", "due", "place", "department", "road")
LONGEST_NAME = 40
_BRACES = re.compile(r"\{([^{}]*)\}")


@cache
def starters(file: Path = PACK) -> tuple[Macro, ...]:
    """The set that a new desk begins with; raises Refusal when the pack names a variable that nobody fills."""
    found = []
    for table in tomllib.loads(file.read_text("utf-8"))["macros"].values():
        for language in LANGUAGES:
            title, text = checked(table[language]["name"], language, table[language]["text"])
            found.append(Macro(name=title, language=language, text=text, kind=table.get("kind")))
    return tuple(found)


def fill(text: str, language: str, ticket: Ticket, department: Department | None, zone: tzinfo, now: datetime) -> str:
    """The words for this ticket, as its reader in that language reads them."""
    place = place_of(ticket)
    where = describe_place(place) if has_place(ticket) else say("page.macro.here")
    facts: dict[str, Say | str] = {
        "number": ticket.number,
        "due": say("page.macro.due", at=ticket.resolution_due_at),
        "place": where,
        "department": department.name if department else say("ticket.owner.desk"),
        "road": " ".join(filter(None, (place.road, place.road_name))) or where,
    }
    return _BRACES.sub(
        lambda found: render(language, facts[found[1]], zone=zone, now=now) if found[1] in facts else found[0], text
    )


async def add(tx: AsyncSession, staff: Staff, name: str, language: str, text: str, now: datetime) -> Macro:
    """A new text module; refused when its name is taken in that language."""
    name, text = checked(name, language, text)
    fresh = Macro(name=name, language=language, text=text)
    await _keep(tx, fresh)
    await audit.record(tx, staff.id or 0, "macro.added", now, macro=fresh.id)
    return fresh


async def change(tx: AsyncSession, staff: Staff, macro_id: int, name: str, text: str, now: datetime) -> Macro:
    """Other words, or another name; the language stays."""
    found = await _found(tx, macro_id)
    found.name, found.text = checked(name, found.language, text)
    await _keep(tx, found)
    await audit.record(tx, staff.id or 0, "macro.changed", now, macro=macro_id)
    return found


async def delete(tx: AsyncSession, staff: Staff, macro_id: int, now: datetime) -> Macro:
    """Nobody needs it any more."""
    found = await _found(tx, macro_id)
    await macros.drop(tx, found)
    await audit.record(tx, staff.id or 0, "macro.deleted", now, macro=macro_id)
    return found


def checked(name: str, language: str, text: str) -> tuple[str, str]:
    """Name and text as they are kept; raises Refusal for what cannot be used."""
    name, text = " ".join(name.split()), text.strip()
    if not name or len(name) > LONGEST_NAME or "@" in name:
        raise Refusal("page.macro.name_wrong", longest=LONGEST_NAME)
    if language not in LANGUAGES:
        raise Refusal("page.macro.language_wrong")
    if not text or len(text) > LONGEST_WORDS:
        raise Refusal("page.macro.text_wrong", longest=LONGEST_WORDS)
    if strange := [one for one in _BRACES.findall(text) if one not in VARIABLES]:
        raise Refusal("page.macro.variable_wrong", typed=strange[0][:LONGEST_NAME])
    return name, text


async def _found(tx: AsyncSession, macro_id: int) -> Macro:
    found = await macros.by_id(tx, macro_id)
    if found is None:
        raise Refusal("page.macro.gone")
    return found


async def _keep(tx: AsyncSession, macro: Macro) -> None:
    try:
        async with tx.begin_nested():
            await macros.keep(tx, macro)
    except IntegrityError:
        raise Refusal("page.macro.taken", name=macro.name) from None
