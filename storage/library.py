"""Documents, their editions and clauses, and the index by which a clause is found: plain tables in both databases."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import and_, delete, func, insert, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.database import insert_into
from storage.models import Clause, ClauseGram, ClauseWords, Document, Edition

AT_ONCE = 2_000
"""Rows of the index that one statement writes."""


class Indexed(NamedTuple):
    """The words of a clause in plain form, as they are scored: a row of `clause_words`."""

    clause_id: int
    document_id: int
    head: str
    body: str
    about: str


@dataclass(frozen=True, slots=True)
class Found:
    """A clause that may be an answer, with the edition and the document it stands in."""

    clause: Clause
    edition: Edition
    document: Document


async def by_slug(tx: AsyncSession, slug: str, *, lock: bool = False) -> Document | None:
    """The document that is called so in links; `lock` keeps others from changing it until the transaction ends."""
    query = select(Document).where(col(Document.slug) == slug)
    return (await tx.scalars(query.with_for_update() if lock else query)).first()


async def create(tx: AsyncSession, slug: str, title: str, title_key: str, now: datetime) -> Document:
    """A document that is called so in links, held; when another process has just made it, that one."""
    row = {"slug": slug, "title": title, "title_key": title_key, "changed_at": now}
    await tx.execute(insert_into(tx, Document).values(row).on_conflict_do_nothing(index_elements=["slug"]))
    found = await by_slug(tx, slug, lock=True)
    assert found is not None
    return found


async def alike(tx: AsyncSession, number: str | None, title_key: str) -> Document | None:
    """The document of this number, else the oldest one of this title whose number does not say otherwise."""
    if number:
        query = select(Document).where(col(Document.number) == number).order_by(col(Document.id)).limit(1)
        if (found := (await tx.scalars(query)).first()) is not None:
            return found
    query = select(Document).where(col(Document.title_key) == title_key).order_by(col(Document.id)).limit(1)
    if number:
        query = query.where(col(Document.number).is_(None))
    return (await tx.scalars(query)).first()


async def page(
    tx: AsyncSession, before: tuple[datetime, int] | None, limit: int, words: str = ""
) -> list[tuple[Document, Edition]]:
    """Documents with their current edition, the one changed last first; of those whose title or number has `words`."""
    query = (
        select(Document, Edition)
        .join(Edition, and_(col(Edition.document_id) == col(Document.id), col(Edition.until).is_(None)))
        .order_by(col(Document.changed_at).desc(), col(Document.id).desc())
        .limit(limit)
    )
    if before:
        query = query.where(tuple_(col(Document.changed_at), col(Document.id)) < before)
    if words:
        query = query.where(
            or_(*(col(column).contains(words, autoescape=True) for column in (Document.title, Document.number)))
        )
    return [(document, edition) for document, edition in (await tx.execute(query)).all()]


async def current(tx: AsyncSession, document_id: int) -> Edition | None:
    """The edition that holds now."""
    query = select(Edition).where(col(Edition.document_id) == document_id, col(Edition.until).is_(None))
    return (await tx.scalars(query)).first()


async def hashes(tx: AsyncSession, slugs: Collection[str]) -> dict[str, tuple[str, str]]:
    """The source and the hash of each of these documents' current editions, by slug."""
    query = (
        select(col(Document.slug), col(Edition.source), col(Edition.hash))
        .join(Edition, and_(col(Edition.document_id) == col(Document.id), col(Edition.until).is_(None)))
        .where(col(Document.slug).in_(slugs))
    )
    return {slug: (source, kept) for slug, source, kept in (await tx.execute(query)).all()}


async def editions(tx: AsyncSession, document_id: int, limit: int = 100) -> list[Edition]:
    """The editions of a document, newest first."""
    query = select(Edition).where(col(Edition.document_id) == document_id)
    return list((await tx.scalars(query.order_by(col(Edition.serial).desc()).limit(limit))).all())


async def edition(tx: AsyncSession, document_id: int, serial: int) -> Edition | None:
    """One edition by its number."""
    query = select(Edition).where(col(Edition.document_id) == document_id, col(Edition.serial) == serial)
    return (await tx.scalars(query)).first()


async def edition_at(tx: AsyncSession, document_id: int, moment: datetime) -> Edition | None:
    """The edition that the library had at a moment; None before the first."""
    query = select(Edition).where(
        col(Edition.document_id) == document_id,
        col(Edition.since) <= moment,
        or_(col(Edition.until).is_(None), col(Edition.until) > moment),
    )
    return (await tx.scalars(query.order_by(col(Edition.serial).desc()).limit(1))).first()


