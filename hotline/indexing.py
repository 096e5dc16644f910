"""Which words of a ticket the desk may find it by."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from hotline.formats.describe import describe_place
from hotline.formats.phones import MOBILE
from hotline.formats.places import Place
from hotline.formats.plates import find_plates
from hotline.formats.tidy import tidy
from locales.words import DEFAULT_LANGUAGE, has, render, translate
from storage import search
from storage.models import Ticket

MOST_SAID = 200
"""Of a matter with more notes and answers than this the newest are found; one line in a hundred thousand has more."""

_PLACE, _IDENTITY = "where", frozenset({"plate", "trailer", "mobile", "phone", "name", "caller"})
_CODE = re.compile(r"[a-z0-9_]+|\d{4}-\d\d-\d\dT\S*")
"""An option's id or a moment: no words."""


async def index(tx: AsyncSession, ticket: Ticket) -> None:
    """Let a ticket be found by the words it has now; cheap enough for every event: a look and one upsert."""
    assert ticket.id is not None
    await search.keep(tx, ticket.id, words_of(ticket, await search.said(tx, ticket.id, MOST_SAID)))


async def index_all(tx: AsyncSession, after: int, limit: int) -> tuple[int, int] | None:
    """Index the next tickets after this id; returns the last of them and how many, None when there are no more."""
    batch = await search.next_tickets(tx, after, limit)
    for ticket in batch:
        await index(tx, ticket)
    return (batch[-1].id or 0, len(batch)) if batch else None


def words_of(ticket: Ticket, said: Iterable[str]) -> str:
    """Number, kind, plates, place, answers, result and what was said, one line each.

    A confidential ticket is not found by who reported it: plates, telephone numbers and names that were answered are
    left out, and so is whatever reads like a plate or a mobile number in free words. (A name in a sentence is not
    recognised as one.) Who reported it is read on the ticket itself, by those who may, and that is audited.
    """
    place = Place.from_json(ticket.answers[_PLACE]) if _PLACE in ticket.answers else Place(text=ticket.place_text or "")
    free = [*_strings(ticket.answers), *said, ticket.result, ticket.proof_note]
    lines = [ticket.number, *_named(ticket), render(DEFAULT_LANGUAGE, describe_place(place)), ticket.place_text]
    if ticket.confidential:
        free = [without_identity(text) for text in free if text]
    else:
        lines += [ticket.plate, ticket.trailer]
    return "\n".join(dict.fromkeys(line for line in [*lines, ticket.road, ticket.facility, *free] if line))


def without_identity(text: str) -> str:
    """The words without plates and mobile numbers."""
    plain = tidy(text)
    for _, (start, end) in reversed(find_plates(plain)):
        plain = f"{plain[:start]} {plain[end:]}"
    return MOBILE.sub(" ", plain)


def _named(ticket: Ticket) -> Iterator[str]:
    key = f"{ticket.kind}.what.{ticket.what}"
    if has(DEFAULT_LANGUAGE, key):
        yield translate(DEFAULT_LANGUAGE, key)


def _strings(answers: Any) -> Iterator[str]:
    """What was answered in words, but not who somebody is: those answers are sealed, and stay so."""
    match answers:
        case str() if not _CODE.fullmatch(answers):
            yield answers
        case dict():
            for name, value in answers.items():
                if name != _PLACE and name not in _IDENTITY:
                    yield from _strings(value)
        case list():
            for value in answers:
                yield from _strings(value)
