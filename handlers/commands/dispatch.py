"""`python -m bot dispatch [DAY]`: freeze a day that is over, and show it, as words, JSON or a workbook."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from bot.app import secret_of, utc_now
from bot.settings import Settings
from handlers import desk, dispatch_sheet
from hotline import dispatch, dispatch_news, divisions
from hotline.dispatch import Report
from locales.words import Refusal, render
from storage.database import Database
from storage.migrations import migrate


async def show(settings: Settings, day: date | None, place: str | None, file: Path | None, *, as_json: bool) -> int:
    """A day, yesterday when none is named, of a division, the desk's own when none is named; 1 when it is refused."""
    secret_of(settings)
    desk.use(settings)
    division = _division(place or settings.default_division)
    if division is None:
        print(f"there is no division {place}")
        return 2
    db, now = Database(settings.database_url), utc_now()
    asked = day or now.astimezone(settings.zone).date() - timedelta(days=1)
    try:
        await migrate(db.engine)
        async with db.write() as tx:
            seen = await dispatch.look(tx, asked, now)
            if now >= seen.until + dispatch.SETTLES:
                await dispatch.freeze(tx, asked, now)
            found = await dispatch.report(tx, division, asked, now)
    except Refusal as no:
        print(render(settings.default_language, no.say, zone=settings.zone))
        return 1
    finally:
        await db.close()
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(dispatch_sheet.workbook(found, settings.default_language, settings.zone))
        print(file)
    elif as_json:
        print(json.dumps(in_json(found), ensure_ascii=False))
    else:
        print(render(settings.default_language, dispatch_news.sentence(found, settings.address), zone=settings.zone))
    return 0


def in_json(found: Report) -> dict[str, Any]:
    """The day as a program reads it: codes, and every number with the day before."""
    low, high = divisions.bounds(found.division)
    return {
        "day": str(found.today.day),
        "division": found.division,
        "frozen_at": found.today.frozen_at.isoformat() if found.today.frozen_at else None,
        "totals": {name: {"count": now, "before": before} for name, (now, before) in found.total.numbers.items()},
        "counts": [
            {"division": division, "goods": goods, "measure": measure, "count": count}
            for division, goods, measure, count in found.today.counts
            if low <= division <= high
        ],
    }


def _division(typed: str) -> str | None:
    found = divisions.by_code(typed) if typed.isascii() else divisions.resolve(typed)
    return found.code if found else typed if typed == divisions.NATION else None
