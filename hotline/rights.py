"""Who may do what with which ticket: by role, by division subtree, by department; whatever is not named is denied."""

from __future__ import annotations

from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncSession

from hotline.divisions import bounds
from hotline.organisation import upwards
from storage import assists, ledger
from storage.models import Staff, Ticket

DESK = frozenset({"clerk", "supervisor", "admin"})
"""坐席, 值班长, 管理员: the desk itself, which sees every ticket of its divisions."""

WORKERS = DESK | {"handler"}
"""And 承办: a department sees what lies with it, or where its help was asked."""

LEADS = frozenset({"supervisor", "admin"})

VERBS: dict[str, frozenset[str]] = {
    **dict.fromkeys(("take", "reply", "ask", "note", "resolve", "ask_assist", "ask_extension", "take_back"), WORKERS),
    **dict.fromkeys(("send_back", "assist"), frozenset({"handler"})),
    **dict.fromkeys(("transfer", "merge", "split", "decline", "reopen"), DESK),
    **dict.fromkeys(("strike_off", "called", "rate", "intake"), DESK),
    **dict.fromkeys(("decide_extension", "review", "bulk", "export", "see_alarm", "see_audit"), LEADS),
    "unmask": WORKERS,
    **dict.fromkeys(("see_passes", "decide_pass"), WORKERS),
    **dict.fromkeys(("revoke_pass", "verify_firm"), LEADS),
    **dict.fromkeys(("allot_block", "rotate_key"), frozenset({"admin"})),
    "scan": WORKERS | {"checkpoint"},
    **dict.fromkeys(("see_trips", "move_trip"), WORKERS | {"checkpoint"}),
    **dict.fromkeys(("raise_alert", "tell_terms", "stand_down"), WORKERS),
}
"""Each verb and whose it is."""


def may(staff: Staff, verb: str) -> bool:
    """Whether this role may do this at all."""
    return staff.role in VERBS.get(verb, frozenset())


def scope(tx: AsyncSession, staff: Staff) -> list[ColumnElement[bool]]:
    """`may_see` as conditions that every list of tickets shown to this person has to hold."""
    if staff.role in DESK:
        return [ledger.in_subtree(bounds(staff.division))]
    if staff.role == "handler":
        return [ledger.of_department(staff.department_id)]
    return [ledger.nothing()]


async def may_see(tx: AsyncSession, staff: Staff, ticket: Ticket) -> bool:
    """Whether this ticket lies within somebody's reach."""
    if staff.role in DESK:
        return staff.division in upwards(ticket.division)
    if staff.role == "handler" and staff.department_id is not None:
        return ticket.department_id == staff.department_id or await assists.helps(
            tx, ticket.id or 0, staff.department_id
        )
    return False


def sees_reporter(staff: Staff, ticket: Ticket) -> bool:
    """Whether the reporter is shown (举报人保密): outside the desk nobody sees who reported a confidential matter."""
    return not ticket.confidential or staff.role in DESK
