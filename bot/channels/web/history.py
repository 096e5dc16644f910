"""The talk so far, both sides, as the page shows it when it opens and when one scrolls up."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from aiohttp import web

from bot.channels.web.site import Site, json_response
from locales.words import Refusal
from storage import inbox, said
from storage.models import Inbox, Outbox

PAGE = 50

_SIDE = re.compile(r"(?:([1-9][0-9]{0,17})\.([1-9][0-9]{0,16}))?")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_CLOCKS_DIFFER = timedelta(seconds=5)

Row = Outbox | Inbox
R = TypeVar("R", Outbox, Inbox)


@dataclass(frozen=True, slots=True)
class Seen:
    """The oldest row of one table that a reader has been shown."""

    row: int
    at: datetime

    @classmethod
    def read(cls, text: str) -> Seen | None:
        """What `str` wrote (id.microseconds), None for nothing seen; raises Refusal("web.malformed")."""
        match = _SIDE.fullmatch(text)
        if match is None:
            raise Refusal("web.malformed")
        row, micros = match.groups()
        return cls(int(row), _EPOCH + int(micros) * _MICROSECOND) if row else None

    def __str__(self) -> str:
        return f"{self.row}.{(self.at - _EPOCH) // _MICROSECOND}"


class History:
    """GET /api/history: fifty bubbles at a time, oldest first, by keyset on both tables."""

    def __init__(self, site: Site):
        self._site = site

    async def get(self, request: web.Request) -> web.Response:
        """{"bubbles", "before"}: the page before `?before=`, and the cursor of the next one or null."""
        who = (self._site.account, self._site.contact(request))
        ours_seen, theirs_seen = _cursor(request.query.get("before") or "-")
        async with self._site.db.read() as tx:
            ours = await _older(partial(said.readable_before, tx, *who), ours_seen)
            theirs = await _older(partial(inbox.sent_before, tx, *who), theirs_seen)
        page = list(_newest(ours, theirs, PAGE))
        cursor = None
        if len(ours) + len(theirs) > len(page):
            cursor = f"{_oldest(page, Outbox, ours_seen)}-{_oldest(page, Inbox, theirs_seen)}"
        return json_response({"bubbles": [_shown(row) for row in reversed(page)], "before": cursor})


def bubble(row: Outbox) -> dict[str, Any]:
    """One bubble of ours as the API shows it, in history and in the stream alike."""
    return {
        "id": row.id,
        "text": row.said or "",
        "choices": row.choices_said or [],
        "wants": row.wants or [],
        "at": _text(_shown_at(row)),
        **({"picture": f"/api/pictures/{row.id}"} if row.picture else {}),
    }


def _cursor(text: str) -> tuple[Seen | None, Seen | None]:
    ours, hyphen, theirs = text.partition("-")
    if not hyphen:
        raise Refusal("web.malformed")
    return Seen.read(ours), Seen.read(theirs)


async def _older(read: Callable[[datetime | None, int], Awaitable[list[R]]], seen: Seen | None) -> list[R]:
    """At least a page and one row older than what was seen, if there are so many.

    Storage cuts by moment and clocks differ a little, so rows near the cut are read again and dropped by id.
    """
    before, limit = (seen.at + _CLOCKS_DIFFER if seen else None), PAGE + 20
    while True:
        rows = await read(before, limit)
        older = [row for row in rows if seen is None or _id(row) < seen.row]
        if len(older) > PAGE or len(rows) < limit:
            return older
        limit *= 2


def _newest(ours: Sequence[Outbox], theirs: Sequence[Inbox], most: int) -> Iterator[Row]:
    """Both sides merged, newest first; each side keeps its own order, so that no cursor can skip a row."""
    left, right = sorted(ours, key=_id), sorted(theirs, key=_id)
    for _ in range(most):
        if not left and not right:
            return
        ours_is_newer = bool(left) and (not right or _shown_at(left[-1]) >= _shown_at(right[-1]))
        yield left.pop() if ours_is_newer else right.pop()


def _oldest(page: Sequence[Row], kind: type[Row], seen: Seen | None) -> Seen | str:
    rows = [row for row in page if isinstance(row, kind)]
    if not rows:
        return seen or ""
    last = min(rows, key=_id)
    return Seen(_id(last), last.created_at if isinstance(last, Outbox) else last.received_at)


def _shown(row: Row) -> dict[str, Any]:
    if isinstance(row, Outbox):
        return {"from": "us", **bubble(row)}
    said = row.raw if isinstance(row.raw, dict) else {"forgotten": True}
    return {"from": "you", **said, "id": row.external_id, "at": _text(_shown_at(row))}


def _shown_at(row: Row) -> datetime:
    return (row.sent_at or row.created_at) if isinstance(row, Outbox) else row.received_at


def _id(row: Row) -> int:
    assert row.id is not None
    return row.id


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
