"""Staff look at a firm's papers: it is verified, refused, or stopped for a time. Each says on what ground."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from hotline import divisions, rights
from hotline.firms.telling import record
from hotline.formats.tidy import tidy
from locales.words import Refusal, Say, say
from storage import firms
from storage.models import Firm, Staff

HOW = ("registry", "licence", "phone", "visit")
"""公示系统, 执照原件, 电话核对, 上门: how it was found to be true."""

AGAINST = ("unreadable", "mismatch", "not_found", "not_theirs", "other")
"""Why a firm is refused: photos nobody can read, facts that differ, no such firm, somebody else's licence."""

STOPPED_FOR = ("cancelled", "false_papers", "lent", "asked", "other")
"""Why a firm is stopped: struck off the register, false papers, passes lent, its own wish."""

LONGEST_WORDS = 300


def may(by: Staff, firm: Firm) -> bool:
    """Whether this member of staff decides about a firm."""
    return rights.may(by, "verify_firm") and sees(by, firm)


def sees(by: Staff, firm: Firm) -> bool:
    """Whether a firm lies with this member's desk or one below it."""
    return rights.may(by, "see_passes") and divisions.is_within(firm.desk, by.division)


async def may_look(tx: AsyncSession, by: Staff, firm: Firm) -> bool:
    """Whether this member may look at a firm: one of his desk's, or one that applied for a pass there."""
    if sees(by, firm):
        return True
    here = divisions.bounds(by.division)
    return rights.may(by, "see_passes") and await firms.applies_to(tx, firm.id or 0, *here)


async def verify(tx: AsyncSession, by: Staff, firm_id: int, how: Sequence[str], now: datetime) -> Firm:
    """It is who it says it is: what the plain ones among its applications ask may be granted at once, and what was
    issued in its name before it was registered anew is its own.
    """
    firm = await _held(tx, by, firm_id)
    if firm.state == "verified":
        raise Refusal("firm.state.already", state=say("firm.state.verified"))
    found = [one for one in HOW if one in how]
    if not found:
        raise Refusal("firm.how.missing")
    kind = "restored" if firm.state == "suspended" else "verified"
    _decide(firm, by, "verified", now)
    await firms.keep(tx, firm)
    await record(tx, firm, kind, f"staff:{by.id}", now, how=found, inherited=await firms.inherit(tx, firm))
    return firm


async def refuse(tx: AsyncSession, by: Staff, firm_id: int, grounds: Sequence[str], words: str, now: datetime) -> Firm:
    """What it says cannot be verified so; its people hear everything that is to be put right, at one time."""
    firm = await _held(tx, by, firm_id)
    if firm.state != "registered":
        raise Refusal("firm.state.already", state=say(f"firm.state.{firm.state}"))
    _decide(firm, by, "refused", now, *_checked(grounds, AGAINST, words))
    await firms.keep(tx, firm)
    await record(tx, firm, "refused", f"staff:{by.id}", now, said={"why": reason(firm)}, grounds=firm.grounds)
    return firm


async def suspend(tx: AsyncSession, by: Staff, firm_id: int, grounds: Sequence[str], words: str, now: datetime) -> Firm:
    """Nobody applies in its name until it is verified again; passes that were issued stay as they are."""
    firm = await _held(tx, by, firm_id)
    if firm.state == "suspended":
        raise Refusal("firm.state.already", state=say("firm.state.suspended"))
    _decide(firm, by, "suspended", now, *_checked(grounds, STOPPED_FOR, words))
    await firms.keep(tx, firm)
    await record(tx, firm, "suspended", f"staff:{by.id}", now, said={"why": reason(firm)}, grounds=firm.grounds)
    return firm


async def unmask(tx: AsyncSession, by: Staff, firm_id: int, now: datetime) -> Firm:
    """Somebody asks to see the contact's name and number whole, which is on record."""
    firm = await firms.lock(tx, firm_id)
    if firm is None or not await may_look(tx, by, firm):
        raise Refusal("firm.not_your_desk")
    await record(tx, firm, "unmasked", f"staff:{by.id}", now)
    return firm


def reason(firm: Firm) -> Say:
    """What stands against a firm, as its people read it."""
    parts: list[Say | str] = [say(f"firm.ground.{ground}") for ground in firm.grounds or () if ground != "other"]
    return say("firm.why", parts=[*parts, *([firm.why] if firm.why else [])])


def _decide(
    firm: Firm, by: Staff, state: str, now: datetime, grounds: list[str] | None = None, why: str | None = None
) -> None:
    firm.state, firm.grounds, firm.why, firm.decided_by, firm.decided_at = state, grounds, why, by.id, now


def _checked(grounds: Sequence[str], known: Sequence[str], words: str) -> tuple[list[str], str]:
    """The grounds in their order, and the words; raises Refusal without any ground, or when the words are missing."""
    found, plain = [one for one in known if one in grounds], tidy(words)
    if not found:
        raise Refusal("firm.ground.missing")
    if "other" in found and not plain:
        raise Refusal("firm.words.missing")
    if len(plain) > LONGEST_WORDS:
        raise Refusal("question.text.too_long", longest=LONGEST_WORDS, count=len(plain))
    return found, plain


async def _held(tx: AsyncSession, by: Staff, firm_id: int) -> Firm:
    firm = await firms.lock(tx, firm_id)
    if firm is None or not may(by, firm):
        raise Refusal("firm.not_your_desk")
    if firm.ended_at is not None:
        raise Refusal("firm.ended", uscc=firm.uscc)
    return firm
