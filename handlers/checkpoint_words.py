"""What an officer reads of a check, on the page of a code and at the gate: verdict, why, what to do, and the face."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from hotline.divisions import place_name
from hotline.divisions.table import divisions
from hotline.goods import words_of
from hotline.passes.face import Face
from hotline.passes.verifying import SWIFTEST_KMH, Judged
from hotline.rules import shelf
from locales.words import Say, keys, say, translate
from storage import scans

PAGE_WORDS = ("checkpoint.verdict.", "checkpoint.why.", "checkpoint.do.", "checkpoint.page.", "checkpoint.reason.")
"""The words that the checkpoint page takes along."""

BLANKS = ("at", "place", "plate", "age", "name", "number", "many", "kmh", "until", "since", "word", "told", "days")
"""What these words leave open for the page to fill in."""


def why(judged: Judged) -> Say:
    """What speaks for the verdict, in a sentence."""
    if judged.verdict == "used" and judged.earlier is not None:
        return say("checkpoint.why.used_here", at=_at(judged))
    if judged.verdict == "replayed" and judged.earlier is not None:
        key = "checkpoint.why.replayed_here" if judged.earlier.here.position is None else "checkpoint.why.replayed"
        return say(key, at=_at(judged), kmh=SWIFTEST_KMH)
    return say(f"checkpoint.why.{judged.verdict}", at=_at(judged))


def _at(judged: Judged) -> Say | str:
    """The moment that the sentence names, as the page writes it too."""
    at = judged.earlier.at if judged.earlier else judged.early_at
    if at is None and judged.face is not None:
        at = judged.face.valid_from if judged.verdict == "not_yet" else judged.face.valid_until
    return say("checkpoint.at", at=at) if at is not None else ""


def route(face: Face) -> list[str]:
    """The places of the way, from the first to the last."""
    return [place_name(code) for code in (face.origin, *face.via, face.destination)]


def goods() -> Mapping[str, Say]:
    """Every class of goods that a pass of ours may name."""
    written = [pack.written for pack in shelf.current().packs.values()]
    facts = [
        one.facts[one.issuing.goods] for one in written if one.issuing is not None and one.issuing.goods is not None
    ]
    return {
        code: words_of(code) for code in sorted({"other", *(name for fact in facts for name in fact.options or {})})
    }


def goods_of(face: Face) -> Say:
    """The class of goods on a face."""
    return words_of(face.goods)


async def gate_of(tx: AsyncSession, judged: Judged) -> str:
    """The name of the gate at which the earlier check was."""
    point_id = judged.earlier.here.point_id if judged.earlier else None
    found = await scans.gates(tx, [point_id] if point_id is not None else [])
    return found[point_id].name if point_id in found else ""


def page_words(language: str) -> dict[str, str]:
    """The words of the page in this language; `{at}` and the like are left for it to fill in."""
    blanks: dict[str, Any] = {name: f"{{{name}}}" for name in BLANKS}
    return {
        key.removeprefix("checkpoint."): translate(language, key, **blanks)
        for key in sorted(keys(language))
        if key.startswith(PAGE_WORDS)
    }


@cache
def places() -> dict[str, str]:
    """Every division by its code, as people say it: a phone without a network reads the route from this."""
    return {code: one.full_name for code, one in divisions().items()}
