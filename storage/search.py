"""Full-text search that reads Chinese: two characters are enough, and nothing is found that is not written there.

Chinese has no spaces, and neither FTS5's trigrams nor a packaged PostgreSQL finds a word of two characters. So the
grams are made here: every two neighbouring characters, and the beginnings of a word of letters or digits.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Select,
    and_,
    any_,
    column,
    func,
    literal,
    literal_column,
    select,
    true,
)
from sqlalchemy import table as sa_table
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from locales.typed import normalise
from locales.words import Refusal
from storage.database import insert_into
from storage.models import FULL_TEXT, Message, Ticket, TicketWords

LONGEST_START = 6
"""Characters of a word's beginning that are kept as a gram; what is longer is compared with the text itself."""

NEWEST, COMMON, USUAL = 1_000, 50, 200
"""Of the newest 1,000 tickets one in 50 holds a common word, which any walk meets; one in 200 a usual one."""

LARGE = 300_000
"""Tickets from which on that walk is the shorter way: in a smaller ledger a usual word has few ids."""

FEW = 20_000
"""Tickets of which a search holds the ids: one in 50 of a million."""

REACH = 12_000
"""Tickets that a walk for a usual word passes before it gives up; as long takes it to gather the ids of such a word."""

MOST_PIECES = 12
"""Words that one search compares; more are not typed, they are pasted."""

_WIDE = (
    "\u3005-\u3007\u3021-\u3029\u3041-\u3096\u30a1-\u30fa\u30fc-\u30fe\u3105-\u312f\u31a0-\u31bf\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua48c\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff"
)
"""Characters of scripts that may be written without spaces: Chinese first, then kana, bopomofo, Yi, Hangul."""

