"""Passes: from the application to the last day, the blocks their numbers come from, their keys, and every check."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Column, Index, SmallInteger
from sqlmodel import Field, SQLModel

from storage.models.columns import json, one_of, partial, row_id, sealed, to
from storage.models.firms import COLOURS

PENDING = ("applied", "checked", "returned")
"""已申请, 初审通过, 退回补正: somebody still waits for a decision, or it for him."""

HELD = ("issued", "used", "expired", "revoked", "superseded")
"""有效, 已使用, 已到期, 已注销, 已换发: it was issued once, and has a number."""

PASS_STATES = (*PENDING, "refused", "withdrawn", *HELD)

_PENDING = f"state IN ({', '.join(map(repr, PENDING))})"
_HELD = f"state IN ({', '.join(map(repr, HELD))})"


class Pass(SQLModel, table=True):
    """One truck, one pass, one route (一车一证一线路), from the application on.

    `claim` names what there may be only one of: the truck on its route, or the truck alone where the pack says so. One
    application may wait for it and one pass may be live for it; a renewal supersedes the live one in the transaction
    that issues it. `payload` is what the QR code holds, as it was signed.
    """

    __tablename__ = "pass"
    __table_args__ = (
        one_of("state", *PASS_STATES),
        one_of("colour", *COLOURS),
        one_of("uses", "many", "once"),
        one_of("sample", "due", "kept", "revoked"),
        CheckConstraint("steps IN (1, 2)", name="steps"),
        CheckConstraint(
            f"({_HELD}) = (number IS NOT NULL) AND (number IS NULL) = (issued_at IS NULL)"
            " AND (number IS NULL) = (valid_until IS NULL) AND (number IS NULL) = (payload IS NULL)",
            name="issued",
        ),
        CheckConstraint("state <> 'checked' OR (steps = 2 AND checked_by IS NOT NULL)", name="checked"),
        CheckConstraint("checked_by <> decided_by", name="two_people"),
        CheckConstraint(f"steps = 1 OR automatic OR NOT ({_HELD}) OR checked_by IS NOT NULL", name="two_steps"),
        CheckConstraint(f"NOT ({_HELD}) OR automatic OR decided_by IS NOT NULL", name="decided"),
        CheckConstraint("state NOT IN ('returned', 'refused', 'revoked') OR basis IS NOT NULL", name="basis"),
        CheckConstraint("valid_until > valid_from", name="validity"),
        CheckConstraint("renews_id <> id", name="renews"),
        partial("uq_pass_waiting", "claim", unique=True, where=_PENDING),
        partial("uq_pass_live", "claim", unique=True, where="state = 'issued'"),
        partial("ix_pass_queue", "division", "due_at", "id", where="state IN ('applied', 'checked')"),
        partial("ix_pass_due", "due_at", "id", where="state IN ('applied', 'checked')"),
        partial("ix_pass_ending", "valid_until", "id", where="state = 'issued'"),
        partial("ix_pass_held", "valid_until", "id", where="number IS NOT NULL"),
        partial("ix_pass_sample", "division", "id", where="sample = 'due'"),
        partial("ix_pass_early", "valid_until", "id", where="state IN ('revoked', 'superseded', 'used')"),
        partial("ix_pass_batch", "batch", "id", where="batch IS NOT NULL"),
        partial("ix_pass_firm", "firm_id", "id", where="firm_id IS NOT NULL"),
        partial(
            "ix_pass_trailer", "trailer", "id", where="trailer <> '' AND state IN ('applied', 'checked', 'issued')"
        ),
        Index("ix_pass_list", "division", "state", "id"),
        Index("ix_pass_state", "state", "id"),
        Index("ix_pass_applied", "applied_at", "id"),
        Index("ix_pass_plate", "plate", "id"),
        Index("ix_pass_contact", "contact_id", "id"),
    )
    id: int | None = row_id()
    number: str | None = Field(default=None, sa_column_kwargs={"unique": True})
    code: str = Field(sa_column_kwargs={"unique": True})
    scheme: str
    pack: str
    pack_version: str
    division: str
    state: str = "applied"
    claim: str
    batch: str | None = None
    firm_id: int | None = to("firm", null=True)
    contact_id: int = to("contact")
    plate: str
    colour: str
    trailer: str | None = None
    goods: str
    goods_words: str | None = None
    origin: str
    destination: str
    via: list[str] = json()
    crew: list[dict[str, Any]] | None = sealed(null=True)
    facts: dict[str, Any] = sealed()
    from_wished: datetime
    until_wished: datetime | None = None
    uses: str = "many"
    steps: int = Field(default=1, sa_column=Column(SmallInteger, nullable=False))
    automatic: bool = False
    sample: str | None = None
    renews_id: int | None = to("pass", null=True)
    missing: list[str] = json()
    basis: dict[str, Any] | None = json(null=True)
    words: str | None = None
    checked_by: int | None = to("staff", null=True)
    checked_at: datetime | None = None
    decided_by: int | None = to("staff", null=True)
    decided_at: datetime | None = None
    applied_at: datetime
    due_at: datetime
    issued_at: datetime | None = None
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    ended_at: datetime | None = None
    reminded_at: datetime | None = None
    payload: str | None = None
    changed_at: datetime


class PassEvent(SQLModel, table=True):
    """Who did what to which pass. Appended, never changed; days are counted from here, by division and goods."""

    __tablename__ = "pass_event"
    __table_args__ = (
        Index("ix_pass_event_pass", "pass_id", "id"),
        Index("ix_pass_event_day", "at", "kind", "division", "goods"),
    )
    id: int | None = row_id()
    pass_id: int = to("pass")
    kind: str
    division: str
    goods: str
    actor: str
    facts: dict[str, Any] = json()
    at: datetime


class Block(SQLModel, table=True):
    """Serials that were allotted to the bureau of a division; `next_serial` is the one that the next pass gets."""

    __tablename__ = "pass_block"
    __table_args__ = (
        CheckConstraint("first_serial BETWEEN 1 AND last_serial AND last_serial <= 999999", name="span"),
        CheckConstraint("next_serial BETWEEN first_serial AND last_serial + 1", name="next_serial"),
        partial("ix_pass_block_open", "division", "first_serial", where="next_serial <= last_serial"),
        Index("ix_pass_block_division", "division", "id"),
    )
    id: int | None = row_id()
    division: str
    first_serial: int
    last_serial: int
    next_serial: int
    document: str
    allotted_by: int = to("staff")
    allotted_at: datetime


class SigningKey(SQLModel, table=True):
    """A key pair that signs passes (ECDSA P-256); old ones sign no more and go on to prove what they signed."""

    __tablename__ = "signing_key"
    __table_args__ = (
        CheckConstraint("id BETWEEN 1 AND 255", name="id"),
        partial("uq_signing_key_current", "is_current", unique=True, where="is_current"),
    )
    id: int | None = row_id()
    public: str
    private: str = sealed()
    is_current: bool = True
    made_at: datetime
    retired_at: datetime | None = None


class Scan(SQLModel, table=True):
    """A check at the roadside: who looked at what, where, and what came out; `mark` is the device's own name for it.

    `at` is when the officer looked, `received_at` when we heard of it: offline ones arrive later, and once.
    `verdict` is ours, as of `at`; `told` is what the device had said, where that was something else.
    """

    __table_args__ = (
        one_of("verdict", "valid", "forged", "altered", "expired", "not_yet", "revoked", "lent", "replayed", "used",
               "superseded", "unknown"),
        one_of("deed", "passed", "stopped", "entered", "left"),
        Index("ix_scan_pass", "pass_id", "at"),
        Index("ix_scan_received", "received_at", "id"),
        Index("ix_scan_staff", "staff_id", "id"),
        Index("ix_scan_filing", "filing_id", "at"),
        Index("ix_scan_division", "division", "id"),
        partial("ix_scan_doubtful", "division", "id", where="verdict <> 'valid'"),
    )  # fmt: skip
    id: int | None = row_id()
    mark: str = Field(sa_column_kwargs={"unique": True})
    pass_id: int | None = to("pass", null=True)
    filing_id: int | None = to("filing", null=True)
    number: str | None = None
    plate_seen: str | None = None
    verdict: str
    told: str | None = None
    deed: str
    reason: str | None = None
    staff_id: int | None = to("staff", null=True)
    point_id: int | None = to("service_point", null=True)
    place: str | None = None
    division: str
    goods: str | None = None
    is_offline: bool = False
    at: datetime
    received_at: datetime
