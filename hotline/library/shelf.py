"""Taking a document in, withdrawing it, putting it back: what the library holds, and what of it can be found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy.ext.asyncio import AsyncSession

from hotline import divisions
from hotline.library.asking import weighed
from hotline.library.cleaning import letters
from hotline.library.digest import digests
from hotline.library.reading import Published
from hotline.library.splitting import Piece
from locales.words import Refusal
from storage import audit, library
from storage.models import Clause, Document, Edition, Staff
from storage.search import pieces

LONGEST_WORDS = 200

ALIKE = 0.12
"""From this share of a digest's grams on, a clause of the full text under the same number is taken to be about it."""

KEPT_BY = frozenset({"supervisor", "admin"})
"""Who may import and withdraw."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a document: `what` is added, revised, replaced (a digest by its full text), same, or restored."""

    document: Document
    edition: Edition
    what: str
    clauses: int


def may_keep(by: Staff) -> bool:
    """Whether this member of staff may import and withdraw documents."""
    return by.role in KEPT_BY


async def take(tx: AsyncSession, by: Staff | None, published: Published, now: datetime) -> Taken:
    """Take a document in: the same text again changes nothing, another text becomes the current edition.

    `by` is None for what ships with the house and for who works at its terminal.
    """
    if by is not None and not may_keep(by):
        raise Refusal("library.not_yours")
    document = await _known(tx, published, now)
    held = await library.current(tx, document.id or 0)
    if held is not None:
        if held.source == "full" and published.source == "digest":
            return Taken(document, held, "same", 0)
        if (held.source, held.hash) == (published.source, published.hash):
            if document.withdrawn_at is None or published.source == "digest":
                return Taken(document, held, "same", 0)
            return await restore(tx, by, document.slug, now)
        if document.withdrawn_at is not None and published.source == "digest":
            return Taken(document, held, "same", 0)
    what = "added" if held is None else "replaced" if held.source != published.source else "revised"
    await _tell(tx, document, published, now)
    edition = await _edition(tx, document, held, published, by, now)
    rows = [
        Clause(
            edition_id=edition.id or 0, place=place, anchor=piece.anchor, path=piece.path, text=piece.text,
            heading=piece.heading, trail=" › ".join(piece.trail), duty=piece.duty,
        )
        for place, piece in enumerate(published.clauses, 1)
    ]  # fmt: skip
    await library.add_clauses(tx, rows)
    await library.forget(tx, document.id or 0)
    await _index(tx, document, rows, _search_words(document.slug, published))
    await _record(tx, by, f"library.{what}", now, document, edition.serial)
    return Taken(document, edition, what, len(rows))


async def withdraw(tx: AsyncSession, by: Staff, slug: str, why: str, now: datetime) -> Document:
    """Let a document be found no more, with the reason; who has its link still reads it, and reads that it is gone."""
    document = await _held(tx, by, slug)
    reason = " ".join(why.split())
    if not reason or len(reason) > LONGEST_WORDS:
        raise Refusal("library.why_missing", most=LONGEST_WORDS)
    if document.withdrawn_at is not None:
        raise Refusal("library.withdrawn_already", title=document.title)
    document.withdrawn_at, document.withdrawn_by, document.withdrawn_why = now, by.id, reason
    document.changed_at = now
    await library.keep(tx, document)
    await library.forget(tx, document.id or 0)
    await _record(tx, by, "library.withdrawn", now, document, None)
    return document


async def restore(tx: AsyncSession, by: Staff | None, slug: str, now: datetime) -> Taken:
    """Let a withdrawn document be found again."""
    document = await _held(tx, by, slug)
    if document.withdrawn_at is None:
        raise Refusal("library.not_withdrawn", title=document.title)
    document.withdrawn_at = document.withdrawn_by = document.withdrawn_why = None
    document.changed_at = now
    await library.keep(tx, document)
    held = await library.current(tx, document.id or 0)
    assert held is not None
    rows = await library.clauses(tx, held.id or 0)
    pieces_of = tuple(Piece(row.anchor, row.path, row.heading, (), row.text.split("\n")) for row in rows)
    published = digests().get(document.slug) if held.source == "digest" else None
    words = _search_words(document.slug, published or Published(document.title, pieces_of))
    await _index(tx, document, rows, words)
    await _record(tx, by, "library.restored", now, document, held.serial)
    return Taken(document, held, "restored", len(rows))


async def put_up_digests(tx: AsyncSession, now: datetime) -> int:
    """Bring what ships with the house onto the shelf, where it is not there yet; returns how many were written."""
    shipped = digests()
    held = await library.hashes(tx, list(shipped))
    written = 0
    for slug, one in shipped.items():
        source, kept = held.get(slug, ("", ""))
        if source != "full" and kept != one.hash:
            written += (await take(tx, None, one, now)).what != "same"
    return written


