"""Applications and passes as rows of a list: the clock, the way, the firm, and how the machine's checks stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.staff.due import Due, runs, span
from hotline import divisions, goods
from hotline.passes import checks
from hotline.passes.scene import Scene, State
from locales.words import Say, say
from storage.models import Firm, Pass

CHECKED = ("applied", "checked", "returned")
"""States in which the checks still matter to a decision."""


@dataclass(frozen=True, slots=True)
class Row:
    """One application or pass, as far as a glance needs it; `grave` names the checks of the gravest kind there is."""

    pass_: Pass
    due: Due
    way: list[str]
    load: Say | str
    firm: Firm | None
    gravest: State | None
    grave: list[Say]
    plain: bool


async def rows_of(tx: AsyncSession, passes: Sequence[Pass], now: datetime) -> list[Row]:
    """These as rows of a list."""
    return [row_of(scene) for scene in await checks.scenes(tx, passes, now)]


def row_of(scene: Scene) -> Row:
    """One of them."""
    pass_ = scene.pass_
    found = checks.look(scene) if pass_.state in CHECKED or pass_.sample == "due" else []
    gravest = found[0].state if found else None
    return Row(
        pass_,
        clock_of(pass_, scene.now),
        way_of(pass_),
        load_of(scene)[-1],
        scene.beside.firms.get(pass_.firm_id or 0),
        gravest,
        [say(f"review.check.{one.name}") for one in found if one.state == gravest],
        pass_.state in ("applied", "checked") and checks.is_plain(scene, found),
    )


def clock_of(pass_: Pass, now: datetime) -> Due:
    """What runs: the time to decide, the applicant's silence, the days that a pass still holds, or nothing."""
    if pass_.state in ("applied", "checked"):
        return runs(say("review.clock.decide"), pass_.applied_at, pass_.due_at, now)
    if pass_.state == "returned":
        return Due("paused", say("review.clock.returned", span=span(now - pass_.changed_at)), pass_.changed_at)
    if pass_.state == "issued" and pass_.valid_until is not None:
        return Due("ok", say("review.clock.until", at=pass_.valid_until), pass_.valid_until)
    at = pass_.ended_at or pass_.changed_at
    return Due("done", say(f"pass.state.{pass_.state}"), at)


def load_of(scene: Scene) -> list[Say | str]:
    """What is carried: its class as the pack words it, where there are classes, and in the applicant's own words."""
    pass_, offer = scene.pass_, scene.offer
    own = offer.goods.get(pass_.goods) if offer else None
    words: list[Say | str] = [pass_.goods_words] if pass_.goods_words else []
    if words and offer is not None and offer.issuing.goods is None:
        return words
    return [own or goods.words_of(pass_.goods), *words]


def way_of(pass_: Pass) -> list[str]:
    """Origin, what lies between, destination, each short enough for a row."""
    return [short_place(code) for code in (pass_.origin, *pass_.via, pass_.destination)]


def short_place(code: str) -> str:
    """A county with the city around it: 长春市朝阳区; a municipality's district with its municipality."""
    found = divisions.by_code(code)
    if found is None:
        return code
    above = [one for one in (divisions.by_code(up) for up in divisions.ancestors(code)) if one is not None]
    return f"{above[0].name}{found.name}" if above and found.level == "county" else found.name


def who(actor: str, names: dict[int, str]) -> Say | str:
    """Who did something: somebody of the staff, the applicant, the clock, or the pack by itself."""
    kind, _, number = actor.partition(":")
    if kind == "staff":
        return names.get(int(number), number)
    return say(f"review.who.{kind if kind in ('contact', 'clock') else 'desk'}")
