"""GET /staff/alarms: what a supervisor should look at and nobody has seen yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiohttp import web

from handlers.staff.visit import Visit
from hotline import divisions, trends
from locales.words import Say, say
from storage import alarms
from storage.models import Alarm

HERE = "/staff/alarms"
PAGE = 50


@dataclass(frozen=True, slots=True)
class Row:
    """One alarm: a sentence, and the page where something can be done about it."""

    alarm: Alarm
    say: Say
    where: str
    division: str


async def show(visit: Visit) -> web.StreamResponse:
    """What nobody has seen yet, newest first."""
    async with visit.house.db.read() as tx:
        found = await alarms.unseen(tx, *divisions.bounds(visit.staff.division), limit=PAGE + 1)
    return await visit.page("alarms.html", rows=[_row(one) for one in found[:PAGE]], more=len(found) > PAGE)


async def seen(visit: Visit) -> web.StreamResponse:
    """Somebody has taken note: it is gone from the list of every supervisor."""
    alarm_id = int(visit.request.match_info["id"])
    async with visit.house.db.write() as tx:
        alarm = await tx.get(Alarm, alarm_id)
        if alarm is None or not divisions.is_within(alarm.division, visit.staff.division):
            raise web.HTTPNotFound
        first = await alarms.see(tx, alarm_id, visit.staff.id or 0, visit.now)
    return visit.onward(HERE, say("alarms.seen" if first else "alarms.seen_before"))


def _row(alarm: Alarm) -> Row:
    said, where = _said(alarm)
    return Row(alarm, said, where, divisions.place_name(alarm.division))


def _said(alarm: Alarm) -> tuple[Say, str]:
    facts: Mapping[str, Any] = alarm.facts
    match alarm.what:
        case "trend":
            return trends.describe(alarm), f"/staff/ledger?division={alarm.division}&sort=clock"
        case "breach":
            return say("alarms.breach", number=facts["number"], level=facts["level"]), _ticket(facts["number"])
        case "unsatisfied":
            return say("alarms.unsatisfied", number=facts["number"]), _ticket(facts["number"])
        case "facility_overdue":
            due = datetime.fromisoformat(facts["due"])
            return say("alarms.facility", name=facts["name"], due=due), f"/staff/facilities/{facts['facility']}"
        case "passes_late":
            oldest = datetime.fromisoformat(facts["oldest"])
            return say("alarms.passes_late", count=facts["count"], oldest=oldest), "/staff/passes"
        case "trip_alert" | "trip_overstay":
            return say(f"alarms.{alarm.what}", number=facts["number"]), f"/staff/trips/{facts['filing']}"
    return say("alarms.other", what=alarm.what), "/staff/"


def _ticket(number: str) -> str:
    return f"/staff/tickets/{number}"
