"""Every address of the console, in one table; a page that names no roles is shown to nobody."""

from __future__ import annotations

from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler as Handle

from bot.app import House
from handlers.staff import (
    alarms,
    audit,
    bulk,
    callbacks,
    chat_link,
    checkpoint,
    department,
    directory,
    dispatch,
    dispatch_rows,
    export,
    facilities,
    filters,
    firm,
    firms,
    help,  # noqa: A004 - the page's name
    intake,
    language,
    ledger,
    library,
    live,
    macros,
    maps,
    outbox,
    packs,
    packs_diff,
    packs_one,
    packs_try,
    pass_blocks,
    pass_bulk,
    pass_keys,
    pass_one,
    pass_photo,
    passes,
    password,
    people,
    photo,
    point,
    points,
    presence,
    roster,
    scans,
    sign_in,
    sign_out,
    static,
    ticket,
    tickets,
    trip,
    trips,
    verbs,
)
from handlers.staff.errors import errors
from handlers.staff.guard import ADMIN, ANYBODY, EVERYBODY, LEADS, SIGNED_IN, VISIT, Route, guard
from handlers.staff.listeners import Live
from handlers.staff.pages import Pages
from handlers.staff.policy import POLICY
from handlers.staff.rooms import open_to
from handlers.staff.sessions import Sessions
from handlers.staff.timing import timed
from handlers.staff.visit import Console, Handler
from hotline import rights

TICKET = f"/staff/tickets/{ticket.NUMBER}"
ID = "{id:[1-9][0-9]{0,17}}"
PHOTO = "{photo:[1-9][0-9]{0,17}}"
DEPARTMENT = f"/staff/directory/{ID}"
PERSON = f"/staff/people/{ID}"
DOCUMENT = "/staff/library/{slug:[a-z0-9][a-z0-9-]{0,79}}"

