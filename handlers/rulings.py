"""The end of every form that asks the rule packs: the answer is kept under a code, and said."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import Reply
from handlers.rule_questions import Put, answered, known_facts
from handlers.ruling_words import told
from hotline import decisions
from hotline.rules.rulings import fits


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
    return told(ruling, kept)
