"""The rules that apply to a ticket, with their citations: the answer that was refused, or what was in force there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta, tzinfo

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.flows.refused import WHAT
from handlers.ruling_words import told_facts
from handlers.staff.packs_words import condition_words, either, ground_words, place_words, sources
from hotline import decisions
from hotline.rules import watch
from hotline.rules.differences import verdict_of
from hotline.rules.rulings import Ruling
from hotline.rules.shelf import Pack, Shelf
from hotline.rules.written import Day, Forbidden
from locales.words import Say, say
from storage import decisions as kept_ones
from storage.models import Decision, Ticket

SCHEMES: dict[str, tuple[str, ...]] = {
    "blockage": ("truck_release", "weather_control"),
    "code_appeal": ("code_appeal",),
    "pass_query": ("pass_need",),
    "consult.pass": ("pass_need",),
}
"""What the packs are asked for a ticket of a kind, or of a kind and sub-kind; other kinds are no matter of theirs."""

TURNED_BACK = "turned_back"
"""What a report is about when its ground is none of WHAT."""


@dataclass(frozen=True, slots=True)
class Clause:
    """A sentence of a pack, when it holds, and where that is written."""

    say: Say
    sources: Sequence[Say]
    when: Sequence[Say | str] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """An answer that an officer did not take: the ground that was given, and the clause that forbids it."""

    decision: Decision
    verdict: Say
    ground: Say | str
    ban: Clause | None
    rules: Sequence[Clause]
    facts: Sequence[Say]
    is_same: bool


@dataclass(frozen=True, slots=True)
class Applies:
    """What the card shows; without packs nothing was in force there on that day, and `ended` is what was before."""

    day: Day
    division: str
    place: Say | str
    packs: Sequence[Pack]
    bans: Sequence[Clause]
    refused: Refused | None = None
    ended: Say | None = None
    scheme: str = ""


async def of(tx: AsyncSession, ticket: Ticket, zone: tzinfo) -> Applies | None:
    """The rules for this ticket; None for a kind that no pack is about, and while no pack can be read."""
    schemes = SCHEMES.get(ticket.kind) or SCHEMES.get(f"{ticket.kind}.{ticket.what}")
    books = watch.before()
    if schemes is None or books is None:
        return None
    code, ground = ticket.answers.get("decision"), ticket.answers.get("ground")
    kept = await kept_ones.by_code(tx, code) if isinstance(code, str) else None
    if kept is not None and (found := _refused(books, kept, str(ground))):
        return found
    day, place = ticket.opened_at.astimezone(zone).date(), ticket.division
    packs = [pack for name in schemes for pack in books.chain(name, place, day)]
    if not packs:
        gone = [pack for name in schemes if (pack := books.last(name, place, day))]
        return Applies(day, place, place_words(place), (), (), ended=_ended(gone))
    what = ticket.what if ticket.kind == "blockage" else ""
    bans = [clause for pack in packs for clause in _bans(pack, what, day)]
    return Applies(day, place, place_words(place), packs, bans, scheme=packs[0].written.pack.scheme)


def _refused(books: Shelf, kept: Decision, ground: str) -> Applies | None:
    """The kept answer again; None when the packs of today no longer know its question or one of its facts."""
    if (again := decisions.replay(kept, books)) is None:
        return None
    ruling, is_same = again
    answer = ruling.answer
    ban = next((b for b in answer.forbidden if b.forbidden.ground == ground), None) if answer else None
    rules = [Clause(rule.say.say, sources(ruling.pack.written, rule.cite)) for rule in answer.rules] if answer else []
    refused = Refused(
        kept,
        verdict_of(ruling.verdict, answer.class_ if answer else None),
        ground_words(ground) if ban else say("refused.ground.other"),
        _of_ban(ruling, ban.pack, ban.forbidden) if ban else None,
        rules,
        told_facts(ruling, kept.facts),
        is_same,
    )
    place = place_words(kept.division)
    return Applies(kept.day, kept.division, place, ruling.packs, (), refused, scheme=kept.scheme)


def _of_ban(ruling: Ruling, pack: str, ban: Forbidden) -> Clause:
    written = next(one.written for one in ruling.packs if one.id == pack)
    return Clause(ban.say.say, sources(written, ban.cite))


def _bans(pack: Pack, what: str, day: Day) -> Iterator[Clause]:
    """The grounds of a pack on which a truck may not be stopped so, as far as anybody knows without asking more."""
    for ban in pack.written.forbidden:
        if ban.holds(day) and WHAT.get(ban.ground, TURNED_BACK) == what:
            of = condition_words(pack.written, ban, day)
            when = [*(one.say for one in of.every), *([either([one.say for one in of.some])] if of.some else [])]
            yield Clause(ban.say.say, sources(pack.written, ban.cite), when)


def _ended(gone: Sequence[Pack]) -> Say | None:
    """The last of the packs that ended, and its last day."""
    ends = [(pack.written.pack.until, pack) for pack in gone if pack.written.pack.until]
    if not ends:
        return None
    until, pack = max(ends, key=lambda one: one[0])
    last = (until - timedelta(days=1)).isoformat()
    return say("packs.applies.ended", title=pack.written.pack.title.say, last=last)