async def _known(tx: AsyncSession, published: Published, now: datetime) -> Document:
    """The document that this is a text of, a new one when there is none yet; held until the transaction ends."""
    key = letters(published.title)
    slug = published.slug or "d" + sha256(f"{published.number or ''} {key}".encode()).hexdigest()[:10]
    found = await library.by_slug(tx, slug, lock=True)
    if found is None and (like := await library.alike(tx, published.number, key)) is not None:
        found = await library.by_slug(tx, like.slug, lock=True)
    return found or await library.create(tx, slug, published.title, key, now)


async def _tell(tx: AsyncSession, document: Document, published: Published, now: datetime) -> None:
    """Write down what this text says of its document; what it does not say stays as it was known."""
    document.title, document.title_key, document.changed_at = published.title, letters(published.title), now
    for name in ("number", "issuer", "issued_on", "division"):
        setattr(document, name, getattr(published, name) or getattr(document, name))
    document.note = published.note if published.source == "digest" else document.note
    if document.division is None and (named := divisions.resolve(f"{published.issuer or ''} {published.title}")):
        document.division = named.code
    document.withdrawn_at = document.withdrawn_by = document.withdrawn_why = None
    await library.keep(tx, document)


async def _edition(
    tx: AsyncSession, document: Document, held: Edition | None, published: Published, by: Staff | None, now: datetime
) -> Edition:
    if held is not None:
        held.until = max(now, held.since)
        await library.keep(tx, held)
    edition = Edition(
        document_id=document.id or 0, serial=held.serial + 1 if held else 1, source=published.source,
        hash=published.hash, title=document.title, number=document.number, issuer=document.issuer,
        issued_on=document.issued_on, since=now, taken_by=by.id if by else None,
    )  # fmt: skip
    await library.keep(tx, edition)
    return edition


def _search_words(slug: str, published: Published) -> dict[str, str]:
    """Words by which each clause is asked for: a digest's own, and for the full text those of our digest of it.

    A number alone does not make two clauses one: a revised text may count anew. So their words are compared too.
    """
    if published.source == "digest":
        return published.words
    ours = digests().get(slug)
    if ours is None:
        return {}
    told = {piece.anchor: set(weighed(piece.heading + " " + piece.text)) for piece in ours.clauses}
    found = {}
    for piece in published.clauses:
        if mine := told.get(piece.anchor):
            theirs = set(weighed(piece.heading + " " + piece.text))
            if len(mine & theirs) >= ALIKE * len(mine):
                found[piece.anchor] = ours.words.get(piece.anchor, "")
    return found


async def _index(tx: AsyncSession, document: Document, rows: list[Clause], asked: dict[str, str]) -> None:
    words, grams = [], {}
    division = divisions.by_code(document.division or "")
    named = f"{document.title} {document.number or ''} {document.issuer or ''} {division.full_name if division else ''}"
    for row in rows:
        if not row.text and any(other.anchor.startswith(f"{row.anchor}-") for other in rows):
            continue  # a heading over others: they have its words as theirs
        head, body = f"{row.heading} {asked.get(row.anchor, '')}", row.text
        about = f"{named} {row.trail} {row.duty}"
        words.append(
            {
                "clause_id": row.id, "document_id": document.id,
                "head": _plain(head), "body": _plain(body), "about": _plain(about),
            }
        )  # fmt: skip
        grams[row.id or 0] = weighed(f"{head}\n{body}\n{about}") + _beginnings(f"{head}\n{body}\n{about}")
    await library.index(tx, words, grams)


def _plain(text: str) -> str:
    return "".join(f" {piece}" for piece in pieces(text))


def _beginnings(text: str) -> list[str]:
    """The beginnings of words of letters and digits, so that G1 leads to G12 as it does in the ledger."""
    return [piece[:end] for piece in pieces(text) if piece.isascii() for end in range(2, min(len(piece), 6))]


async def _held(tx: AsyncSession, by: Staff | None, slug: str) -> Document:
    if by is not None and not may_keep(by):
        raise Refusal("library.not_yours")
    document = await library.by_slug(tx, slug, lock=True)
    if document is None:
        raise Refusal("library.unknown")
    return document


async def _record(
    tx: AsyncSession, by: Staff | None, what: str, now: datetime, document: Document, serial: int | None
) -> None:
    if by is not None:
        await audit.record(tx, by.id or 0, what, now, document=document.slug, edition=serial)
