from __future__ import annotations

import re
from pathlib import Path

import pytest

from handlers.staff.callbacks import SATISFACTIONS
from handlers.staff.rooms import QUEUES, ROOMS
from hotline.audience import AUDIENCE
from hotline.blockages import KINDS
from hotline.bulk import VERBS
from locales.words import LANGUAGES, keys
from storage.models import OUTCOMES, ROLES, STATUSES

ROOM = Path(__file__).parents[2] / "handlers" / "staff"
LITERAL = re.compile(
    r"""["']((?:console|queue|bulk|callbacks|alarms|rooms)\.(?!css|js|html|py)[a-z_0-9.]*[a-z0-9])["']"""
)
NAMED = {
    *(f"queue.view.{queue}" for queue in QUEUES),
    *(f"queue.empty.{queue}" for queue in (*QUEUES, "callbacks", "found")),
    *(f"queue.column.{name}" for name in ("pick", "due", "matter", "reports", "opened", "status", "owner")),
    *(f"queue.due.{status}" for status in ("declined", "merged", "waiting", "next")),
    *(f"bulk.{part}.{verb}" for part in ("do", "title", "confirm", "done") for verb in VERBS),
    *(f"callbacks.ask.{outcome}" for outcome in OUTCOMES),
    *(f"callbacks.done.{how}" for how in (*SATISFACTIONS, "not_reached")),
    *(f"alarms.kind.{what}" for what in ("trend", "breach", "unsatisfied", "facility_overdue")),
    *(room.key for room in ROOMS),
    *(f"console.status.{status}" for status in STATUSES),
    *(f"console.event.{kind}" for kind in (*AUDIENCE, "said", "looked")),
    *(f"console.role.{role}" for role in ROLES),
    *(f"console.column.{name}" for name in ("due", "matter", "reports", "opened", "status", "owner")),
    *(f"console.datum.{datum}" for datum in ("wgs84", "gcj02", "bd09", "none")),
    *(f"console.photo.{status}" for status in ("wanted", "refused")),
    *(f"console.told.{s}" for s in ("sent", "twice", "waiting", "again", "unknown", "held", "dead", "withdrawn")),
    *(f"console.channel.{name}" for name in ("web", "telegram", "wechat", "wecom", "terminal", "phone")),
    *(f"console.error.{status}" for status in (400, 401, 403, 404, 405, 413, 415, 500, 503)),
    *(f"blockage.what.{kind}" for kind in KINDS),
    "staff.password.short",
}


def written() -> set[str]:
    """Every key that a template or a module of this room names in full, or what words its moments."""
    files = [ROOM.parent / "reading.py", *ROOM.glob("*.py"), *ROOM.glob("templates/*.html")]
    return {key for file in files for key in LITERAL.findall(file.read_text("utf-8"))}


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_the_console_says_has_words(language: str) -> None:
    assert written() | NAMED <= keys(language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_words_are_kept_that_nobody_says(language: str) -> None:
    own = {key for key in keys(language) if key.startswith("console.")}
    assert own <= written() | NAMED
