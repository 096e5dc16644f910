"""GET and POST /staff/sign-in."""

from __future__ import annotations

import asyncio
import hashlib
import re
from datetime import timedelta

from aiohttp import web

from handlers.remote import address_of
from handlers.staff import passwords
from handlers.staff.visit import HERE, Visit
from locales.words import Refusal, negotiate
from storage import budgets
from storage import staff as people
from storage.models import Staff

LOGIN_EVERY, LOGIN_TRIES = timedelta(minutes=2), 5
"""Wrong passwords for one login: five at once, then one each two minutes, so 725 a day against ten characters."""

ADDRESS_EVERY, ADDRESS_TRIES = timedelta(seconds=20), 20
"""Wrong passwords from one address, which a whole office may share."""

_PAGE = re.compile(r"/staff/(?!/)[A-Za-z0-9/_.~?=&%+-]*")


async def show(visit: Visit) -> web.StreamResponse:
    """The form; whoever is signed in already goes on."""
    if visit.member is not None:
        return visit.onward(page_of_ours(visit.request.query.get("next", "")))
    return await _form(visit, visit.request.query.get("next", ""))


async def sign_in(visit: Visit) -> web.StreamResponse:
    """Check login and password, and begin a session."""
    login = visit.form.get("login", "").strip()
    try:
        member = await proven(visit, login, visit.form.get("password", ""))
    except Refusal as no:
        status = 429 if no.key == "console.sign_in.wait" else 401
        response = await _form(visit, visit.form.get("next", ""), login=login, no=no, status=status)
        if status == 429:
            response.headers["Retry-After"] = str(int(no.facts["wait"].total_seconds()) + 1)
        return response
    response = visit.onward("/staff/password" if member.must_change else page_of_ours(visit.form.get("next", "")))
    visit.console.sessions.hand_out(response, visit.console.sessions.begin(member, visit.now))
    return response


async def proven(visit: Visit, login: str, password: str) -> Staff:
    """The member of staff with this login and password; raises Refusal: too many tries, or one of both is wrong.

    Tries are paid for before the password is looked at, so that many at once gain nothing; a right one is given back.
    """
    member = await _pay(visit, login)
    async with visit.console.checking:
        stored = member.password_hash if member else None
        right = await asyncio.to_thread(passwords.is_right, stored, password)
    if not right or member is None or member.disabled_at is not None:
        raise Refusal("console.sign_in.wrong")
    async with visit.house.db.write() as tx:
        for name, every, _ in _budgets(visit, login):
            await budgets.pay(tx, name, every, -1, visit.now)
    return member


async def _pay(visit: Visit, login: str) -> Staff | None:
    async with visit.house.db.write() as tx:
        for name, every, tries in _budgets(visit, login):
            allowed, wait = await budgets.allowance(tx, name, every, tries, visit.now)
            if not allowed:
                raise Refusal("console.sign_in.wait", wait=wait)
        for name, every, _ in _budgets(visit, login):
            await budgets.pay(tx, name, every, 1, visit.now)
        return await people.by_login(tx, login)


def _budgets(visit: Visit, login: str) -> tuple[tuple[str, timedelta, int], ...]:
    """Both budgets of a try. What was typed as a login may be a password, so only its digest is stored."""
    typed = hashlib.sha256(login.encode()).hexdigest()[:32]
    return (
        (f"sign_in:login:{typed}", LOGIN_EVERY, LOGIN_TRIES),
        (f"sign_in:from:{remote(visit)}", ADDRESS_EVERY, ADDRESS_TRIES),
    )


def remote(visit: Visit) -> str:
    """The address that asks: what the nearest proxy saw, when our public address says that one stands before us."""
    return address_of(visit.request, visit.house.settings.public_url)


def page_of_ours(wanted: str) -> str:
    """Where they wanted to go, when that is a page of ours; else the list."""
    return wanted if _PAGE.fullmatch(wanted) else HERE


async def _form(
    visit: Visit, wanted: str, *, login: str = "", no: Refusal | None = None, status: int = 200
) -> web.Response:
    return await visit.page(
        "sign_in.html",
        status=status,
        login=login,
        wanted=wanted if _PAGE.fullmatch(wanted) else "",
        no=no.say if no else None,
        lang=negotiate(visit.request.query.get("lang"), ""),
    )
