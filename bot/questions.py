"""The plain question kinds, which any trade needs; kinds of the trade are `parsed`."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from bot.conversation import Fetch, Given, Moment, Option, Question, matching, said_as
from locales.typed import normalise
from locales.words import Refusal, Say, say


def choice(
    name: str,
    options: Sequence[str | Option],
    *,
    recognise: Callable[[str], str | None] | None = None,
    optional: bool = False,
    **facts: Any,
) -> Question:
    """One of several; taken by button, number, label in any language, or what `recognise` makes of free words."""

    def read(question: Question, given: Given, _moment: Moment) -> Any:
        known = {o.id for o in question.options if isinstance(o, Option)}
        found = given.pressed if given.pressed in known else matching(question, given.text)
        if found is None and recognise is not None and (guess := recognise(given.text)) in known:
            found = guess
        if found is None:
            raise Refusal("question.choice.refused", count=len(known))
        return found

    return Question(name, read, options=tuple(options), optional=optional, facts=facts)


def yes_no(name: str, *, optional: bool = False) -> Question:
    """Yes or no, in the words that people use for them; the value is True or False."""
    options = (Option("yes", say("question.yes")), Option("no", say("question.no")))

    def read(question: Question, given: Given, _moment: Moment) -> bool:
        found = given.pressed or matching(question, given.text) or said_as(given.text, "question.yes", "question.no")
        if found not in ("yes", "no", "question.yes", "question.no"):
            raise Refusal("question.yes_no.refused")
        return found.endswith("yes")

    return Question(
        name, read, show=lambda v: say("question.yes" if v else "question.no"), options=options, optional=optional
    )


DONE = Option("done", say("question.done"))


def many(name: str, options: Sequence[str | Option], *, optional: bool = False, **facts: Any) -> Question:
    """Any of several: each press adds or takes away one, 'done' ends; typed numbers or labels are taken at once.

    The value is the list of ids in the order of the options.
    """

    def read(question: Question, given: Given, _moment: Moment) -> list[str]:
        known = [o.id for o in question.options if isinstance(o, Option)]
        if given.pressed in known:
            return [given.pressed]
        typed = normalise(given.text).replace("、", ",")
        for apart in (",", ", "):  # a label may hold spaces, and spaces may stand between numbers
            found = [matching(question, w.strip()) for w in re.split(f"[{apart}]", typed) if w.strip()]
            if found and None not in found:
                return [i for i in known if i in found]
        raise Refusal("question.many.refused", count=len(known))

    def toggle(old: list[str], new: list[str]) -> list[str]:
        return [*(i for i in old if i not in new), *(i for i in new if i not in old)]

    return Question(
        name, read, show=str, options=tuple(options), optional=optional, gathers=True, merge=toggle, facts=facts
    )


def text(name: str, *, longest: int = 500, optional: bool = False, later: bool = False) -> Question:
    """Free words, at most `longest` characters; with `later`, words that come after join those before."""

    def join(old: str, new: str) -> str:
        both = f"{old}\n{new}"
        if len(both) > longest:
            raise Refusal("question.text.full", longest=longest, count=len(old))
        return both

    def read(_question: Question, given: Given, _moment: Moment) -> str:
        words = given.words or given.text
        if not words:
            raise Refusal("question.text.empty")
        if len(words) > longest:
            raise Refusal("question.text.too_long", longest=longest, count=len(words))
        return words

    return Question(name, read, optional=optional, later=later, merge=join)


def number(name: str, low: int, high: int, *, optional: bool = False) -> Question:
    """A whole number from `low` to `high`."""

    def read(_question: Question, given: Given, _moment: Moment) -> int:
        words = normalise(given.text).replace(",", "")
        value = int(words) if re.fullmatch("[+-]?[0-9]{1,18}", words) else None
        if value is None or not low <= value <= high:
            raise Refusal("question.number.refused", low=low, high=high)
        return value

    return Question(name, read, optional=optional)


def photos(name: str, *, at_most: int = 6, optional: bool = False, later: bool = False) -> Question:
    """Photos, one or several messages of them; the value is the list of attachment ids."""

    def read(_question: Question, given: Given, _moment: Moment) -> list[int]:
        if not given.photos:
            raise Refusal("question.photos.refused", at_most=at_most)
        return list(given.photos)[:at_most]

    def join(old: list[int], new: list[int]) -> list[int]:
        fresh = [i for i in new if i not in old]
        if fresh and len(old) >= at_most:
            raise Refusal("question.photos.full", at_most=at_most)
        return [*old, *fresh][:at_most]

    def show(ids: list[int]) -> Say:
        return say("question.photos.count", count=len(ids))

    return Question(
        name,
        read,
        show=show,
        optional=optional,
        later=later,
        gathers=True,
        merge=join,
        wants=("photos",),
        facts={"at_most": at_most},
    )


def parsed(
    name: str,
    read: Callable[[Given, Moment], Any],
    show: Callable[[Any], Say | str] = str,
    *,
    optional: bool = False,
    later: bool = False,
    wants: tuple[str, ...] = (),
    **facts: Any,
) -> Question:
    """A question of the trade: its parser gives a JSON-safe value or raises Refusal."""
    return Question(
        name,
        lambda _q, given, moment: read(given, moment),
        show=show,
        optional=optional,
        later=later,
        wants=wants,
        facts=facts,
    )


def look_up(name: str, fetch: Fetch) -> Question:
    """Something the engine reads once from the ledger and keeps with the answers, until an earlier answer changes."""

    def read(_question: Question, _given: Given, _moment: Moment) -> Any:
        raise AssertionError("a look-up is fetched, not answered")

    return Question(name, read, fetch=fetch)
