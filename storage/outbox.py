"""What we owe to people: queued in the transaction that decided it, claimed and settled by the sender."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, case, func, insert, literal, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from locales.words import Say, to_json
from storage import budgets
from storage.database import insert_into, wake
from storage.models import NEVER, NOTICE, REPLY, STATUS, UNPACED, Budget, Contact, Line, Outbox

LANES = (REPLY, STATUS, NOTICE)

LEASE = timedelta(seconds=60)
"""How long a claimed row belongs to the sender that claimed it; longer than any send may take."""


@dataclass(frozen=True, slots=True)
class Owed:
    """One bubble that is owed: `choices` are (id, Say) pairs, `about` names what it concerns (`ticket:12`).

    `picture` says by codes and ids what is drawn for it when it is sent.
    """

    say: Say
    choices: Sequence[tuple[str, Say]] = ()
    wants: Sequence[str] = ()
    lane: int = REPLY
    about: str | None = None
    dedupe_key: str | None = None
    due_at: datetime | None = None
    picture: dict[str, Any] | None = None

    def columns(self, now: datetime) -> dict[str, Any]:
        """The columns of the row that do not depend on whom it is owed to."""
        return {
            "lane": self.lane,
            "about": self.about,
            "dedupe_key": self.dedupe_key,
            "key": self.say.key,
            "facts": {name: to_json(value) for name, value in self.say.facts.items()},
            "choices": [{"id": choice, "say": to_json(label)} for choice, label in self.choices],
            "wants": list(self.wants),
            "picture": self.picture,
            "status": "queued",
            "attempts": 0,
            "unknown": 0,
            "due_at": self.due_at or now,
            "created_at": now,
        }


async def owe(tx: AsyncSession, contacts: Iterable[Contact], owed: Owed, now: datetime) -> None:
    """Queue the same bubble for each contact; with a dedupe key, one that was owed already is left as it is."""
    await owe_each(tx, [(contact, owed) for contact in contacts], now)


async def owe_each(tx: AsyncSession, bubbles: Iterable[tuple[Contact, Owed]], now: datetime) -> None:
    """Queue a bubble of his own for each contact, all in one go."""
    whom = sorted({c.id: (c, owed) for c, owed in bubbles if c.id is not None}.items())
    rows = [
        {
            **owed.columns(now),
            "contact_id": contact_id,
            "channel": c.channel,
            "account": c.account,
            "address": c.address,
            "dedupe_key": f"{owed.dedupe_key}:{contact_id}" if owed.dedupe_key else None,
        }
        for contact_id, (c, owed) in whom
    ]
    if not rows:
        return
    deduped = any(row["dedupe_key"] for row in rows)
    statement: Any = insert_into(tx, Outbox).on_conflict_do_nothing() if deduped else insert(Outbox)
    await tx.execute(statement, rows)
    await line_up(tx, rows)
    wake(tx, "outbox", everywhere=True)


async def line_up(tx: AsyncSession, rows: list[dict[str, Any]]) -> None:
    """An empty line becomes due; a line that waits or is leased keeps its time."""
    lines = [
        {"contact_id": r["contact_id"], "lane": r["lane"], "channel": r["channel"], "account": r["account"],
         "due_at": r["due_at"], "paced_until": UNPACED}
        for r in rows
    ]  # fmt: skip
    new = insert_into(tx, Line)
    later = case((new.excluded.due_at > Line.paced_until, new.excluded.due_at), else_=Line.paced_until)
    await tx.execute(
        new.on_conflict_do_update(
            index_elements=["contact_id", "lane"], set_={"due_at": later}, where=col(Line.due_at) == NEVER
        ),
        lines,
    )


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row that this sender holds until `leased_until`, with the language its reader wants."""

    row: Outbox
    language: str
    leased_until: datetime


@dataclass(frozen=True, slots=True)
class ChatPace:
    """The bucket of one chat: one message each `every`, `burst` at once."""

    every: timedelta
    burst: int


