"""Events of passes: appended to the ledger, and told to whoever applied. One table says whom what is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from hotline.divisions import place_name
from hotline.rules import shelf
from hotline.rules.citing import cited
from hotline.rules.rulings import citation
from locales.words import Say, say
from storage import outbox
from storage.database import wake
from storage.models import STATUS, Contact, Pass, PassEvent
from storage.outbox import Owed


@dataclass(frozen=True, slots=True)
class Told:
    """What an event says to the applicant (None: nothing), with these buttons; and whether the pass itself is shown."""

    key: str | None = None
    choices: tuple[str, ...] = ("see",)
    shows: bool = False


AUDIENCE = {
    "applied": Told(),
    "completed": Told(),
    "checked": Told(),
    "issued": Told("pass.told.issued", shows=True),
    "returned": Told("pass.told.returned", choices=("complete", "see")),
    "refused": Told("pass.told.refused", choices=("see", "clerk")),
    "withdrawn": Told(),
    "superseded": Told(),
    "used": Told("pass.told.used"),
    "ending": Told("pass.told.ending", choices=("renew", "see")),
    "expired": Told("pass.told.expired", choices=("renew",)),
    "revoked": Told("pass.told.revoked", choices=("see", "clerk")),
    "sampled": Told(),
    "route_closed": Told(),  # told once to each holder, however many passes he has: `closed_routes`
    "obstructed": Told(),
}
"""Every event that a pass can have. Who acted hears the answer of the turn itself, and is not told again."""

BUTTONS = {
    "see": ("/mypasses {code}", "pass.button.see"),
    "renew": ("/renew {code}", "pass.button.renew"),
    "complete": ("/complete_pass {code}", "pass.button.complete"),
    "closed": ("/closed", "command.closed"),
    "clerk": ("/consult", "rules.ask_a_clerk"),
}
"""What a button does, and what it says."""


async def record(
    tx: AsyncSession, pass_: Pass, kind: str, actor: str, now: datetime, *, quietly: bool = False, **facts: Any
) -> PassEvent:
    """Append an event and owe its sentence; `facts` are codes and ids, `quietly` when the turn itself says it."""
    told = AUDIENCE[kind]
    pass_.changed_at = now
    event = PassEvent(
        pass_id=pass_.id or 0,
        kind=kind,
        division=pass_.division,
        goods=pass_.goods,
        actor=actor,
        facts=facts,
        at=now,
    )
    tx.add(event)
    await tx.flush()
    if told.key is not None and not quietly:
        contact = await tx.get_one(Contact, pass_.contact_id)
        buttons = [(BUTTONS[name][0].format(code=pass_.code), say(BUTTONS[name][1])) for name in told.choices]
        owed = Owed(
            Say(told.key, facts_of(pass_)),
            buttons,
            lane=STATUS,
            about=f"pass:{pass_.id}",
            dedupe_key=f"pass:{event.id}",
            picture={"kind": "pass", "pass": pass_.id} if told.shows else None,
        )
        await outbox.owe(tx, [contact], owed, now)
    wake(tx, "passes", everywhere=True)
    return event


def facts_of(pass_: Pass) -> dict[str, Any]:
    """What the sentences about a pass may name."""
    return {
        "number": pass_.number or "",
        "plate": pass_.plate,
        "origin": place_name(pass_.origin),
        "destination": place_name(pass_.destination),
        "until": pass_.valid_until or "",
        "words": pass_.words or "",
        "missing": [say(f"pass.missing.{name}") for name in pass_.missing],
        "due": pass_.due_at,
        "clause": _clause(pass_),
    }


def _clause(pass_: Pass) -> Say | str:
    """The clause on which the last decision rests; "" where there was none, or its pack is gone."""
    basis, pack = pass_.basis or {}, shelf.current().packs.get(pass_.pack)
    try:
        return cited(citation(pack.written, basis["cite"])) if pack else ""
    except KeyError:
        return ""
