"""Events of firms: appended to the ledger, and told to the firm's people. One table says whom what is told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from locales.words import Say, say
from storage import firms, outbox
from storage.database import wake
from storage.models import MEMBER_ROLES, STATUS, Contact, Firm, FirmEvent
from storage.outbox import Owed


@dataclass(frozen=True, slots=True)
class Told:
    """What an event says (None: nothing), to whom of the firm, with these buttons."""

    key: str | None = None
    whom: tuple[str, ...] = ()
    choices: tuple[str, ...] = ("see",)


ACTING = ("owner", "clerk", "agent")

AUDIENCE = {
    "registered": Told(),
    "anew": Told("firm.told.anew", (), ("clerk",)),
    "corrected": Told(),
    "verified": Told("firm.told.verified", MEMBER_ROLES, ("apply", "see")),
    "refused": Told("firm.told.refused", ACTING, ("correct", "clerk")),
    "suspended": Told("firm.told.suspended", MEMBER_ROLES, ("clerk",)),
    "restored": Told("firm.told.restored", MEMBER_ROLES),
    "invited": Told(),
    "voided": Told(),
    "joined": Told("firm.told.joined", ("owner",), ("members",)),
    "left": Told("firm.told.left", ("owner",), ("members",)),
    "removed": Told("firm.told.removed", (), ("clerk",)),
    "struck": Told("firm.told.struck", (), ("clerk",)),
    "extended": Told("firm.told.extended", ()),
    "vehicle_added": Told(),
    "vehicle_retired": Told(),
    "unmasked": Told(),
}
"""Every event that a firm can have. Who acted hears the answer of the turn itself, and is not told again."""

BUTTONS = {
    "see": ("/my_firm", "firm.button.see"),
    "members": ("/my_firm members", "firm.button.members"),
    "correct": ("/register_firm {uscc}", "firm.button.correct"),
    "apply": ("/apply_pass", "firm.button.apply"),
    "clerk": ("/consult", "rules.ask_a_clerk"),
}
"""What a button does, and what it says."""


async def record(
    tx: AsyncSession,
    firm: Firm,
    kind: str,
    actor: str,
    now: datetime,
    *,
    to: Iterable[Contact] = (),
    said: dict[str, Any] | None = None,
    **facts: Any,
) -> FirmEvent:
    """Append an event and owe its sentence to the firm's people, and to these.

    `facts` are codes and ids, which are kept for ever; `said` goes only into the sentence.
    """
    told = AUDIENCE[kind]
    firm.changed_at = now
    event = FirmEvent(firm_id=firm.id or 0, kind=kind, actor=actor, facts=facts, at=now)
    tx.add(event)
    await tx.flush()
    if told.key is not None:
        whom = {one.id: one for one in to}
        if told.whom:
            whom |= {one.id: one for one in await firms.people(tx, firm.id or 0, told.whom)}
        others = [one for one in whom.values() if f"contact:{one.id}" != actor]
        await outbox.owe(tx, others, owed(firm, told.key, told.choices, f"firm:{event.id}", said or {}), now)
    wake(tx, "firms", everywhere=True)
    return event


def owed(firm: Firm, key: str, choices: Iterable[str], dedupe_key: str, said: dict[str, Any]) -> Owed:
    """A sentence about a firm, with its buttons."""
    buttons = [(BUTTONS[name][0].format(uscc=firm.uscc), say(BUTTONS[name][1])) for name in choices]
    words = Say(key, {"name": firm.name} | said)
    return Owed(words, buttons, lane=STATUS, about=f"firm:{firm.id}", dedupe_key=dedupe_key)
