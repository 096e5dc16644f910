"""The end of every form that asks the rule packs: the answer is kept under a code, and said."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import Option, Reply
from handlers.pass_offers import needs_none
from handlers.rule_questions import Put, answered, known_facts
from handlers.ruling_words import told
from hotline import decisions, divisions
from hotline.formats.places import Place
from hotline.rules.rulings import Ruling, fits
from locales.words import say
from storage.models import Decision


async def answer(tx: AsyncSession, scheme: str, answers: Mapping[str, Any], now: datetime) -> Reply:
    """What the packs say to these answers; `scheme` is meant where none is in force and none was chosen."""
    put = Put.from_json(answers["rules"])
    chosen = answers.get("scheme") or (put.schemes[0] if put.schemes else scheme)
    ruling = answered(put, chosen, answers)
    if ruling.answer is None:
        return told(ruling, None)
    said = {**put.given, **known_facts(answers)}
    given = {name: value for name, value in said.items() if name in ruling.facts and fits(ruling.facts[name], value)}
    kept = await decisions.keep(tx, ruling, given, answers.get("where"), now)
    return told(ruling, kept, *_apply(ruling, kept, answers))


def _apply(ruling: Ruling, kept: Decision, answers: Mapping[str, Any]) -> tuple[Option, ...]:
    """The button that applies for the pass which is needed, with the journey and what was told about it."""
    if ruling.is_green or needs_none(ruling) or ruling.pack.written.issuing is None:
        return ()
    ends = [divisions.of_place(Place.from_json(answers[end])) for end in ("origin", "destination") if answers.get(end)]
    journey = f"{ends[0]}-{ends[1]}-" if len(ends) == 2 and all(_is_county(one) for one in ends) else ""
    return (Option(f"/apply_pass {journey}{kept.code}", say("apply_pass.this_trip")),)


def _is_county(code: str | None) -> bool:
    return code is not None and (divisions.level_of(code) == "county" or not divisions.counties_of(code))
