"""Firms: who they are, who acts for them, and what they drive."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from storage.models.columns import json, one_of, partial, row_id, sealed, to

FIRM_STATES = ("registered", "verified", "refused", "suspended")
"""登记, 已核实, 未通过, 停用."""

MEMBER_ROLES = ("owner", "clerk", "driver", "agent")
"""负责人, 经办人, 司机, 代办."""

COLOURS = ("yellow", "blue", "green", "yellow_green", "white", "black")
"""Of a number plate (GA 36): the same number may exist in two colours."""


class Firm(SQLModel, table=True):
    """A firm by its unified social credit code (统一社会信用代码), as it registered itself.

    `division` is where it has its seat, `desk` whose desk verifies it: firms from elsewhere are verified here too.
    `grounds` and `why` say what stands against it: codes, and the words beside them. Whoever registers it anew gets a
    row of his own, which `follows_id` the one that ended; what was the old one's is his only once he is verified.
    """

    __table_args__ = (
        one_of("state", *FIRM_STATES),
        CheckConstraint("(state = 'registered') = (decided_at IS NULL)", name="decided"),
        CheckConstraint("state NOT IN ('refused', 'suspended') OR why IS NOT NULL", name="why"),
        partial("uq_firm_uscc", "uscc", unique=True, where="ended_at IS NULL"),
        Index("ix_firm_state", "state", "desk", "id"),
        Index("ix_firm_desk", "desk", "id"),
    )
    id: int | None = row_id()
    uscc: str
    name: str
    division: str
    desk: str
    contact_name: str = sealed()
    phone: str = sealed()
    state: str = "registered"
    grounds: list[str] | None = json(null=True)
    why: str | None = None
    decided_by: int | None = to("staff", null=True)
    decided_at: datetime | None = None
    follows_id: int | None = to("firm", null=True)
    registered_at: datetime
    changed_at: datetime
    ended_at: datetime | None = None


class Member(SQLModel, table=True):
    """Somebody who acts for a firm; a firm has one on each channel that it uses, and several people on one.

    `consented_at` is when he agreed that the firm sees his name; `authority_until` the last day of an agent's 授权.
    """

    __tablename__ = "firm_member"
    __table_args__ = (
        one_of("role", *MEMBER_ROLES),
        CheckConstraint("(role = 'agent') = (authority_until IS NOT NULL)", name="authority"),
        partial("uq_firm_member_here", "firm_id", "contact_id", unique=True, where="left_at IS NULL"),
        partial("ix_firm_member_contact", "contact_id", "firm_id", where="left_at IS NULL"),
        partial("ix_firm_member_authority", "authority_until", where="authority_until IS NOT NULL AND left_at IS NULL"),
    )
    id: int | None = row_id()
    firm_id: int = to("firm")
    contact_id: int = to("contact")
    role: str
    name: str | None = sealed(null=True)
    consented_at: datetime
    authority_until: date | None = None
    joined_at: datetime
    left_at: datetime | None = None


class Invitation(SQLModel, table=True):
    """A code by which somebody joins a firm; `left_over` is how many may still use it."""

    __tablename__ = "firm_invitation"
    __table_args__ = (
        one_of("role", *MEMBER_ROLES),
        CheckConstraint("left_over >= 0", name="left_over"),
        CheckConstraint("(role = 'agent') = (authority_until IS NOT NULL)", name="authority"),
        Index("ix_firm_invitation_firm", "firm_id", "id"),
    )
    id: int | None = row_id()
    firm_id: int = to("firm")
    code: str = Field(sa_column_kwargs={"unique": True})
    role: str
    left_over: int = 1
    authority_until: date | None = None
    made_by: int = to("firm_member")
    made_at: datetime
    until: datetime


class Vehicle(SQLModel, table=True):
    """A truck of a firm, with the trailer that it usually draws."""

    __tablename__ = "firm_vehicle"
    __table_args__ = (
        one_of("colour", *COLOURS),
        partial("uq_firm_vehicle_plate", "firm_id", "plate", "colour", unique=True, where="retired_at IS NULL"),
        Index("ix_firm_vehicle_plate", "plate"),
    )
    id: int | None = row_id()
    firm_id: int = to("firm")
    plate: str
    colour: str
    trailer: str | None = None
    added_at: datetime
    retired_at: datetime | None = None


class FirmGram(SQLModel, table=True):
    """Which firms have a gram in their name: finding one is ranges of one index, the same in both databases."""

    __tablename__ = "firm_gram"
    gram: str = Field(primary_key=True)
    firm_id: int = to("firm", primary=True, index=True)


class FirmEvent(SQLModel, table=True):
    """Who did what to which firm. Appended, never changed; codes and ids, never words."""

    __tablename__ = "firm_event"
    __table_args__ = (Index("ix_firm_event_firm", "firm_id", "id"),)
    id: int | None = row_id()
    firm_id: int = to("firm")
    kind: str
    actor: str
    facts: dict[str, Any] = json()
    at: datetime
