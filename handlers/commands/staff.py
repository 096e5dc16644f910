"""`python -m bot staff`: who works at the desk."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.app import secret_of, utc_now
from bot.settings import Settings
from handlers.staff import passwords
from storage import directory
from storage import staff as people
from storage.database import Database
from storage.migrations import migrate
from storage.models import Department, Staff


async def staff(
    settings: Settings, deed: str, login: str | None, name: str | None, role: str, department: str | None = None
) -> int:
    """Add, list, give a new password, or end somebody's access."""
    secret_of(settings)
    db = Database(settings.database_url)
    try:
        await migrate(db.engine)
        async with db.write() as tx:
            if deed == "list":
                for member in await people.everybody(tx):
                    left = "" if member.disabled_at is None else "\tdisabled"
                    print(f"{member.login}\t{member.role}\t{member.name}{left}")
                return 0
            if not login:
                print("which login?")
                return 2
            return await _change(tx, settings, deed, login, name, role, department)
    finally:
        await db.close()


async def _change(
    tx: AsyncSession, settings: Settings, deed: str, login: str, name: str | None, role: str, department: str | None
) -> int:
    member, now = await people.by_login(tx, login), utc_now()
    if deed == "add":
        if member is not None:
            print(f"{login} works here already")
            return 1
        found = await directory.by_code(tx, department) if department else None
        if department and (found is None or found.disabled_at is not None):
            print(f"no department {department} is open here")
            return 1
        if role == "handler" and found is None:
            print("who handles tickets needs a department: --department CODE")
            return 2
        password = await add(tx, settings, login, name or login, role, now, found)
        print(f"{login}: one-time password {password}")
        return 0
    if member is None:
        print(f"nobody here has the login {login}")
        return 1
    if deed == "disable":
        await people.disable(tx, member, now)
        print(f"{login} has no access any more")
        return 0
    password = passwords.one_time()
    member.password_hash, member.must_change, member.epoch = passwords.seal(password), True, member.epoch + 1
    tx.add(member)
    print(f"{login}: one-time password {password}")
    return 0


async def add(
    tx: AsyncSession,
    settings: Settings,
    login: str,
    name: str,
    role: str,
    now: datetime,
    department: Department | None = None,
) -> str:
    """Add a member of staff; returns the password that serves for the first sign-in only."""
    password = passwords.one_time()
    await people.add(
        tx,
        Staff(
            login=login,
            name=name,
            password_hash=passwords.seal(password),
            role=role,
            division=department.division if department else settings.default_division,
            department_id=department.id if department else None,
            language=settings.default_language,
            must_change=True,
            created_at=now,
        ),
    )
    return password
