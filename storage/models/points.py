"""Where a driver is tested, charges, rests or hands over, and which checkpoints somebody may lawfully have set up."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.models.columns import json, one_of, partial, row_id, to


class Point(SQLModel, table=True):
    """A point of service or an approved checkpoint (seed S0, 0.11; S1, 1.4, 1.26; S4, 4.16).

    Latitude and longitude are kept as they were given, in `datum`; `north` and `east` are the same spot in WGS 84, by
    which distances are counted. `valid_to` is the last day of an approval; `stem` is the name without its kind's word.
    """

    __tablename__ = "service_point"
    __table_args__ = (
        UniqueConstraint("kind", "division", "name", "direction"),
        one_of("kind", "test", "charging", "service", "logistics", "transfer", "checkpoint"),
        one_of("state", "active", "reserved", "closed"),
        one_of("datum", "wgs84", "gcj02", "bd09"),
        one_of("zones", "cold", "dry", "both"),
        one_of("purpose", "epidemic", "overload", "police", "other"),
        one_of("body_level", "county", "city", "province", "nation"),
        CheckConstraint(
            "(latitude IS NULL) = (longitude IS NULL) AND (latitude IS NULL) = (datum IS NULL)"
            " AND (latitude IS NULL) = (north IS NULL) AND (latitude IS NULL) = (east IS NULL)"
            " AND (latitude IS NULL) = (cell IS NULL)",
            name="position",
        ),
        CheckConstraint("(state = 'closed') = (closed_on IS NOT NULL)", name="closed"),
        CheckConstraint("state <> 'reserved' OR kind = 'transfer'", name="reserved"),
        CheckConstraint("stake_m IS NULL OR road IS NOT NULL", name="stake"),
        CheckConstraint("capacity > 0", name="capacity"),
        CheckConstraint(
            "kind <> 'checkpoint' OR (purpose IS NOT NULL AND body IS NOT NULL AND body_level IS NOT NULL"
            " AND document IS NOT NULL AND valid_from IS NOT NULL)",
            name="approval",
        ),
        CheckConstraint("valid_to >= valid_from", name="validity"),
        partial("ix_service_point_cell", "kind", "cell", where="cell IS NOT NULL"),
        partial("ix_service_point_road", "road", "kind", "stake_m", where="road IS NOT NULL"),
        Index("ix_service_point_stem", "stem", "kind"),
        Index("ix_service_point_division", "division", "kind", "name", "direction"),
    )
    id: int | None = row_id()
    kind: str
    name: str
    stem: str
    division: str
    road: str | None = None
    stake_m: int | None = None
    direction: str = ""
    latitude: float | None = None
    longitude: float | None = None
    datum: str | None = None
    north: float | None = None
    east: float | None = None
    cell: int | None = None
    hours: str | None = None
    phone: str | None = None
    state: str
    closed_on: date | None = None
    zones: str | None = None
    capacity: int | None = None
    purpose: str | None = None
    body: str | None = None
    body_level: str | None = None
    document: str | None = None
    document_number: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    note: str | None = None
    source: str
    confirmed_on: date
    changed_at: datetime


class PointChange(SQLModel, table=True):
    """What somebody did to a point and why: appended here, never changed; `fields` names the columns that changed."""

    __tablename__ = "point_change"
    __table_args__ = (
        one_of("what", "added", "changed", "opened", "reserved", "closed", "confirmed"),
        Index("ix_point_change_point", "point_id", "id"),
    )
    id: int | None = row_id()
    point_id: int = to("service_point")
    staff_id: int = to("staff")
    what: str
    reason: str | None = None
    fields: list[str] = json()
    imported: bool = Field(default=False)
    at: datetime
