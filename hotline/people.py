"""Who works at the desk: hired, given a role, a department and a division, and let go."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from hotline.directory import LONGEST_NAME, division_of, may_change
from locales.words import Refusal, say
from storage import audit, directory
from storage import staff as people
from storage.models import ROLES, Staff

_LOGIN = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{1,31}")


@dataclass(frozen=True, slots=True)
class Place:
    """What somebody is at the desk: role, division and, for those who handle, a department."""

    name: str
    role: str
    division: str
    department_id: int | None = None


async def hire(
    tx: AsyncSession, by: Staff, login: str, place: Place, password_hash: str, language: str, now: datetime
) -> Staff:
    """Add somebody, whose one-time password is to be changed at the first sign-in."""
    if not _LOGIN.fullmatch(login):
        raise Refusal("people.login.form")
    place = await _checked(tx, by, place)
    if await people.by_login(tx, login) is not None:
        raise Refusal("people.login.taken", login=login)
    made = Staff(
        login=login, name=place.name, password_hash=password_hash, role=place.role, division=place.division,
        department_id=place.department_id, language=language, must_change=True, created_at=now,
    )  # fmt: skip
    try:
        async with tx.begin_nested():
            await people.add(tx, made)
    except IntegrityError:  # somebody else took the login in this moment
        raise Refusal("people.login.taken", login=login) from None
    await audit.record(tx, by.id or 0, "staff.added", now, staff=made.id, role=made.role)
    return made


async def change(tx: AsyncSession, by: Staff, staff_id: int, place: Place, now: datetime) -> Staff:
    """Give somebody another role, division or department; what they may see changes with their next page."""
    member = await _member(tx, by, staff_id)
    place = await _checked(tx, by, place)
    if place.role != "admin":
        await _keep_an_admin(tx, by, member)
    wanted = {
        "name": place.name, "role": place.role, "division": place.division, "department_id": place.department_id,
    }  # fmt: skip
    changed = sorted(name for name, value in wanted.items() if getattr(member, name) != value)
    if changed:
        for name in changed:
            setattr(member, name, wanted[name])
        await directory.keep(tx, member)
        await audit.record(tx, by.id or 0, "staff.changed", now, staff=staff_id, role=member.role, changed=changed)
    return member


async def disable(tx: AsyncSession, by: Staff, staff_id: int, now: datetime) -> Staff:
    """End somebody's access at once, wherever they are signed in; what they hold is handed on (`moving.hand_on`)."""
    member = await _member(tx, by, staff_id)
    await _keep_an_admin(tx, by, member)
    if member.disabled_at is None:
        await people.disable(tx, member, now)
        member.contact_id = member.link_code = member.link_until = None
        await audit.record(tx, by.id or 0, "staff.disabled", now, staff=staff_id)
    return member


async def enable(tx: AsyncSession, by: Staff, staff_id: int, now: datetime) -> Staff:
    """Give somebody access again."""
    member = await _member(tx, by, staff_id)
    if member.disabled_at is not None:
        member.disabled_at = None
        await directory.keep(tx, member)
        await audit.record(tx, by.id or 0, "staff.enabled", now, staff=staff_id)
    return member


async def sign_out(tx: AsyncSession, by: Staff, staff_id: int, now: datetime) -> Staff:
    """End every session of somebody, on every device; a chat that was linked is nobody's again."""
    member = await _member(tx, by, staff_id)
    member.epoch += 1
    member.contact_id = member.link_code = member.link_until = None
    await directory.keep(tx, member)
    await audit.record(tx, by.id or 0, "staff.signed_out", now, staff=staff_id)
    return member


async def renew_password(tx: AsyncSession, by: Staff, staff_id: int, password_hash: str, now: datetime) -> Staff:
    """A one-time password for somebody who forgot theirs; every session ends."""
    member = await _member(tx, by, staff_id)
    member.password_hash, member.must_change, member.epoch = password_hash, True, member.epoch + 1
    member.contact_id = member.link_code = member.link_until = None
    await directory.keep(tx, member)
    await audit.record(tx, by.id or 0, "staff.password", now, staff=staff_id)
    return member


async def _member(tx: AsyncSession, by: Staff, staff_id: int) -> Staff:
    await directory.admins(tx)  # locked first and in order, so that two who end each other's access do not deadlock
    member = await tx.get(Staff, staff_id, with_for_update=True)
    if member is None:
        raise Refusal("people.unknown")
    may_change(by, member.division)
    return member


async def _checked(tx: AsyncSession, by: Staff, place: Place) -> Place:
    """The place tidied; raises Refusal for one that cannot be, or is not this administrator's to give."""
    if place.role not in ROLES:
        raise Refusal("people.role.unknown")
    division = division_of(place.division)
    may_change(by, division)
    if place.role == "handler" and place.department_id is None:
        raise Refusal("people.department.needed")
    if place.department_id is not None:
        found = await directory.department(tx, place.department_id)
        if found is None or found.disabled_at is not None:
            raise Refusal("people.department.unknown")
    return Place(_name(place.name), place.role, division, place.department_id)


async def _keep_an_admin(tx: AsyncSession, by: Staff, member: Staff) -> None:
    """Nobody ends their own access by mistake, and somebody must be left who can give it."""
    if member.role != "admin" or member.disabled_at is not None:
        return
    if member.id == by.id:
        raise Refusal("people.yourself")
    if [one.id for one in await directory.admins(tx)] == [member.id]:
        raise Refusal("people.last_admin", name=member.name)


def _name(typed: str) -> str:
    plain = " ".join(typed.split())
    if not plain:
        raise Refusal("directory.missing", field=say("directory.field.person"))
    if len(plain) > LONGEST_NAME:
        raise Refusal("directory.too_long", field=say("directory.field.person"), longest=LONGEST_NAME)
    return plain
