"""Every page for firms and drivers, in one table; a GET reads, a POST is one transaction and then 303."""

from __future__ import annotations

import secrets

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler as Handle

from bot.app import House
from bot.channels.web.cookie import ContactCookie
from bot.channels.web.site import LANGUAGE_COOKIE
from handlers.firm_pages import apply, batch, deeds, firm, firm_deeds, passes
from handlers.firm_pages.errand import STATIC, Counter, Errand, Handler, Pages
from handlers.firm_pages.guard import admit
from handlers.staff.policy import POLICY
from locales.words import LANGUAGES, Refusal
from storage.database import is_passing

log = structlog.get_logger()

CODE = "/passes/{code:[0-9A-Za-z]{12}}"
ID = "{id:[1-9][0-9]{0,17}}"
FIRM = f"/firm/{ID}"

READS: list[tuple[str, Handler]] = [
    ("/apply", apply.show),
    ("/passes", passes.show),
    (f"{CODE}/about", passes.about),
    (f"{CODE}/renew", deeds.ask_renewal),
    (f"{CODE}/complete", deeds.ask_missing),
    ("/passes/batch", batch.show),
    ("/passes/batch/empty.xlsx", batch.empty),
    ("/firm", firm.show),
    (FIRM, firm.one),
    ("/join/{code}", firm.ask_code),
]

FORMS: list[tuple[str, Handler]] = [
    ("/apply/keep", apply.keep),
    ("/apply/look", apply.look),
    ("/apply/change", apply.change),
    ("/apply/submit", apply.submit),
    (f"{CODE}/renew", deeds.renew),
    (f"{CODE}/complete", deeds.complete),
    (f"{CODE}/withdraw", deeds.withdraw),
    ("/passes/batch/read", batch.take),
    ("/passes/batch/send", batch.send),
    ("/firm/register", firm_deeds.register),
    (f"{FIRM}/correct", firm_deeds.correct),
    (f"{FIRM}/trucks/add", firm_deeds.add_truck),
    (f"{FIRM}/trucks/retire", firm_deeds.retire_truck),
    (f"{FIRM}/invite", firm_deeds.invite),
    (f"{FIRM}/void", firm_deeds.void),
    (f"{FIRM}/people/remove", firm_deeds.remove),
    (f"{FIRM}/people/extend", firm_deeds.extend),
    (f"{FIRM}/leave", firm_deeds.leave),
    ("/firm/code", firm_deeds.look_at_code),
    ("/firm/join", firm_deeds.join),
]

STATUS = {
    "firm_pages.foreign": 403,
    "firm_pages.too_many": 429,
    "files.too_large": 413,
    "firm_pages.sheet.too_large": 413,
    "firm_pages.form.too_large": 413,
    "files.not_an_image": 415,
}
"""Refusals that HTTP has its own number for; every other one is 422."""

RETRY_AFTER_SECONDS = 3
_YEAR = 365 * 24 * 3600

_HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "private, no-store",
    "Permissions-Policy": "geolocation=(), camera=(), microphone=()",
    "Referrer-Policy": "same-origin",
    "Vary": "Accept-Language, Cookie",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}


def add_firm_pages(app: web.Application, house: House) -> None:
    """Serve the pages for firms of this house."""
    secure = house.settings.public_url.startswith("https:")
    counter = Counter(house, Pages(), ContactCookie(house.secret, secure=secure))

    async def file(request: web.Request) -> web.Response:
        return counter.pages.static.answer(request.match_info["version"], request.match_info["name"])

    app.router.add_get(STATIC + "/{version}/{name}", file)
    for path, handler in READS:
        app.router.add_get(path, _serving(counter, handler, secure=secure))
    for path, handler in FORMS:
        app.router.add_post(path, _serving(counter, handler, secure=secure))


def _serving(counter: Counter, handler: Handler, *, secure: bool) -> Handle:
    async def serve(request: web.Request) -> web.StreamResponse:
        errand = counter.errand(request)
        try:
            if request.method == "POST":
                await admit(errand)
            response = await handler(errand)
        except Refusal as no:
            response = _sorry(errand, no)
        except web.HTTPException as error:
            if error.status == 404:
                response = errand.page("missing.html", status=404)
            else:
                response = errand.page("sorry.html", status=error.status, no=None, fault="")
        except ConnectionError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, people get a page and the log the rest
            response = _fault(errand, error)
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        if not response.prepared:
            counter.cookie.hand_out(request, response, errand.address)
            if request.query.get("lang", "").replace("-", "_") in LANGUAGES:
                response.set_cookie(LANGUAGE_COOKIE, errand.language, max_age=_YEAR, samesite="Lax", secure=secure)
        return response

    return serve


def _sorry(errand: Errand, no: Refusal) -> web.Response:
    response = errand.page("sorry.html", status=STATUS.get(no.key, 422), no=no.say, fault="")
    if (wait := no.facts.get("wait")) is not None:
        response.headers["Retry-After"] = str(int(wait.total_seconds()) + 1)
    return response


def _fault(errand: Errand, error: Exception) -> web.Response:
    if is_passing(error):
        log.warning("a page waits for the database", error=type(error).__name__)
        response = errand.page("sorry.html", status=503, no=None, fault="")
        response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
        return response
    fault = secrets.token_hex(4)
    log.error("a page crashed", fault=fault, method=errand.request.method, path=errand.request.path, exc_info=error)
    return errand.page("sorry.html", status=500, no=None, fault=fault)