async def claim(
    tx: AsyncSession, channel: str, account: str, lane: int, now: datetime, limit: int, pace: ChatPace | None = None
) -> list[Claimed]:
    """Lease up to `limit` due lines, oldest first, and return the oldest row of each.

    The second statement sees what was settled before the lock was had, so that no row is taken twice.
    """
    due = (
        select(Line)
        .where(
            col(Line.channel) == channel, col(Line.account) == account, col(Line.lane) == lane, col(Line.due_at) <= now
        )
        .order_by(col(Line.due_at))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    lines = list((await tx.scalars(due)).all())
    if not lines:
        return []
    where = {line.contact_id: line for line in lines}
    oldest = (
        select(func.min(col(Outbox.id)))
        .where(col(Outbox.contact_id) == col(Line.contact_id), col(Outbox.lane) == lane, col(Outbox.status) == "queued")
        .correlate(Line)
        .scalar_subquery()
    )
    heads = select(oldest).where(col(Line.contact_id).in_(where), col(Line.lane) == lane)
    found = await tx.execute(
        select(Outbox, col(Contact.language))
        .join(Contact, col(Contact.id) == col(Outbox.contact_id))
        .where(col(Outbox.id).in_(heads))
    )
    claimed, until = [], now + LEASE
    for row, language in found.all():
        line = where.pop(row.contact_id)
        if row.due_at > now:
            line.due_at = row.due_at
            continue
        line.due_at = until
        claimed.append(Claimed(row, language, until))
    for empty in where.values():
        empty.due_at = NEVER
    if pace:
        await _pay(tx, [c.row.contact_id for c in claimed], lane, now, pace)
    return sorted(claimed, key=lambda c: c.row.id or 0)


async def _pay(tx: AsyncSession, contacts: list[int], lane: int, now: datetime, pace: ChatPace) -> None:
    """Each chat pays for the message it gets, whatever the lane; its other lanes wait until the bucket allows."""
    slack = pace.every * (pace.burst - 1)
    lines = (await tx.scalars(select(Line).where(col(Line.contact_id).in_(contacts)))).all()
    paid: dict[int, datetime] = {}
    for line in lines:
        paid[line.contact_id] = max(paid.get(line.contact_id, now), line.paced_until + slack)
    for line in lines:
        line.paced_until = paid[line.contact_id] + pace.every - slack
        if line.lane != lane and line.due_at != NEVER:
            line.due_at = max(line.due_at, line.paced_until)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a claimed row: sent, later, dead, or held (its reader left and may come back).

    `everyone_until`: until then the provider wants less of the whole account.
    """

    claimed: Claimed
    status: str
    at: datetime
    due_at: datetime | None = None
    said: str = ""
    choices_said: Sequence[dict[str, str]] = field(default=())
    external_id: str | None = None
    problem: str | None = None
    unknown: bool = False
    everyone_until: datetime | None = None


async def settle(tx: AsyncSession, outcomes: Sequence[Outcome], now: datetime) -> None:
    """Write down what became of each row, then let its line go on.

    Where the lease ran out and another sender holds the line by now, only that the row was sent is still worth writing.
    """
    keys = sorted({(o.claimed.row.contact_id, o.claimed.row.lane) for o in outcomes})
    lines = await tx.scalars(
        select(Line)
        .where(tuple_(col(Line.contact_id), col(Line.lane)).in_(keys))
        .order_by(col(Line.contact_id), col(Line.lane))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    held = {(line.contact_id, line.lane): line for line in lines}
    if sent := [_sent(outcome) for outcome in outcomes if outcome.status == "sent"]:
        await (await tx.connection()).execute(_SENT, sent)
    for outcome in outcomes:
        row = outcome.claimed.row
        if outcome.everyone_until is not None:
            await budgets.close(tx, bulk(row.channel, row.account), outcome.everyone_until, now)
        if outcome.status == "sent" or held[row.contact_id, row.lane].due_at != outcome.claimed.leased_until:
            continue
        await tx.execute(
            update(Outbox).where(col(Outbox.id) == row.id, col(Outbox.status) == "queued").values(_change(outcome))
        )
        if outcome.status == "held":
            await _hold(tx, row.contact_id, now)
    waiting = await tx.execute(
        select(col(Outbox.contact_id), col(Outbox.lane), func.min(col(Outbox.id)))
        .where(tuple_(col(Outbox.contact_id), col(Outbox.lane)).in_(keys), col(Outbox.status) == "queued")
        .group_by(col(Outbox.contact_id), col(Outbox.lane))
    )
    heads = {head: (contact, lane) for contact, lane, head in waiting.all()}
    due = {
        heads[i]: at
        for i, at in (
            await tx.execute(select(col(Outbox.id), col(Outbox.due_at)).where(col(Outbox.id).in_(heads)))
        ).all()
    }
    for outcome in outcomes:
        key = (outcome.claimed.row.contact_id, outcome.claimed.row.lane)
        line = held[key]
        if line.due_at != outcome.claimed.leased_until:
            continue
        if outcome.status == "held" or key not in due:
            line.due_at = NEVER
        else:
            line.due_at = max(due[key], line.paced_until)
        if outcome.status == "sent" and not outcome.external_id:
            wake(tx, f"{outcome.claimed.row.channel}:{outcome.claimed.row.address}", everywhere=True)


_SENT = (
    update(Outbox)
    .where(col(Outbox.id) == bindparam("row"), col(Outbox.status) == "queued")
    .values(
        attempts=col(Outbox.attempts) + 1,
        status="sent",
        **{name: bindparam(name) for name in ("problem", "said", "choices_said", "external_id", "sent_at")},
    )
)
"""All that was sent goes down in one journey."""


def _sent(outcome: Outcome) -> dict[str, Any]:
    return {
        "row": outcome.claimed.row.id,
        "problem": outcome.problem,
        "said": outcome.said,
        "choices_said": list(outcome.choices_said),
        "external_id": outcome.external_id or None,
        "sent_at": outcome.at,
    }


def _change(outcome: Outcome) -> dict[str, Any]:
    change: dict[str, Any] = {"attempts": Outbox.attempts + 1, "problem": outcome.problem}
    if outcome.unknown:
        change["unknown"] = Outbox.unknown + 1
    match outcome.status:
        case "later":
            change |= {"due_at": outcome.due_at}
        case "dead":
            change |= {"status": "dead"}
    return change


async def _hold(tx: AsyncSession, contact_id: int, now: datetime) -> None:
    """The reader left: questions are withdrawn, news is held until the contact writes again."""
    await tx.execute(update(Contact).where(col(Contact.id) == contact_id).values(unreachable_since=now))
    await tx.execute(
        update(Outbox)
        .where(col(Outbox.contact_id) == contact_id, col(Outbox.lane) == REPLY, col(Outbox.status) == "queued")
        .values(status="withdrawn", problem="gone")
    )


async def welcome_back(tx: AsyncSession, contact_id: int, now: datetime) -> None:
    """The contact can be reached again: what was held for it goes out now."""
    await tx.execute(update(Contact).where(col(Contact.id) == contact_id).values(unreachable_since=None))
    waits = select(literal(1)).where(
        col(Outbox.contact_id) == col(Line.contact_id),
        col(Outbox.lane) == col(Line.lane),
        col(Outbox.status) == "queued",
    )
    await tx.execute(
        update(Line)
        .where(col(Line.contact_id) == contact_id, col(Line.due_at) == NEVER, waits.exists())
        .values(due_at=now)
        .execution_options(synchronize_session=False)
    )
    wake(tx, "outbox", everywhere=True)


def bulk(channel: str, account: str) -> str:
    """The name under which everything but replies is closed while a provider wants the account to slow down."""
    return f"bulk:{channel}:{account}"


async def outlook(tx: AsyncSession, channel: str, account: str) -> tuple[dict[int, datetime], datetime | None]:
    """When the next line of each lane of an account is due (lanes without any left out), and until when bulk waits."""
    asked = {"channel": channel, "account": account, "bulk": bulk(channel, account)}
    *due, until = (await tx.execute(_outlook(), asked)).one()
    return {lane: at for lane, at in zip(LANES, due, strict=True) if at is not None}, until


@cache
def _outlook() -> Select[Any]:
    """Written once: the sender asks it after each message."""
    lines = (col(Line.channel) == bindparam("channel"), col(Line.account) == bindparam("account"))
    heads: list[Any] = [
        select(col(Line.due_at))
        .where(*lines, col(Line.lane) == lane, col(Line.due_at) < NEVER)
        .order_by(col(Line.due_at))
        .limit(1)
        .scalar_subquery()
        for lane in LANES
    ]
    closed = select(col(Budget.until)).where(col(Budget.name) == bindparam("bulk")).scalar_subquery()
    return select(*heads, closed)


async def send_again(tx: AsyncSession, row_id: int, now: datetime) -> bool:
    """Queue a dead row anew; False when it is not dead (any more)."""
    row = await tx.scalar(
        select(Outbox).where(col(Outbox.id) == row_id, col(Outbox.status) == "dead").with_for_update()
    )
    if row is None:
        return False
    row.status, row.attempts, row.due_at = "queued", 0, now
    await tx.flush()
    await line_up(tx, [row.model_dump(include={"contact_id", "lane", "channel", "account", "due_at"})])
    wake(tx, "outbox", everywhere=True)
    return True


async def dead(tx: AsyncSession, before: int | None, limit: int) -> list[Outbox]:
    """Rows that no channel would take, newest first."""
    query = select(Outbox).where(col(Outbox.status) == "dead").order_by(col(Outbox.id).desc()).limit(limit)
    if before is not None:
        query = query.where(col(Outbox.id) < before)
    return list((await tx.scalars(query)).all())


async def depth(tx: AsyncSession, cap: int = 10_000) -> tuple[int, datetime | None]:
    """How many rows wait (counted up to `cap`), and since when the oldest has been due."""
    waiting = select(col(Outbox.id)).where(col(Outbox.status) == "queued").limit(cap).subquery()
    count = await tx.scalar(select(func.count()).select_from(waiting))
    oldest = await tx.scalar(select(func.min(col(Line.due_at))).where(col(Line.due_at) < NEVER))
    return int(count or 0), oldest
