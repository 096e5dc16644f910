"""A page costs few looks at the ledger, says how long it took, and what it remembers reads as if it were said anew."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event

from handlers.reading import Reading
from locales.words import LANGUAGES, SHANGHAI, Say, render, say
from storage.database import Database
from tests.conftest import NOON
from tests.staff.desk import Browser, Desk

MOST = 8
"""Looks of a page: who asks, his alarms, rows, the names in them, all counts, what he saved, what the words lead to."""


@contextmanager
def looks(db: Database) -> Iterator[list[str]]:
    """The statements that pages send meanwhile."""
    sent: list[str] = []

    def keep(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    event.listen(db._reader.sync_engine, "before_cursor_execute", keep)
    try:
        yield sent
    finally:
        event.remove(db._reader.sync_engine, "before_cursor_execute", keep)


@pytest.mark.parametrize(
    "page", ["/staff/", "/staff/?view=late", "/staff/?q=高速", "/staff/ledger", "/staff/ledger?q=高速"]
)
async def test_a_page_takes_few_looks_however_much_it_counts(desk: Desk, clerk: Browser, page: str) -> None:
    for number in range(3):
        await desk.report(by=f"d{number}")
    with looks(desk.db) as sent:
        assert (await clerk.get(page)).status == 200
    assert len(sent) <= MOST, sent


async def test_a_page_says_how_long_it_took_and_it_is_counted(desk: Desk, clerk: Browser) -> None:
    from prometheus_client import REGISTRY

    page = await clerk.get("/staff/ledger")
    assert re.fullmatch(r"page;dur=\d+\.\d", page.headers["Server-Timing"])
    assert REGISTRY.get_sample_value("changxing_page_seconds_count", {"page": "/staff/ledger"})


FACTS = st.one_of(st.integers(0, 9_999_999), st.booleans(), st.floats(0, 99), st.text(max_size=9))


@given(st.sampled_from(LANGUAGES), st.lists(FACTS, min_size=1, max_size=3))
def test_what_is_remembered_reads_as_if_said_anew(language: str, facts: list[Any]) -> None:
    reads = Reading(language, SHANGHAI, NOON)
    spans = [say("console.due.late", what=fact, span=say("console.span.whole_days", days=fact)) for fact in facts]
    for spoken in (*spans, Say("", {"parts": spans, "gap": " "}), *(say("place.text", text=fact) for fact in facts)):
        for _ in range(2):
            assert reads.render(spoken) == render(language, spoken, zone=SHANGHAI, now=NOON)


@given(st.sampled_from(LANGUAGES), st.timedeltas(timedelta(0), timedelta(days=800)), st.integers(0, 48))
def test_a_moment_is_read_by_the_day_it_is_looked_at(language: str, past: timedelta, later: int) -> None:
    at, now = NOON - past, NOON + timedelta(hours=later)
    key = "console.moment" if now - at >= timedelta(days=1) else "console.ago"
    if now - at < timedelta(minutes=1):
        key = "console.just_now"
    reads = Reading(language, SHANGHAI, now)
    assert reads.ago(at) == render(language, say(key, at=at), zone=SHANGHAI, now=now)
    assert reads.full(at) == render(language, say("console.full", at=at), zone=SHANGHAI, now=now)
