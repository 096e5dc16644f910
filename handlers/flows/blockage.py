"""A driver reports that a truck cannot get through."""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import AT_ONCE, Form, Option, Question, Reply
from bot.questions import choice, look_up, photos, text
from handlers import desk
from handlers.questions import moment, place, plate
from hotline import blockages, neighbours, tickets
from hotline.formats.places import Place
from locales.words import say
from storage import tickets as ledger
from storage.models import Contact

NONE = Option("none", say("blockage.same.none"))


def questions() -> Generator[Question, Any, str | None]:
    """What and where; then, on the review screen, whatever else helps."""
    yield choice("what", blockages.KINDS, recognise=blockages.recognise)
    yield place("where")
    similar = yield look_up("similar", similar_nearby)
    same = (yield choice("same", [*(Option(s["id"], neighbour(s)) for s in similar), NONE])) if similar else NONE.id
    yield plate("plate", later=True)
    yield photos("photos", later=True)
    yield moment("when", later=True)
    yield text("note", later=True)
    return None if same == NONE.id else AT_ONCE


async def similar_nearby(
    tx: AsyncSession, _contact: Contact, answers: dict[str, Any], now: datetime
) -> list[dict[str, Any]]:
    """What others report from there, small enough to be kept with the answers."""
    found = await neighbours.similar(tx, Place.from_json(answers["where"]), now, kind="blockage")
    return [
        {"id": str(t.id), "what": t.what, "place": place.to_json(), "reports": t.reports, "at": t.opened_at.isoformat()}
        for t, place in found
    ]


def neighbour(known: dict[str, Any]) -> Any:
    """How a report nearby reads on its button."""
    return say(
        "blockage.same.option",
        what=say(f"blockage.what.{known['what']}"),
        place=place("").show(known["place"]),
        count=known["reports"],
        at=datetime.fromisoformat(known["at"]),
    )


async def submit(tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime) -> Reply:
    """Join the ticket that is the same, or open one."""
    same = answers.get("same", NONE.id)
    if same != NONE.id:
        return await join(tx, contact, int(same), answers, now)
    there, happened = Place.from_json(answers["where"]), answers.get("when")
    plate_, _, trailer = (answers.get("plate") or "").partition("/")
    matter = tickets.Matter(
        kind="blockage",
        what=answers["what"],
        place=there,
        happened_at=datetime.fromisoformat(happened) if happened else now,
        plate=plate_ or None,
        trailer=trailer or None,
        note=answers.get("note"),
        photos=answers.get("photos") or (),
        on_site=there.position is not None,
        answers={k: v for k, v in answers.items() if k not in ("similar", "same")},
    )
    return await desk.opened(tx, await tickets.open(tx, contact, matter, desk.division(), now))


async def join(tx: AsyncSession, contact: Contact, ticket_id: int, answers: dict[str, Any], now: datetime) -> Reply:
    """Count with those who stand there; what was said and shown beside the place goes to their ticket."""
    assert contact.id is not None
    is_there = await ledger.may_read(tx, await ledger.lock(tx, ticket_id), contact.id)
    ticket = await tickets.join(tx, ticket_id, contact, now)
    words, shown = answers.get("note") or "", answers.get("photos") or ()
    if words or shown:
        await tickets.add_words(tx, ticket_id, contact, words, shown, now)
    return desk.added(ticket) if is_there else desk.joined(ticket)


FORM = Form("blockage", questions, submit, steps=3, menu=1, photos="photos")
