"""GET /rules/CODE: an answer of the rule packs, as an officer opens and checks it at the barrier."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from handlers.public.look import Look
from handlers.rule_questions import shown_fact
from handlers.ruling_words import assumed, not_in_force, place_of, reasons
from hotline import decisions
from hotline.rules import shelf
from hotline.rules.citing import cited
from hotline.rules.differences import verdict_of
from hotline.rules.rulings import Ruling, citation
from locales.words import Say
from storage import decisions as kept_ones


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence, and what it rests on."""

    say: Say
    sources: Sequence[Say]
    other: Say | None = None


async def show(look: Look) -> web.Response:
    """The answer again as of its day, with every clause; and whether it still holds today."""
    code = decisions.find_code(look.request.match_info["code"])
    async with look.house.db.read() as tx:
        kept = await kept_ones.by_code(tx, code) if code else None
    if kept is None:
        raise web.HTTPNotFound
    books = shelf.current()
    if (again := decisions.replay(kept, books)) is None:
        raise web.HTTPNotFound
    ruling, is_same = again
    today = look.now.astimezone(look.house.settings.zone).date()
    holds = tuple(pack.id for pack in books.chain(kept.scheme, kept.division, today)) == tuple(
        pack.id for pack in ruling.packs
    )
    response = look.page(
        "answer.html",
        kept=kept,
        ruling=ruling,
        verdict=verdict_of(ruling.verdict, ruling.answer.class_ if ruling.answer else None),
        reasons=list(reasons(ruling)) if ruling.answer else list(not_in_force(ruling)),
        place=place_of(ruling),
        facts=[
            (ruling.facts[name].label.say, shown_fact(ruling.facts[name], v)) for name, v in _known(ruling, kept.facts)
        ],
        assumed=assumed(ruling),
        rules=_rules(ruling),
        bans=_bans(ruling),
        also=_also(ruling),
        overridden=_overridden(ruling),
        is_today=kept.day == today,
        holds=holds,
        is_same=is_same,
    )
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _known(ruling: Ruling, facts: dict[str, object]) -> list[tuple[str, object]]:
    return [(name, facts[name]) for name in ruling.facts if name in facts]


def _rules(ruling: Ruling) -> list[Line]:
    rules = ruling.answer.rules if ruling.answer else ()
    return [Line(rule.say.say, _sources(ruling, rule.cite)) for rule in rules]


def _bans(ruling: Ruling) -> list[Line]:
    bans = ruling.answer.forbidden if ruling.answer else ()
    return [Line(ban.forbidden.say.say, _sources(ruling, ban.forbidden.cite, ban.pack)) for ban in bans]


def _also(ruling: Ruling) -> list[Line]:
    return [Line(more.say.say, _sources(ruling, more.cite)) for more in (ruling.answer.also if ruling.answer else ())]


def _overridden(ruling: Ruling) -> list[Line]:
    found = ruling.answer.overridden if ruling.answer else ()
    return [
        Line(one.rule.say.say, _sources(ruling, one.forbidden.cite, one.by), one.forbidden.say.say) for one in found
    ]


def _sources(ruling: Ruling, cites: Sequence[str], pack: str | None = None) -> list[Say]:
    written = next(one.written for one in ruling.packs if pack in (None, one.id))
    return [cited(citation(written, cite)) for cite in cites]
