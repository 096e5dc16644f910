"""GET and POST /staff/trips/{id}: one trip with its four parties, what happened on it, and what may be done."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.staff.doing import doing
from handlers.staff.moments import typed_moment
from handlers.staff.trips import HERE, colour_of
from handlers.staff.visit import Visit
from handlers.trip_words import name_of
from hotline import rights
from hotline.divisions import place_name
from hotline.filings import aboard, alerting, moving, parties, terms
from hotline.filings.alerting import may_answer
from hotline.filings.offers import offer_of
from hotline.rules.citing import cited
from hotline.rules.rulings import citation
from locales.words import Refusal, Say, say
from storage import audit
from storage import filings as ledger
from storage import staff as people
from storage.models import Contact, Filing, FilingEvent

STEPS = {"enter": moving.enter, "load": moving.load, "leave": moving.leave}
NEXT = {"filed": ("enter", "leave"), "entered": ("load", "leave"), "loading": ("leave",)}
"""The steps of the closed loop that may come next; a truck that nobody saw enter can still be seen to leave."""


async def one(visit: Visit) -> web.StreamResponse:
    """The trip as it stands."""
    return await _page(visit)


async def unmask(visit: Visit) -> web.StreamResponse:
    """Who is on board, whole, on this one page alone; who asked is on record."""
    async with visit.house.db.write() as tx:
        filing = await _found(tx, visit)
        if not rights.may(visit.staff, "unmask"):
            raise web.HTTPForbidden
        if not await visit.is_first(tx):
            return visit.onward(f"{HERE}/{filing.id}")
        await audit.record(tx, visit.staff.id or 0, "trip.unmasked", visit.now, filing=filing.id)
    return await _page(visit, whole=True)


async def _step(tx: AsyncSession, visit: Visit, filing_id: int) -> None:
    do = STEPS.get(visit.form.get("do", ""))
    if do is None:
        raise Refusal("page.choose")
    filing = await alerting.seen(tx, visit.staff, filing_id, "move_trip")
    typed = visit.form.get("at", "").strip()
    at = typed_moment(typed, visit.house.settings.zone) if typed else visit.now
    await do(tx, filing, f"staff:{visit.staff.id}", at, visit.now)


async def _tell(tx: AsyncSession, visit: Visit, filing_id: int) -> None:
    await terms.tell(tx, visit.staff, filing_id, visit.form.get("words", ""), visit.now)


async def _alert(tx: AsyncSession, visit: Visit, filing_id: int) -> None:
    if visit.form.get("sure") != "yes":
        raise Refusal("trip.alert.sure")
    await alerting.raise_alert(tx, visit.staff, filing_id, visit.now)


async def _seen(tx: AsyncSession, visit: Visit, filing_id: int) -> None:
    await alerting.acknowledge(tx, visit.staff, filing_id, visit.now)


async def _stand_down(tx: AsyncSession, visit: Visit, filing_id: int) -> None:
    await alerting.stand_down(tx, visit.staff, filing_id, visit.form.get("words", ""), visit.now)


async def _found(tx: AsyncSession, visit: Visit) -> Filing:
    filing = await ledger.by_id(tx, int(visit.request.match_info["id"]))
    if filing is None or not alerting.may_see(visit.staff, filing):
        raise web.HTTPNotFound
    return filing


async def _page(visit: Visit, refused: str = "", no: Say | None = None, *, whole: bool = False) -> web.StreamResponse:
    async with visit.house.db.read() as tx:
        filing = await _found(tx, visit)
        who = await parties.of(tx, filing)
        events = await ledger.events(tx, filing.id or 0)
        alerts = await ledger.alerts(tx, filing.id or 0)
        names = await people.names(tx)
        filer = await tx.get_one(Contact, filing.contact_id)
        before = await ledger.by_id(tx, filing.return_of) if filing.return_of else None
        back = await ledger.return_of(tx, filing.id or 0)
        open_ones = [alert for alert, _ in alerts if alert.ended_at is None]
        answers = [one for one in open_ones if one.seen_at is None and await may_answer(tx, visit.staff, one)]
    may = {name: rights.may(visit.staff, name) for name in ("move_trip", "raise_alert", "stand_down", "tell_terms")}
    return await visit.page(
        "trip.html",
        status=422 if no else 200,
        filing=filing,
        who=who,
        filer=filer,
        name=name_of(filing),
        notes=list(_notes(filing)),
        crew=_crew(filing, whole=whole),
        whole=whole,
        unmasks=bool(filing.crew) and rights.may(visit.staff, "unmask"),
        events=[(event, _actor(event, names, filer), _more(event)) for event in events],
        alerts=alerts,
        alarmed=bool(open_ones),
        answers=answers,
        can_alert=may["raise_alert"]
        and not open_ones
        and (filing.state in NEXT or (filing.left_at is not None and visit.now - filing.left_at < alerting.AFTERWARDS)),
        may=may,
        steps=NEXT.get(filing.state, ()) if may["move_trip"] else (),
        names=names,
        before=before,
        back=back,
        sources=_sources(filing),
        stay=_stay(filing, visit.now),
        colour=colour_of(filing, visit.now),
        typed=dict(visit.form) if refused else {},
        refused=refused,
        no=no,
        longest=terms.LONGEST,
        place_name=place_name,
        via=" → ".join(place_name(code) for code in filing.via),
        once=visit.new_once,
    )


def _notes(filing: Filing) -> Iterator[Say]:
    """What its pack leaves open and who told it; the rest stands beside its head."""
    offer = offer_of(filing)
    if filing.to_tell and offer is not None:
        yield say("trips.open", what=[say(f"trip.open.{one}") for one in offer.open])
    if filing.terms:
        yield say("trips.told", words=filing.terms)


def _crew(filing: Filing, *, whole: bool) -> list[str]:
    if not whole:
        return aboard.masked(filing.crew)
    return [" ".join(str(one[part]) for part in ("name", "phone") if one.get(part)) for one in filing.crew or ()]


def _actor(event: FilingEvent, names: dict[int, str], filer: Contact) -> Say | str:
    """Who did it, by the role he has in the trip."""
    who, _, which = event.actor.partition(":")
    if who == "staff":
        return names.get(int(which), "")
    if who == "contact":
        return say("trips.actor.filer" if int(which) == filer.id else "trips.actor.party")
    return say("trips.actor.clock")


def _more(event: FilingEvent) -> Say | None:
    """What an event adds: when it was, if it was told later; how far it climbed."""
    at = event.facts.get("at")
    if at is not None and event.at - datetime.fromisoformat(at) >= timedelta(minutes=1):
        return say("trips.was_at", at=datetime.fromisoformat(at))
    if event.kind in ("overstay_climbed", "alert_climbed"):
        return say("trips.level", level=event.facts["level"])
    if event.kind in ("alerted", "alert_seen"):
        return say("trips.alerts_of", number=len(event.facts["alerts"]))
    return None


def _sources(filing: Filing) -> list[Say]:
    """The clauses by which it was filed."""
    offer = offer_of(filing)
    return [cited(citation(offer.pack.written, one)) for one in offer.filing.cite] if offer else []


def _stay(filing: Filing, now: datetime) -> timedelta | None:
    """How long it has been there, or was."""
    return (filing.left_at or now) - filing.entered_at if filing.entered_at else None


DEEDS = (
    (doing("step", _step, _page, HERE, "trips.done"), "move_trip"),
    (doing("tell", _tell, _page, HERE, "trips.done"), "tell_terms"),
    (doing("alert", _alert, _page, HERE, "trips.done"), "raise_alert"),
    (doing("seen", _seen, _page, HERE, "trips.done"), "see_trips"),
    (doing("stand_down", _stand_down, _page, HERE, "trips.done"), "stand_down"),
)
"""Each form of the page, and the right that it needs."""
