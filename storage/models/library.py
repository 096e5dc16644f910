"""Published documents: their editions, the clauses of each, and the grams by which a clause is found."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.models.columns import one_of, partial, row_id, to


class Document(SQLModel, table=True):
    """A published document; `slug` names it in links, `title_key` is its title without marks, to know it again."""

    __table_args__ = (
        Index("ix_document_title_key", "title_key"),
        Index("ix_document_number", "number"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_why IS NULL)", name="withdrawn"),
    )
    id: int | None = row_id()
    slug: str = Field(sa_column_kwargs={"unique": True})
    title: str
    title_key: str
    number: str | None = None
    issuer: str | None = None
    issued_on: date | None = None
    division: str | None = None
    note: str | None = None
    changed_at: datetime
    withdrawn_at: datetime | None = None
    withdrawn_by: int | None = to("staff", null=True)
    withdrawn_why: str | None = None


class Edition(SQLModel, table=True):
    """One text of a document, from the moment it came until the next one; of each document one is current."""

    __table_args__ = (
        UniqueConstraint("document_id", "serial"),
        partial("ix_edition_current", "document_id", unique=True, where="until IS NULL"),
        one_of("source", "digest", "full"),
        CheckConstraint("until IS NULL OR until >= since", name="span"),
    )
    id: int | None = row_id()
    document_id: int = to("document")
    serial: int
    source: str
    hash: str
    title: str
    number: str | None = None
    issuer: str | None = None
    issued_on: date | None = None
    since: datetime
    until: datetime | None = None
    taken_by: int | None = to("staff", null=True)


class Clause(SQLModel, table=True):
    """A clause of an edition: its anchor in links, its path as people say it, the headings above, its own words."""

    __table_args__ = (UniqueConstraint("edition_id", "place"), UniqueConstraint("edition_id", "anchor"))
    id: int | None = row_id()
    edition_id: int = to("edition")
    place: int
    anchor: str
    path: str
    trail: str = ""
    heading: str = ""
    text: str = ""
    duty: str = ""


class ClauseWords(SQLModel, table=True):
    """What is searched of a clause that may be found: plain pieces, each after a space, by how much they tell."""

    __tablename__ = "clause_words"
    clause_id: int = to("clause", primary=True)
    document_id: int = to("document", index=True)
    head: str
    body: str
    about: str


class ClauseGram(SQLModel, table=True):
    """Which clauses have a gram: counting and finding are ranges of one index, the same in both databases."""

    __tablename__ = "clause_gram"
    gram: str = Field(primary_key=True)
    clause_id: int = to("clause", primary=True, index=True)
