"""An agent's 授权 has a last day: he and the firm are told before it, and once it is past."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from hotline.firms.members import day_of
from hotline.firms.telling import owed
from hotline.formats.names import mask_name
from locales.words import SHANGHAI
from storage import firms, outbox
from storage.models import Contact

AHEAD = timedelta(days=3)
"""How long before the last day it is told; our own number: time enough to sign a new one."""


async def remind(tx: AsyncSession, now: datetime) -> dict[str, Any]:
    """Tell agents and owners of what ends within three days, and of what ended yesterday; each once."""
    today = now.astimezone(SHANGHAI).date()
    told = 0
    for member, firm in await firms.authority_ends(tx, today - timedelta(days=1), today + AHEAD):
        assert member.authority_until is not None
        kind = "over" if member.authority_until < today else "ending"
        owners = await firms.people(tx, firm.id or 0, ("owner",))
        agent = await tx.get_one(Contact, member.contact_id)
        key = f"firm:authority:{kind}:{member.id}:{member.authority_until}"
        said = {"agent": mask_name(member.name or ""), "until": day_of(member.authority_until)}
        words = owed(firm, f"firm.told.authority_{kind}", ("members",), key, said)
        await outbox.owe(tx, [agent, *owners], words, now)
        told += 1
    return {"told": told}
