"""What stands beside a ticket on its page: neighbours, sketch, gathered reports, help, more time, callback, alarms."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.staff import near, sketch
from handlers.staff.near import Neighbour
from handlers.staff.sketch import Sketch
from handlers.staff.visit import Visit
from hotline import divisions, organisation
from hotline.formats.places import Place
from locales.words import Say, say
from storage import assists, callbacks, directory, facilities, looks
from storage import tickets as ledger
from storage.models import OPEN, Alarm, Assist, Callback, Department, Extension, Ticket

MOST_GATHERED = 50
"""Reports under a master that its page names; the rest is counted."""

MOST_FACILITIES = 300
MOST_DEPARTMENTS = 400


@dataclass(frozen=True, slots=True)
class Beside:
    """Everything about a ticket that is no event of its own."""

    near: list[Neighbour]
    sketch: Sketch | None
    direction: str | None
    master: str | None
    gathered: list[Ticket]
    gathered_count: int
    assists: list[tuple[Assist, Department]]
    extension: Extension | None
    decided: list[Extension]
    callback: Callback | None
    rated: Callback | None
    alarms: list[Alarm]


async def of(tx: AsyncSession, visit: Visit, ticket: Ticket, place: Place, asked: list[Extension]) -> Beside:
    """What the page shows beside this ticket; `asked` are all its requests for more time."""
    ticket_id = ticket.id or 0
    around = await near.around(tx, ticket, visit.staff, visit.now) if ticket.status in OPEN else []
    on_road = await facilities.page(tx, facilities.Wanted(road=place.road), MOST_FACILITIES) if place.road else []
    gathered = await ledger.gathered(tx, ticket_id)
    last = await callbacks.last(tx, ticket_id)
    return Beside(
        around,
        sketch.draw(place, around, on_road),
        place.direction,
        (await ledger.numbers(tx, [ticket.master_id])).get(ticket.master_id) if ticket.master_id else None,
        gathered[:MOST_GATHERED],
        len(gathered),
        await assists.of_ticket(tx, ticket_id),
        next((one for one in asked if one.decided_at is None), None),
        [one for one in asked if one.decided_at is not None],
        last if last is not None and last.status in ("due", "asked") else None,
        last if last is not None and last.status in ("answered", "unreached") else None,
        await looks.alarms_about(tx, ticket_id),
    )


async def departments(
    tx: AsyncSession, visit: Visit, ticket: Ticket, own: Department | None
) -> list[tuple[Say, list[Department]]]:
    """Where a ticket may go: its own level first, then the others; organisations outside last.

    Those of its city and of the levels above; with `?departments=all` the whole province.
    """
    whole = visit.request.query.get("departments") == "all"
    province = f"{ticket.division[:2]}0000"
    bounds = divisions.bounds(province if whole else f"{ticket.division[:4]}00")
    found = await directory.departments(tx, bounds=bounds, at_work=True, limit=MOST_DEPARTMENTS)
    for above in {province, divisions.NATION} - {bounds[0]}:
        found += await directory.departments(tx, bounds=(above, above), at_work=True, limit=MOST_DEPARTMENTS)
    found = list({one.id: one for one in found if own is None or one.id != own.id}.values())
    level = own.level if own else _level(ticket.division)
    order = sorted(organisation.LEVELS, key=lambda one: (one != level, organisation.LEVELS.index(one)))
    groups = [(say(f"directory.level.{one}"), [d for d in found if d.level == one and not d.outside]) for one in order]
    groups.append((say("page.transfer.outside"), [d for d in found if d.outside]))
    return [(label, group) for label, group in groups if group]


def _level(division: str) -> str:
    return "province" if division.endswith("0000") else "city" if division.endswith("00") else "county"