async def clauses(tx: AsyncSession, edition_id: int) -> list[Clause]:
    """The clauses of an edition in their order."""
    query = select(Clause).where(col(Clause.edition_id) == edition_id).order_by(col(Clause.place))
    return list((await tx.scalars(query)).all())


async def clause(tx: AsyncSession, edition_id: int, anchor: str) -> Clause | None:
    """One clause of an edition."""
    query = select(Clause).where(col(Clause.edition_id) == edition_id, col(Clause.anchor) == anchor)
    return (await tx.scalars(query)).first()


async def counts(tx: AsyncSession, document_ids: Collection[int]) -> dict[int, int]:
    """How many clauses of each of these documents can be found."""
    query = select(col(ClauseWords.document_id), func.count()).where(col(ClauseWords.document_id).in_(document_ids))
    return dict((await tx.execute(query.group_by(col(ClauseWords.document_id)))).all())


async def keep(tx: AsyncSession, row: Document | Edition) -> None:
    """Keep a new or changed row; IntegrityError when the schema forbids it."""
    tx.add(row)
    await tx.flush()


async def add_clauses(tx: AsyncSession, rows: Sequence[Clause]) -> None:
    """Keep the clauses of a new edition."""
    tx.add_all(rows)
    await tx.flush()


async def index(tx: AsyncSession, words: Sequence[Mapping[str, Any]], grams: Mapping[int, Collection[str]]) -> None:
    """Let these clauses be found: their words in plain form, and each gram of them once."""
    if words:
        await tx.execute(insert(ClauseWords), [dict(row) for row in words])
    rows = [{"gram": gram, "clause_id": clause_id} for clause_id, some in grams.items() for gram in sorted(set(some))]
    for start in range(0, len(rows), AT_ONCE):
        await tx.execute(insert(ClauseGram), rows[start : start + AT_ONCE])


async def forget(tx: AsyncSession, document_id: int) -> None:
    """Let no clause of a document be found any more; they stay readable."""
    ids = select(col(ClauseWords.clause_id)).where(col(ClauseWords.document_id) == document_id)
    await tx.execute(delete(ClauseGram).where(col(ClauseGram.clause_id).in_(ids)))
    await tx.execute(delete(ClauseWords).where(col(ClauseWords.document_id) == document_id))


async def how_many(tx: AsyncSession) -> int:
    """Clauses that can be found."""
    return await tx.scalar(select(func.count()).select_from(ClauseWords)) or 0


async def how_common(tx: AsyncSession, grams: Collection[str]) -> dict[str, int]:
    """In how many clauses each of these grams is; a gram that is in none is left out."""
    query = select(col(ClauseGram.gram), func.count()).where(col(ClauseGram.gram).in_(grams))
    return dict((await tx.execute(query.group_by(col(ClauseGram.gram)))).all())


async def holding(tx: AsyncSession, grams: Collection[str], limit: int) -> list[Indexed]:
    """The words of the clauses that have any of these grams, the newest first when there are too many."""
    ids = select(col(ClauseGram.clause_id)).where(col(ClauseGram.gram).in_(grams))
    query = select(*(col(getattr(ClauseWords, name)) for name in Indexed._fields))
    query = query.where(col(ClauseWords.clause_id).in_(ids)).order_by(col(ClauseWords.clause_id).desc()).limit(limit)
    return [Indexed(*row) for row in (await tx.execute(query)).all()]


async def documents(tx: AsyncSession, ids: Collection[int]) -> dict[int, Document]:
    """These documents by id."""
    return {one.id or 0: one for one in await tx.scalars(select(Document).where(col(Document.id).in_(ids)))}


async def whole(tx: AsyncSession, rows: Sequence[Indexed]) -> list[Found]:
    """These clauses with all that is shown of them, in the order given."""
    query = (
        select(Clause, Edition, Document)
        .join(Edition, col(Edition.id) == col(Clause.edition_id))
        .join(Document, col(Document.id) == col(Edition.document_id))
        .where(col(Clause.id).in_([row.clause_id for row in rows]))
    )
    found = {clause.id: (clause, edition, document) for clause, edition, document in (await tx.execute(query)).all()}
    return [Found(*found[row.clause_id]) for row in rows if row.clause_id in found]
