"""The words by which a ticket is found."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Dialect, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import TypeDecorator, TypeEngine
from sqlmodel import Field, SQLModel

from storage.models.columns import to

FULL_TEXT = "ticket_words_fts"
"""The FTS5 table over `ticket_words.grams`, with its own tables behind it; in SQLite only, kept by triggers."""


class Grams(TypeDecorator[list[str]]):
    """Short strings to look for: an array in PostgreSQL, one line with spaces between them in SQLite."""

    impl = ARRAY(Text)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """An array where there are arrays."""
        return dialect.type_descriptor(ARRAY(Text) if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: list[str] | None, dialect: Dialect) -> Any:
        """The order is kept for phrases; an array needs each string once."""
        if value is None:
            return None
        return list(dict.fromkeys(value)) if dialect.name == "postgresql" else " ".join(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> list[str] | None:
        """The strings again."""
        found: list[str] | None = value.split() if isinstance(value, str) else value
        return found

    def coerce_compared_value(self, op: Any, value: Any) -> Any:
        """What is compared with it is of its own kind."""
        return self


class TicketWords(SQLModel, table=True):
    """What is searched of a ticket: its words in plain form, and the grams that lead to them."""

    __tablename__ = "ticket_words"
    __table_args__ = (
        # In SQLite an index that stays empty: there it is FTS5 that finds.
        Index("ix_ticket_words_grams", "grams", postgresql_using="gin", sqlite_where=text("ticket_id IS NULL")),
    )
    ticket_id: int = to("ticket", primary=True)
    text: str
    grams: list[str] = Field(sa_column=Column(Grams, nullable=False))
