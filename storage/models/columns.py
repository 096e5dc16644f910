"""The columns and constraints from which every table is made."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, Column, ForeignKey, Index, Integer, MetaData, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from storage.sealed import Sealed

NEVER = datetime(9999, 12, 31, tzinfo=UTC)
"""The due time of what is never due: a line on which nothing waits, a ticket whose clocks have stopped."""

UNPACED = datetime(2000, 1, 1, tzinfo=UTC)
"""`paced_until` of a chat that has got nothing yet, so that its whole burst is free."""

REPLY, STATUS, NOTICE = 0, 1, 2
"""Lanes of the outbox, most urgent first; order is kept within (contact, lane)."""

BigId = BigInteger().with_variant(Integer, "sqlite")
Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")

SQLModel.metadata.naming_convention = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
    }
).naming_convention


def partial(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """An index over the rows for which `where` holds."""
    return Index(name, *columns, unique=unique, postgresql_where=text(where), sqlite_where=text(where))


def one_of(column: str, *values: str) -> CheckConstraint:
    """A column that holds one of these words."""
    return CheckConstraint(f"{column} IN ({', '.join(map(repr, values))})", name=column)


def row_id() -> Any:
    """The key of a row: one integer."""
    return Field(default=None, sa_column=Column(BigId, primary_key=True, autoincrement=True))


def to(table: str, *, primary: bool = False, null: bool = False, index: bool = False) -> Any:
    """The key of a row of another table, which must exist."""
    column = Column(
        BigId, ForeignKey(f"{table}.id"), primary_key=primary, nullable=null, index=index, autoincrement=False
    )
    return Field(default=None, sa_column=column) if null else Field(sa_column=column)


def big(*, null: bool = True, primary: bool = False) -> Any:
    """The key of a row that may be gone."""
    column = Column(BigId, primary_key=primary, nullable=null, autoincrement=False)
    return Field(default=None, sa_column=column) if null else Field(sa_column=column)


def json(*, null: bool = False) -> Any:
    """Codes and ids that nobody searches."""
    return Field(default=None, sa_column=Column(Json, nullable=null))


def sealed(*, null: bool = False) -> Any:
    """What a stolen disk must not tell."""
    return Field(default=None, sa_column=Column(Sealed, nullable=null))
