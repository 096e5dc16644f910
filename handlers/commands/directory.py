"""`python -m bot directory`: the organisation directory out of, and into, a folder of sheets."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from bot.app import secret_of, utc_now
from bot.settings import Settings
from hotline import directory_sheets as sheets
from locales.words import Refusal, render
from storage import directory as rows
from storage import staff as people
from storage.database import Database
from storage.migrations import migrate
from storage.models import Staff

MARK = "\ufeff"
"""By which a spreadsheet knows UTF-8."""


async def directory(settings: Settings, deed: str, folder: Path, by: str | None) -> int:
    """Export to, or import from, a folder; an import is written down as the deed of the administrator `by`."""
    secret_of(settings)
    db = Database(settings.database_url)
    try:
        await migrate(db.engine)
        if deed == "export":
            return await _export(db, settings, folder)
        async with db.write() as tx:
            admin = await _admin(tx, by)
            if admin is None:
                print(f"{by} is no administrator here" if by else "who does this? --by LOGIN of an administrator")
                return 2
            counts = await take_over(tx, settings, folder, admin, utc_now())
    except Refusal as no:
        print(render(settings.default_language, no.say, zone=settings.zone))
        return 1
    finally:
        await db.close()
    if not counts:
        print(f"{folder} holds none of {', '.join(f'{name}.csv' for name in sheets.COLUMNS)}")
        return 2
    for name, count in counts.items():
        print(f"{name}.csv\t{count}")
    return 0


async def take_over(tx: AsyncSession, settings: Settings, folder: Path, admin: Staff, now: datetime) -> dict[str, int]:
    """The sheets of this folder into the directory; raises Refusal, which is to roll all of it back."""
    found = {
        name: sheets.text_of(file.read_bytes()) for name in sheets.COLUMNS if (file := folder / f"{name}.csv").is_file()
    }
    return await sheets.read(tx, admin, found, settings.zone, now)


async def _export(db: Database, settings: Settings, folder: Path) -> int:
    async with db.read() as tx:
        written = await sheets.written(tx, settings.default_language, settings.zone, utc_now())
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in written.items():
        (folder / f"{name}.csv").write_text(MARK + text, "utf-8", newline="")
        print(folder / f"{name}.csv")
    return 0


async def _admin(tx: AsyncSession, login: str | None) -> Staff | None:
    """The administrator of this login, or the only one there is."""
    if login:
        found = await people.by_login(tx, login)
        return found if found and found.role == "admin" and found.disabled_at is None else None
    admins = await rows.admins(tx)
    return admins[0] if len(admins) == 1 else None
