"""`python -m bot facilities` and `points`: a register out of, and into, a sheet."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from bot.app import secret_of, utc_now
from bot.settings import Settings
from hotline import facility_sheet, point_sheet
from hotline.directory_sheets import text_of
from locales.words import Refusal, render
from storage import staff as people
from storage.database import Database
from storage.migrations import migrate
from storage.models import Staff

MARK = "\ufeff"
"""By which a spreadsheet knows UTF-8."""

MAY = frozenset({"supervisor", "admin"})


class Sheet(Protocol):
    """A register as a sheet: `hotline.facility_sheet`, `hotline.point_sheet`."""

    async def read(self, tx: AsyncSession, by: Staff, text: str, now: datetime) -> Any:
        """Take a sheet in; the result says as text what it did."""

    def written(self, tx: AsyncSession, language: str) -> AsyncIterator[str]:
        """The lines of the sheet."""


SHEETS: dict[str, Sheet] = {"facilities": facility_sheet, "points": point_sheet}


async def register(settings: Settings, name: str, deed: str, file: Path, by: str | None) -> int:
    """Export to, or import from, a sheet; an import is the deed of `by`, a supervisor or administrator."""
    secret_of(settings)
    db, sheet = Database(settings.database_url), SHEETS[name]
    try:
        await migrate(db.engine)
        if deed == "export":
            return await _export(db, settings, sheet, file)
        if not file.is_file():
            print(f"there is no file {file}")
            return 2
        async with db.write() as tx:
            member = await _member(tx, by)
            if member is None:
                print("who does this? --by LOGIN of a supervisor or an administrator")
                return 2
            taken = await sheet.read(tx, member, text_of(file.read_bytes()), utc_now())
        print(f"{file}\t{taken}")
    except Refusal as no:
        print(render(settings.default_language, no.say, zone=settings.zone))
        return 1
    finally:
        await db.close()
    return 0


async def _export(db: Database, settings: Settings, sheet: Sheet, file: Path) -> int:
    file.parent.mkdir(parents=True, exist_ok=True)
    async with db.read() as tx:
        with file.open("w", encoding="utf-8", newline="") as out:
            out.write(MARK)
            async for line in sheet.written(tx, settings.default_language):
                out.write(line)
    print(file)
    return 0


async def _member(tx: AsyncSession, login: str | None) -> Staff | None:
    found = await people.by_login(tx, login) if login else None
    return found if found and found.role in MAY and found.disabled_at is None else None
