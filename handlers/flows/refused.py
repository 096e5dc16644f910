"""An officer stops a truck all the same: the answer of the rule packs becomes a report, with clause and facts in it."""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import AT_ONCE, Form, Given, Moment, Option, Question, Reply
from bot.questions import choice, look_up, parsed, photos, text
from handlers import desk
from handlers.questions import place, plate
from hotline import decisions, tickets
from hotline.formats.places import Place
from hotline.rules import shelf
from hotline.rules.citing import cited
from hotline.rules.differences import verdict_of
from hotline.rules.rulings import Ruling
from locales.words import DEFAULT_LANGUAGE, Refusal, Say, render, say
from storage import decisions as kept_ones
from storage.models import Contact

OTHER = Option("other", say("refused.ground.other"))

WHAT = {
    "star": "star_refused",
    "repeat_test": "repeat_test",
    "waiting_result": "repeat_test",
    "foreign_test": "result_not_accepted",
    "unapproved_point": "illegal_checkpoint",
}
"""What a report is about by the ground that was given; any other ground is a truck turned away."""


def questions() -> Generator[Question, Any, str | None]:
    """Which answer was shown, on what ground the truck is stopped, and where."""
    yield parsed("code", read_code)
    shown = yield look_up("shown", what_was_answered)
    if shown is None:
        return AT_ONCE  # and `submit` says that there is no such answer
    yield choice("ground", [*(Option(ground, say(f"rules.ground.{ground}")) for ground in shown["grounds"]), OTHER])
    if not shown["where"]:
        yield place("where")
    yield plate("plate", later=True)
    yield photos("photos", later=True)
    yield text("words", later=True)
    return None


def read_code(given: Given, _moment: Moment) -> str:
    """The code of an answer, or of the card's address, which ends with it."""
    found = decisions.find_code(given.text)
    if found is None:
        raise Refusal("refused.code.refused")
    return found


async def what_was_answered(
    tx: AsyncSession, _contact: Contact, answers: dict[str, Any], _now: datetime
) -> dict[str, Any] | None:
    """The grounds that may not be given, and where the truck stood; None when there is no such answer any more."""
    kept = await kept_ones.by_code(tx, answers["code"])
    if kept is None or (again := decisions.replay(kept, shelf.current())) is None:
        return None
    ruling, _ = again
    bans = ruling.answer.forbidden if ruling.answer else ()
    return {"where": kept.place, "grounds": list(dict.fromkeys(ban.forbidden.ground for ban in bans))}


async def submit(tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime) -> Reply:
    """A report of the fitting kind; raises Refusal when the answer is no longer kept."""
    kept = await kept_ones.by_code(tx, answers["code"])
    if kept is None or (again := decisions.replay(kept, shelf.current())) is None:
        raise Refusal("refused.code.unknown")
    ruling, _ = again
    where = Place.from_json(kept.place or answers["where"])
    plate_, _, trailer = (answers.get("plate") or "").partition("/")
    note = "\n".join(
        part for part in (render(DEFAULT_LANGUAGE, _basis(ruling, answers["ground"])), answers.get("words")) if part
    )
    matter = tickets.Matter(
        kind="blockage",
        what=WHAT.get(answers["ground"], "turned_back"),
        place=where,
        happened_at=now,
        plate=plate_ or None,
        trailer=trailer or None,
        note=note,
        photos=answers.get("photos") or (),
        on_site=where.position is not None,
        answers={"decision": kept.code, "ground": answers["ground"], "where": where.to_json()},
    )
    return await desk.opened(tx, await tickets.open(tx, contact, matter, desk.division(), now))


def _basis(ruling: Ruling, ground: str) -> Say:
    """What the department needs to know: the ground, our answer, and the clause behind it."""
    answer = ruling.answer
    assert answer is not None, "only answers of packs in force are kept"
    ban = next((one for one in answer.forbidden if one.forbidden.ground == ground), None)
    cites, pack = (ban.forbidden.cite, ban.pack) if ban else (answer.rules[0].cite if answer.rules else (), None)
    return say(
        "refused.note",
        ground=say(f"rules.ground.{ground}") if ban else OTHER.label,
        verdict=verdict_of(ruling.verdict, answer.class_),
        day=ruling.day.isoformat(),
        sources=[cited(one) for one in ruling.cited(cites, pack)],
    )


FORM = Form("refused", questions, submit, steps=1, argument="code", photos="photos")