_PIECE = re.compile(rf"[{_WIDE}]+|(?:[^\W_](?<![{_WIDE}]))+")
_IS_WIDE = re.compile(f"[{_WIDE}]")
_VARIANT = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""Selects how a character is drawn, not which one it is."""


def pieces(text: str) -> list[str]:
    """The text as it is compared: runs of Chinese characters, and words of letters or digits, in plain form."""
    plain = normalise(_VARIANT.sub("", text)).casefold()
    return _PIECE.findall(normalise(plain))


def grams(piece: str) -> list[str]:
    """What leads to a piece; nothing does to a single character."""
    if _IS_WIDE.match(piece):
        return [piece[at : at + 2] for at in range(len(piece) - 1)]
    return [piece[:end] for end in range(2, min(len(piece), LONGEST_START) + 1)]


def row_of(ticket_id: int, text: str) -> dict[str, object]:
    """The row that keeps these words."""
    found = pieces(text)
    return {
        "ticket_id": ticket_id,
        "text": "".join(f" {piece}" for piece in found),
        "grams": [gram for piece in found for gram in grams(piece)],
    }


async def keep(tx: AsyncSession, ticket_id: int, text: str) -> None:
    """Make a ticket found by this text and by nothing else; one statement, which writes only what differs."""
    fresh = insert_into(tx, TicketWords).values(row_of(ticket_id, text))
    words, new = TicketWords.__table__.c, fresh.excluded  # type: ignore[attr-defined]
    differs = fresh.on_conflict_do_update(
        index_elements=["ticket_id"], set_={"text": new.text, "grams": new.grams}, where=words.text != new.text
    )
    await tx.execute(differs)


async def matching(tx: AsyncSession, words: str, *, counted: bool = False) -> ColumnElement[bool]:
    """The condition that a ticket holds all these words, for a list that is sorted and cut, or is `counted`.

    PostgreSQL guesses badly how rare a word is, and a bad guess costs seconds at a million tickets. So it is looked up:
    a list walks past each ticket for a word that many of the newest hold, and has the ids of any other at hand; a count
    needs no order, and follows the index as far as it goes. See `holding` for what is found.
    """
    held = holding(tx, words)
    if tx.get_bind().dialect.name != "postgresql":
        return held
    if await _is_common(tx, words):
        return held if counted else walked(words, Ticket)
    if counted:
        return _joined(_wanted(words))
    ids = await _ids(tx, _wanted(words))
    return held if len(ids) > FEW else col(Ticket.id) == any_(literal(ids, ARRAY(BigInteger)))


async def is_met_soon(tx: AsyncSession, words: str, conditions: Sequence[ColumnElement[bool]]) -> bool:
    """Whether a walk that is cut after `REACH` tickets likely fills a page sooner than all the ids are gathered.

    `conditions` are what else the tickets must be: what is rare among the newest is not met soon, whatever it says.
    """
    if tx.get_bind().dialect.name != "postgresql":
        return False
    held, met, last = await _among_newest(tx, words, conditions)
    return last > LARGE and held * COMMON < NEWEST <= met * USUAL


async def _is_common(tx: AsyncSession, words: str) -> bool:
    known: dict[str, int] = tx.info.setdefault("searched", {})
    held = known[words] if words in known else (await _among_newest(tx, words))[0]
    return held * COMMON >= NEWEST


async def _among_newest(
    tx: AsyncSession, words: str, conditions: Sequence[ColumnElement[bool]] = ()
) -> tuple[int, int, int]:
    """How many of the newest tickets hold these words, how many of those are all that is asked for; the newest id."""
    words_of = select(col(TicketWords.ticket_id), col(TicketWords.text))
    those = words_of.order_by(col(TicketWords.ticket_id).desc()).limit(NEWEST).subquery().c
    last = select(func.max(col(TicketWords.ticket_id))).scalar_subquery()
    query = select(func.count(), func.count().filter(and_(true(), *conditions)), last)
    query = query.where(col(Ticket.id) == those.ticket_id, *_in_text(_wanted(words), those))
    held, met, newest_id = (await tx.execute(query)).one()
    tx.info.setdefault("searched", {})[words] = held
    return held, met, newest_id or 0


def walked(words: str, tickets: Any) -> ColumnElement[bool]:
    """Looked up for one of `tickets` after the other; the offset keeps the planner from turning it around."""
    ticket_id = tickets.c.id if isinstance(tickets, FromClause) else col(tickets.id)
    one = select(literal(1)).where(col(TicketWords.ticket_id) == ticket_id, *_in_text(_wanted(words)))
    return one.offset(0).correlate(tickets).exists()


async def _ids(tx: AsyncSession, wanted: Sequence[str]) -> list[int]:
    """The tickets that hold all this, up to one more than `FEW`."""
    found = select(col(TicketWords.ticket_id)).where(*_in_postgresql(wanted)).limit(FEW + 1).subquery()
    ids: list[int] | None = await tx.scalar(select(func.array_agg(found.c.ticket_id)))
    return ids or []


def _joined(wanted: Sequence[str]) -> ColumnElement[bool]:
    """One id after the other, until enough are counted; the offset keeps the planner from starting with tickets."""
    found = select(col(TicketWords.ticket_id)).where(*_in_postgresql(wanted)).offset(0).subquery()
    return col(Ticket.id) == found.c.ticket_id


def holding(tx: AsyncSession, words: str) -> ColumnElement[bool]:
    """The condition that a ticket holds all these words: Chinese ones anywhere, others from a word's beginning.

    Raises Refusal when there is nothing to look for: no letter at all, or but single characters.
    """
    wanted = _wanted(words)
    if tx.get_bind().dialect.name == "postgresql":
        return col(Ticket.id).in_(select(col(TicketWords.ticket_id)).where(*_in_postgresql(wanted)))
    return col(Ticket.id).in_(_in_sqlite(wanted))


def _wanted(words: str) -> list[str]:
    wanted = list(dict.fromkeys(pieces(words)))[:MOST_PIECES]
    if not any(len(piece) > 1 for piece in wanted):
        raise Refusal("search.too_short")
    return wanted


def _in_postgresql(wanted: Sequence[str]) -> list[ColumnElement[bool]]:
    """By the index."""
    grams = col(TicketWords.grams).contains([gram for piece in wanted for gram in _needed(piece)])
    return [grams, *_in_text([piece for piece in wanted if not _is_gram(piece)])]


def _in_text(wanted: Iterable[str], table: Any = TicketWords) -> list[ColumnElement[bool]]:
    """By a look at the row itself, which for a row that is at hand costs a fifth of comparing its grams."""
    return [func.strpos(col(table.text), _as_kept(piece)) > 0 for piece in wanted]


def _in_sqlite(wanted: Sequence[str]) -> Select[Any]:
    fts = sa_table(FULL_TEXT, column("rowid"))
    phrases = " AND ".join(f'"{" ".join(_needed(piece))}"' for piece in wanted if len(piece) > 1)
    rows = select(fts.c.rowid).where(literal_column(FULL_TEXT).op("MATCH")(literal(phrases)))
    rechecks = (func.instr(col(TicketWords.text), _as_kept(piece)) > 0 for piece in wanted if not _is_gram(piece))
    return select(col(TicketWords.ticket_id)).where(col(TicketWords.ticket_id).in_(rows), *rechecks)


def _needed(piece: str) -> list[str]:
    """The grams that a row must have; of a word's beginnings the longest says it all."""
    return grams(piece) if _IS_WIDE.match(piece) else grams(piece)[-1:]


def _is_gram(piece: str) -> bool:
    """Whether its grams alone prove that it is written there."""
    return 2 <= len(piece) <= (2 if _IS_WIDE.match(piece) else LONGEST_START)


def _as_kept(piece: str) -> str:
    """A piece as it stands in the text: Chinese anywhere, others from a word's beginning."""
    return piece if _IS_WIDE.match(piece) else f" {piece}"


async def said(tx: AsyncSession, ticket_id: int, limit: int) -> list[str]:
    """The newest words of a ticket, newest first."""
    query = select(col(Message.text)).where(col(Message.ticket_id) == ticket_id, col(Message.text).is_not(None))
    return [text for text in await tx.scalars(query.order_by(col(Message.id).desc()).limit(limit)) if text]


async def next_tickets(tx: AsyncSession, after: int, limit: int) -> Sequence[Ticket]:
    """The tickets after this id, oldest first; held until the transaction ends, so that no newer words are lost."""
    query = select(Ticket).where(col(Ticket.id) > after).order_by(col(Ticket.id)).limit(limit).with_for_update()
    return (await tx.scalars(query)).all()