TABLE = (
    Route("GET", "/staff/sign-in", sign_in.show, ANYBODY),
    Route("POST", "/staff/sign-in", sign_in.sign_in, ANYBODY),
    Route("GET", "/staff/static/{version}/{name}", static.show, ANYBODY),
    Route("POST", "/staff/sign-out", sign_out.sign_out, SIGNED_IN, at_the_door=True),
    Route("GET", "/staff/password", password.show, SIGNED_IN, at_the_door=True),
    Route("POST", "/staff/password", password.change, SIGNED_IN, at_the_door=True),
    Route("POST", "/staff/language", language.choose, SIGNED_IN, at_the_door=True),
    Route("GET", "/staff/", tickets.show, EVERYBODY),
    Route("POST", "/staff/filters", filters.keep, EVERYBODY),
    Route("POST", f"/staff/filters/{ID}/drop", filters.drop, EVERYBODY),
    Route("GET", "/staff/bulk", bulk.ask, EVERYBODY),
    Route("POST", "/staff/bulk", bulk.do, EVERYBODY),
    Route("GET", "/staff/callbacks", callbacks.show, rights.VERBS["called"]),
    Route("POST", f"/staff/callbacks/{ID}/reached", callbacks.reached, rights.VERBS["rate"]),
    Route("POST", f"/staff/callbacks/{ID}/not-reached", callbacks.not_reached, rights.VERBS["called"]),
    Route("GET", "/staff/alarms", alarms.show, rights.VERBS["see_alarm"]),
    Route("POST", f"/staff/alarms/{ID}/seen", alarms.seen, rights.VERBS["see_alarm"]),
    Route("GET", TICKET, ticket.show, EVERYBODY),
    *(Route("POST", f"{TICKET}/{name}", do, roles) for name, do, roles in verbs.ROUTES),
    Route("POST", f"{TICKET}/unmask", ticket.unmask, rights.WORKERS),
    Route("POST", f"{TICKET}/presence", presence.write, rights.WORKERS),
    Route("GET", "/staff/macros", macros.show, EVERYBODY),
    Route("POST", "/staff/macros", macros.add, LEADS),
    Route("POST", f"/staff/macros/{ID}", macros.change, LEADS),
    Route("POST", f"/staff/macros/{ID}/delete", macros.delete, LEADS),
    Route("GET", f"/staff/photos/{ID}", photo.show, EVERYBODY),
    Route("GET", "/staff/ledger", ledger.show, EVERYBODY),
    Route("GET", "/staff/ledger.csv", export.as_csv, rights.VERBS["export"]),
    Route("GET", "/staff/ledger.xlsx", export.as_xlsx, rights.VERBS["export"]),
    Route("GET", "/staff/outbox", outbox.show, EVERYBODY),
    Route("POST", f"/staff/outbox/{ID}/again", outbox.again, EVERYBODY),
    Route("POST", "/staff/outbox/again", outbox.all_again, LEADS),
    Route("GET", "/staff/facilities", facilities.show, SIGNED_IN),
    Route("GET", "/staff/facilities/ledger", facilities.ledger, EVERYBODY),
    Route("GET", f"/staff/facilities/{ID}", facilities.one, SIGNED_IN),
    Route("POST", f"/staff/facilities/{ID}/close", facilities.close, EVERYBODY),
    Route("POST", f"/staff/facilities/{ID}/reopen", facilities.reopen, EVERYBODY),
    Route("GET", "/staff/points", points.show, SIGNED_IN),
    Route("GET", "/staff/points.csv", points.as_csv, EVERYBODY),
    Route("POST", "/staff/points/import", points.take_in, LEADS),
    Route("GET", "/staff/points/new", point.new, rights.DESK),
    Route("POST", "/staff/points/add", point.add, rights.DESK),
    Route("GET", f"/staff/points/{ID}", point.one, SIGNED_IN),
    *(Route("POST", f"/staff/points/{ID}/{do.__name__}", do, rights.DESK) for do in point.DEEDS),
    Route("GET", "/staff/dispatch", dispatch.show, rights.VERBS["see_passes"]),
    Route("GET", "/staff/dispatch.xlsx", dispatch.as_xlsx, rights.VERBS["see_passes"]),
    Route("GET", "/staff/dispatch/rows", dispatch_rows.show, rights.VERBS["see_passes"]),
    Route("POST", "/staff/dispatch/mail", dispatch.mail, LEADS),
    Route("GET", "/staff/trips", trips.show, rights.VERBS["see_trips"]),
    Route("GET", "/staff/trips/crews", trips.crews, rights.VERBS["see_trips"]),
    Route("GET", f"/staff/trips/{ID}", trip.one, rights.VERBS["see_trips"]),
    *(Route("POST", f"/staff/trips/{ID}/{do.__name__}", do, rights.VERBS[verb]) for do, verb in trip.DEEDS),
    Route("POST", f"/staff/trips/{ID}/unmask", trip.unmask, rights.VERBS["unmask"]),
    Route("GET", "/staff/passes", passes.show, rights.VERBS["see_passes"]),
    Route("GET", "/staff/passes/next", pass_one.next_one, rights.VERBS["decide_pass"]),
    Route("GET", "/staff/passes/bulk", pass_bulk.ask, rights.VERBS["decide_pass"]),
    Route("POST", "/staff/passes/bulk", pass_bulk.do, rights.VERBS["decide_pass"]),
    Route("GET", "/staff/passes/blocks", pass_blocks.show, LEADS),
    Route("POST", "/staff/passes/blocks", pass_blocks.allot, rights.VERBS["allot_block"]),
    Route("GET", "/staff/passes/keys", pass_keys.show, rights.VERBS["rotate_key"]),
    Route("POST", "/staff/passes/keys", pass_keys.rotate, rights.VERBS["rotate_key"]),
    Route("GET", f"/staff/passes/{ID}", pass_one.one, rights.VERBS["see_passes"]),
    Route("POST", f"/staff/passes/{ID}/unmask", pass_one.unmask, rights.VERBS["unmask"]),
    Route("GET", f"/staff/passes/{ID}/photos/{PHOTO}", pass_photo.show, rights.VERBS["see_passes"]),
    *(Route("POST", f"/staff/passes/{ID}/{do.__name__}", do, roles) for do, roles in pass_one.DEEDS),
    Route("GET", "/staff/firms", firms.show, rights.VERBS["see_passes"]),
    Route("GET", f"/staff/firms/{ID}", firm.one, rights.VERBS["see_passes"]),
    Route("GET", f"/staff/firms/{ID}/papers/{{paper:[1-9][0-9]{{0,17}}}}", firm.paper, rights.VERBS["see_passes"]),
    Route("POST", f"/staff/firms/{ID}/unmask", firm.unmask, rights.VERBS["see_passes"]),
    *(Route("POST", f"/staff/firms/{ID}/{do.__name__}", do, rights.VERBS["verify_firm"]) for do in firm.DEEDS),
    Route("GET", "/staff/packs", packs.show, EVERYBODY),
    Route("GET", "/staff/packs/diff", packs_diff.show, EVERYBODY),
    Route("GET", "/staff/packs/try", packs_try.show, EVERYBODY),
    Route("GET", f"/staff/packs/{packs_one.NAME}", packs_one.show, EVERYBODY),
    Route("GET", "/staff/library", library.show, EVERYBODY),
    Route("POST", "/staff/library/import", library.take_in, LEADS),
    Route("GET", DOCUMENT, library.one, EVERYBODY),
    Route("POST", f"{DOCUMENT}/withdraw", library.withdraw, LEADS),
    Route("POST", f"{DOCUMENT}/restore", library.restore, LEADS),
    Route("GET", "/staff/directory", directory.show, EVERYBODY),
    Route("POST", "/staff/directory/add", directory.add, ADMIN),
    Route("GET", DEPARTMENT, department.show, EVERYBODY),
    Route("POST", DEPARTMENT, department.change, ADMIN),
    Route("POST", f"{DEPARTMENT}/disable", department.disable, ADMIN),
    Route("POST", f"{DEPARTMENT}/enable", department.enable, ADMIN),
    Route("POST", f"{DEPARTMENT}/functions", department.functions, ADMIN),
    Route("POST", f"{DEPARTMENT}/answers", department.answer, ADMIN),
    Route("POST", f"{DEPARTMENT}/answer-no-more", department.answer_no_more, ADMIN),
    Route("POST", f"{DEPARTMENT}/posts", department.post, ADMIN),
    Route("POST", f"{DEPARTMENT}/drop-post", department.drop_post, ADMIN),
    Route("POST", f"{DEPARTMENT}/sections", department.section, ADMIN),
    Route("POST", f"{DEPARTMENT}/drop-section", department.drop_section, ADMIN),
    Route("GET", "/staff/roster", roster.show, EVERYBODY),
    Route("POST", "/staff/roster/add", roster.add, LEADS),
    Route("POST", f"/staff/roster/{ID}/handover", roster.hand_over, EVERYBODY),
    Route("POST", f"/staff/roster/{ID}/remove", roster.drop, LEADS),
    Route("POST", "/staff/away", roster.away, EVERYBODY),
    Route("GET", "/staff/people", people.show, ADMIN),
    Route("POST", "/staff/people/add", people.add, ADMIN),
    Route("GET", PERSON, people.person, ADMIN),
    Route("POST", PERSON, people.change, ADMIN),
    Route("POST", f"{PERSON}/disable", people.disable, ADMIN),
    Route("POST", f"{PERSON}/enable", people.enable, ADMIN),
    Route("POST", f"{PERSON}/end-sessions", people.sign_out, ADMIN),
    Route("POST", f"{PERSON}/password", people.renew, ADMIN),
    Route("GET", "/staff/audit", audit.show, rights.VERBS["see_audit"]),
    Route("GET", "/staff/intake", intake.show, rights.VERBS["intake"]),
    Route("POST", "/staff/intake", intake.take_down, rights.VERBS["intake"]),
    Route("GET", "/staff/chat", chat_link.show, EVERYBODY),
    Route("POST", "/staff/chat/code", chat_link.offer, EVERYBODY),
    Route("POST", "/staff/chat/unlink", chat_link.unlink, EVERYBODY),
    Route("GET", "/staff/checkpoint", checkpoint.go, rights.VERBS["scan"]),
    Route("GET", "/staff/checkpoint/list", checkpoint.taken_along, rights.VERBS["scan"]),
    Route("POST", "/staff/checkpoint/look", checkpoint.look, rights.VERBS["scan"]),
    Route("POST", "/staff/checkpoint/scans", checkpoint.take_in, rights.VERBS["scan"]),
    Route("GET", "/staff/scans", scans.show, rights.VERBS["scan"]),
    Route("GET", "/staff/help", help.show, SIGNED_IN),
    Route("GET", "/staff/live", live.listen, EVERYBODY),
)

