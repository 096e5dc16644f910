"""/passes/batch: a template for one journey, a sheet read row by row, and its good rows sent by one press."""

from __future__ import annotations

import asyncio
from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlencode

import structlog
from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.firm_pages import fields, guard, template
from handlers.firm_pages.errand import Errand
from handlers.firm_pages.journey import Journey, read
from handlers.firm_pages.passes import of_contact
from handlers.firm_pages.sheet import MOST, Row, Sheet, rows
from handlers.firm_pages.sheet_file import cells
from handlers.firm_pages.summary import way
from hotline.passes import applying, standing
from hotline.passes.offers import claim
from hotline.passes.wishes import Wish, renewal_of
from locales.words import Refusal, Say, say
from storage import passes as ledger
from storage.database import is_passing
from storage.models import Contact, Firm

log = structlog.get_logger()

HERE = "/passes/batch"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

OWN_EVERY, OWN_AT_ONCE = timedelta(seconds=30), 10
ALL_EVERY, ALL_AT_ONCE = timedelta(seconds=1), 30
"""Sheets that are opened: of one browser, and of all of them together, because a cookie costs a stranger nothing."""


async def show(errand: Errand) -> web.StreamResponse:
    """Which journey; then the template for it, and where to send it."""
    return await _page(errand, read(errand.request.query, errand.now))


async def empty(errand: Errand) -> web.StreamResponse:
    """The template as a file."""
    journey = read(errand.request.query, errand.now)
    if journey.offer is None:
        return errand.onward(f"{HERE}?{urlencode(journey.carried)}")
    name = quote(errand.words("sheet.file.name"))
    headers = {"Content-Disposition": f"attachment; filename=\"batch.xlsx\"; filename*=UTF-8''{name}.xlsx"}
    return web.Response(body=template.written(errand, journey), content_type=XLSX, headers=headers)


async def take(errand: Errand) -> web.StreamResponse:
    """What stands in the sheet, row by row; nothing is applied for yet."""
    journey = read(errand.form, errand.now)
    if journey.offer is None:
        return await _page(errand, journey)
    await guard.pay(errand, "sheets", OWN_EVERY, OWN_AT_ONCE)
    await guard.pay(errand, "sheets", ALL_EVERY, ALL_AT_ONCE, everybody=True)
    try:
        async with errand.counter.opening:
            opened = await cells(errand.sheet or b"")
        async with errand.house.db.read() as tx:
            mine = await of_contact(tx, await errand.known(tx), errand)
        firm = next((one for one in mine if str(one.id) == errand.form.get("firm")), None)
        # two hundred rows take half a second, in which others are served
        sheet = await asyncio.to_thread(rows, opened, journey.carried, firm.id if firm else None, errand.now)
        async with errand.house.db.read() as tx:
            contact = await errand.known(tx)
            for row in sheet.good:
                await _free(tx, row, contact, errand)
    except Refusal as no:
        return await _page(errand, journey, no.say)
    return _told(errand, journey, sheet, firm)


async def send(errand: Errand) -> web.StreamResponse:
    """The good rows, each in its own transaction; sent twice, each is applied for once and the page is the same."""
    kept = errand.kept("batch")
    batch, done = str(kept["batch"]), list[dict[str, Any]]()
    for number, values in kept["rows"]:
        wish = Wish(**fields.from_json(values))
        done.append({"row": number, "plate": wish.plate, **await _apply(errand, batch, number, wish)})
    taken = [one for one in done if "pass" in one]
    return errand.page("batch_sent.html", done=done, taken=len(taken), batch=batch)


async def _apply(errand: Errand, batch: str, number: int, wish: Wish) -> dict[str, Any]:
    """One row: the pass that came of it, or the sentence why none did."""
    wish = replace(wish, batch=batch, from_wished=max(wish.from_wished, errand.now))
    try:
        async with errand.house.db.write() as tx:
            contact = await errand.contact(tx)
            if await errand.is_first(tx, f"{batch}:{number}"):
                return {"pass": await applying.apply(tx, contact, wish, errand.now)}
            firms = [wish.firm_id] if wish.firm_id else []
            there = await ledger.of_holder(tx, contact.id or 0, firms, 1, own=not firms, plate=wish.plate, batch=batch)
            return {"pass": there[0]} if there else {"no": say("batch.row.gone")}
    except Refusal as no:
        return {"no": no.say}
    except Exception as error:
        if not is_passing(error):
            raise
        log.warning("a row of a batch was not taken", row=number, error=type(error).__name__)
        return {"no": say("batch.row.again")}


def _told(errand: Errand, journey: Journey, sheet: Sheet, firm: Firm | None) -> web.StreamResponse:
    good = [row for row in sheet.good if row.wish is not None]
    carried = [[row.number, fields.as_json(asdict(row.wish))] for row in good if row.wish is not None]
    return errand.page(
        "batch_read.html",
        status=200 if good else 422,
        journey=journey,
        way=journey.carried,
        rows=sorted(sheet.rows, key=lambda row: (not row.problems, row.number)),
        good=len(good),
        bad=len(sheet.rows) - len(good),
        unknown=sheet.unknown,
        firm=firm,
        kept=errand.keep("batch", {"batch": errand.new_once(), "rows": carried}) if good else "",
        next=lambda row: _next(errand, row, firm),
        way_of=lambda wish: way(wish.origin, wish.via, wish.destination),
    )


def _next(errand: Errand, row: Row, firm: Firm | None) -> Say | str:
    if row.wish is None or row.offer is None:
        return ""
    is_verified = firm is not None and firm.state == "verified"
    return fields.next_of(row.offer, row.wish, row.class_, errand.now, verified=is_verified)


async def _free(tx: AsyncSession, row: Row, contact: Contact | None, errand: Errand) -> None:
    """One that waits already is told now; one that is live is renewed where that was ticked."""
    assert row.wish is not None
    assert row.offer is not None
    wish = row.wish
    wanted = claim(row.offer, wish.plate, wish.colour, wish.origin, wish.destination)
    who = contact or Contact(channel="web", account="", address="", language=errand.language, created_at=errand.now)
    if errand.form.get("renew"):
        live = await ledger.live_for(tx, wanted)
        if live is not None and await standing.may_act(tx, live, who, errand.now):
            again = renewal_of(live, errand.now)
            row.wish = replace(wish, renews_id=again.renews_id)
    try:
        await standing.free(tx, wanted, who, errand.now, renews=row.wish.renews_id)
    except Refusal as no:
        row.problems.append(no.say)


async def _page(errand: Errand, journey: Journey, sentence: Say | None = None) -> web.StreamResponse:
    async with errand.house.db.read() as tx:
        mine = await of_contact(tx, await errand.known(tx), errand)
    is_known = journey.offer is not None
    return errand.page(
        "batch.html",
        status=422 if sentence or (journey.problems and not is_known) else 200,
        journey=journey,
        way=journey.carried,
        query=urlencode(journey.carried),
        firms=mine,
        chosen=errand.form.get("firm") or (str(mine[0].id) if mine else fields.OWN_NAME),
        sentence=sentence,
        most=MOST,
        largest_mb=guard.LARGEST_SHEET_MB,
        columns=template.columns(journey) if is_known else [],
        must=template.must,
        asks_photos=journey.offer is not None and "photos" in journey.offer.issuing.asks,
    )
