"""The two ends of a turn: accept, recognise and lock at its beginning; where we stand and what is owed at its end.

A turn that answers a question does nothing else, and is most of what a hotline does: both ends are written in each
engine's own tongue (turns_postgresql, turns_sqlite). What is rare is written here, once for both.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage import turns_postgresql, turns_sqlite
from storage.database import insert_into, wake
from storage.models import NEVER, UNPACED, Contact, Conversation, Inbox
from storage.outbox import Owed
from storage.sealed import seal, unseal

_TONGUES = {"postgresql": turns_postgresql, "sqlite": turns_sqlite}


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message as the inbox keeps it."""

    channel: str
    account: str
    address: str
    external_id: str
    kind: str
    raw: Any


@dataclass(slots=True)
class Standing:
    """Who wrote, and where the conversation with them stands; locked until the transaction ends."""

    contact: Contact
    form: str | None
    answers: dict[str, Any]
    stage: str
    held: dict[str, Any] | None
    asked_row: int | None
    turned_at: datetime
    is_new: bool = False


async def begin(tx: AsyncSession, arrived: Arrived, language: str, now: datetime) -> Standing | None:
    """Accept a message, recognise its contact and lock its conversation; None when it was here already."""
    where = _where(arrived)
    what = {"external_id": arrived.external_id, "kind": arrived.kind, "raw": seal(arrived.raw)}
    accepted, found = await _TONGUES[tx.get_bind().dialect.name].begin(tx, where | what, now)
    if not accepted:
        return None
    if found is None:
        return await _recognise(tx, where, language, now)
    contact = Contact(
        id=found.id, person_id=found.person_id, **where, language=found.language,
        unreachable_since=found.unreachable_since, created_at=found.created_at,
    )  # fmt: skip
    answers, held = (unseal(sealed) if sealed else None for sealed in (found.answers, found.held))
    return Standing(contact, found.form, answers or {}, found.stage, held, found.asked_row, found.turned_at)


async def accept(tx: AsyncSession, arrived: Arrived, now: datetime, status: str = "done") -> bool:
    """Put a message in the inbox; False when it was here already."""
    row = _where(arrived) | {"external_id": arrived.external_id, "kind": arrived.kind, "raw": arrived.raw}
    row |= {"received_at": now, "status": status}
    done: Any = await tx.execute(insert_into(tx, Inbox).values(row).on_conflict_do_nothing())
    return bool(done.rowcount == 1)


def _where(arrived: Arrived) -> dict[str, Any]:
    return {"channel": arrived.channel, "account": arrived.account, "address": arrived.address}


_KNOWN = (
    select(Contact, Conversation)
    .join(Conversation, col(Conversation.contact_id) == col(Contact.id))
    .where(
        col(Contact.channel) == bindparam("channel"),
        col(Contact.account) == bindparam("account"),
        col(Contact.address) == bindparam("address"),
    )
    .with_for_update(of=Conversation)
    .execution_options(populate_existing=True)
)


async def _recognise(tx: AsyncSession, where: dict[str, Any], language: str, now: datetime) -> Standing:
    """Somebody writes for the first time."""
    await _introduce(tx, where, language, now)
    contact, v = (await tx.execute(_KNOWN, where)).one()
    return Standing(contact, v.form, v.answers or {}, v.stage, v.held, v.asked_row, v.turned_at, is_new=True)


async def contact_at(
    tx: AsyncSession, channel: str, account: str, address: str, language: str, now: datetime
) -> Contact:
    """The contact at this address, made with its conversation when it never wrote before."""
    contact = await find_contact(tx, channel, account, address)
    if contact is None:
        await _introduce(tx, {"channel": channel, "account": account, "address": address}, language, now)
        contact = await find_contact(tx, channel, account, address)
        assert contact is not None, "just made, or made by another"
    return contact


async def _introduce(tx: AsyncSession, where: dict[str, Any], language: str, now: datetime) -> None:
    """Make a contact and its conversation, unless another turn was faster."""
    who = {**where, "language": language, "created_at": now}
    await tx.execute(insert_into(tx, Contact).values(who).on_conflict_do_nothing())
    made = select(col(Contact.id)).filter_by(**where).scalar_subquery()
    standing = {"contact_id": made, "stage": "", "turned_at": now}
    await tx.execute(insert_into(tx, Conversation).values(standing).on_conflict_do_nothing())


async def find_contact(tx: AsyncSession, channel: str, account: str, address: str) -> Contact | None:
    """The contact at this address, if it ever wrote."""
    return (await tx.scalars(select(Contact).filter_by(channel=channel, account=account, address=address))).first()


async def end(tx: AsyncSession, standing: Standing, owed: Owed | None, now: datetime) -> None:
    """Write where the conversation stands now and queue the bubble that is owed; its buttons answer this standing.

    When nothing is owed (somebody blocked us, or came back) the conversation stands where it stood.
    """
    wake(tx, "outbox")
    if owed is None:
        return
    if tx.new or tx.dirty:
        await tx.flush()
    contact, answers, held = standing.contact, standing.answers or None, standing.held or None
    row = owed.columns(now)
    await _TONGUES[tx.get_bind().dialect.name].end(
        tx,
        {
            "contact": contact.id,
            "channel": contact.channel,
            "account": contact.account,
            "address": contact.address,
            "form": standing.form,
            "answers": answers and seal(answers),
            "stage": standing.stage,
            "held": held and seal(held),
            "lane": owed.lane,
            "about": owed.about,
            "key": owed.say.key,
            "facts": json.dumps(row["facts"], ensure_ascii=False),
            "choices": json.dumps(row["choices"], ensure_ascii=False),
            "wants": json.dumps(row["wants"]),
            "picture": row["picture"] and json.dumps(row["picture"], ensure_ascii=False),
            "due": row["due_at"],
            "now": now,
            "never": NEVER,
            "unpaced": UNPACED,
        },
    )
