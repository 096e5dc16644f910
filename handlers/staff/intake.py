"""GET and POST /staff/intake: a caller's report in one page, with the questions and checks of the conversation."""

from __future__ import annotations

from typing import Any

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import Question, Reply
from handlers.flows import FORMS
from handlers.flows.blockage import NONE
from handlers.replies import FORM_OF
from handlers.staff import intake_form
from handlers.staff.intake_form import Typed
from handlers.staff.visit import Visit
from hotline import catalogue, incidents, intake
from hotline.formats.phones import parse_mobile
from locales.words import Refusal, Say, say
from storage.models import Ticket

HERE = "/staff/intake"
LONGEST = 500


class _NotYetError(Exception):
    """Something is still to be asked: nothing of this transaction stays."""

    def __init__(self, question: Question) -> None:
        super().__init__(question.name)
        self.question = question


async def show(visit: Visit) -> web.StreamResponse:
    """The kinds; with `?kind=` the page of that kind."""
    kind = visit.request.query.get("kind", "")
    if kind not in catalogue.load().digits:
        return await visit.page("intake_kinds.html", kinds=list(catalogue.load().digits))
    return await _page(visit, kind, Typed())


async def take_down(visit: Visit) -> web.StreamResponse:
    """Open the ticket, gathered under the one that is the same; the answer shows number and code, to be read out."""
    typed = visit.form
    kind = typed.get("kind", "")
    if kind not in catalogue.load().digits:
        raise web.HTTPBadRequest
    form, named, mobile = FORMS[FORM_OF.get(kind, kind)], typed.get("named") == "yes", typed.get("mobile", "").strip()
    result, said = Typed(), dict[str, Say]()
    try:
        digits = parse_mobile(mobile) if mobile else ""
    except Refusal as no:
        digits, said["mobile"] = "", no.say
    if named and not mobile:
        said["mobile"] = say("intake.mobile.missing")
    if typed.get("source", "") not in intake.SOURCES:
        said["source"] = say("intake.source.missing")
    result = intake_form.read(form, typed, digits, named=named, now=visit.now)
    result.refused |= said
    if result.refused:
        return await _page(visit, kind, result)
    try:
        async with visit.house.db.write() as tx:
            if not await visit.is_first(tx):
                return visit.onward(HERE, say("intake.shown_once"))
            ticket, master = await _submitted(tx, visit, kind, result, digits, named=named)
    except _NotYetError as more:
        return await _page(visit, kind, result, more.question)
    except Refusal as no:
        return await _page(visit, kind, result, no=no.say)
    return await visit.page("intake_done.html", ticket=ticket, master=master, mobile=digits)


async def _submitted(
    tx: AsyncSession, visit: Visit, kind: str, result: Typed, mobile: str, *, named: bool
) -> tuple[Ticket, Ticket | None]:
    """The caller's own ticket, and the one under which it was gathered; raises what is still to be asked.

    A driver in a chat joins the ticket that is there and sees it in his chat; a caller has only what is read out to
    him, so he gets a number and a code of his own.
    """
    form = FORMS[FORM_OF.get(kind, kind)]
    contact = await intake.caller(tx, mobile, visit.form["once"], visit.now)
    answers, walk = await intake_form.looked_up(tx, form, contact, visit.form, result.answers, visit.now)
    if walk.open is not None:
        raise _NotYetError(walk.open)
    given = walk.values(answers)
    same = given.pop("same", NONE.id)
    reply = await form.submit(tx, contact, given, visit.now)
    about = reply.about if isinstance(reply, Reply) else None
    assert about is not None, "these forms all end with a ticket"
    ticket_id = int(about.removeprefix("ticket:"))
    ticket = await intake.sign(tx, ticket_id, visit.staff, visit.form["source"], visit.now, named=named)
    if same == NONE.id:
        return ticket, None
    return ticket, await incidents.merge(tx, ticket_id, int(same), visit.staff, visit.now)


async def _page(
    visit: Visit, kind: str, result: Typed, extra: Question | None = None, no: Say | None = None
) -> web.Response:
    form = FORMS[FORM_OF.get(kind, kind)]
    typed: dict[str, Any] = dict(visit.form)
    return await visit.page(
        "intake.html",
        status=422 if result.refused or no else 200,
        kind=kind,
        fields=intake_form.fields(form, typed, result, extra),
        similar=extra,
        typed=typed,
        refused=result.refused,
        no=no,
        sources=intake.SOURCES,
        longest=LONGEST,
        once=visit.new_once,
    )
