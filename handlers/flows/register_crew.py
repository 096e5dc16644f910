"""A crew from elsewhere that comes often registers once (外来司乘人员常态化报备, seed S3, 3.9)."""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import Form, Option, Question, Reply
from bot.questions import choice
from handlers.trip_questions import aboard, colour, colours_of, county, list_of, truck
from hotline.divisions import place_name
from hotline.filings import crews
from hotline.filings.aboard import masked
from locales.words import say
from storage.models import Contact

DAYS = (7, 15, 30)


def questions() -> Generator[Question, Any, str | None]:
    """Where to, which truck, who is on board, for how long; the review says what is kept, for whom and until when."""
    yield county("division")
    plate = yield truck("plate")
    if len(colours_of(plate)) > 1:
        yield colour("colour", plate)
    yield aboard("crew")
    yield choice("days", [Option(str(days), say("register_crew.days.of", days=days)) for days in DAYS])
    return None


async def submit(tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime) -> Reply:
    plate, _, trailer = answers["plate"].partition("/")
    chosen = answers.get("colour") or colours_of(plate)[0]
    days = int(answers["days"])
    row = await crews.register(
        tx, contact, answers["division"], plate, chosen, trailer or None, answers["crew"], days, now
    )
    facts = {"plate": row.plate, "place": place_name(row.division), "until": row.until.isoformat()}
    words = say("register_crew.thanks", **facts, crew=list_of(masked(row.crew)))
    return Reply(words, (Option("/file_trip", say("command.file_trip")), Option("/mytrips", say("command.mytrips"))))


FORM = Form("register_crew", questions, submit, steps=5)