LEAFLET = Route("GET", "/staff/leaflet/{version}/{name:.+}", maps.show, ANYBODY)
"""Only there where a map is."""

_HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
    "Permissions-Policy": "geolocation=(), camera=(), microphone=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def add_pages(app: web.Application, house: House) -> None:
    """Serve the console of this house under /staff/."""
    sessions = Sessions(house.secret, secure=house.settings.public_url.startswith("https:"))
    leaflet = maps.leaflet(house.settings)
    console = Console(house, sessions, Pages(open_to(TABLE)), Live(), leaflet)
    routes: dict[Any, Route] = {}
    pages = web.Application(middlewares=[timed, errors(console), guard(console, routes)])
    for route in (*TABLE, LEAFLET) if leaflet else TABLE:
        serve = _serving(route.handler)
        routes[serve] = route
        pages.router.add_route(route.method, route.path.removeprefix("/staff"), serve)
    pages.on_response_prepare.append(_protect)
    pages.on_shutdown.append(console.live.close)

    async def home(_request: web.Request) -> web.Response:
        return web.Response(status=308, headers={"Location": "/staff/"})

    app.router.add_get("/staff", home)
    app.add_subapp("/staff", pages)


def _serving(handler: Handler) -> Handle:
    async def serve(request: web.Request) -> web.StreamResponse:
        return await handler(request[VISIT])

    return serve


async def _protect(_request: web.Request, response: web.StreamResponse) -> None:
    """Nothing of the console is kept, framed, or mixed with what is not ours, unless a page says otherwise itself."""
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
