"""Free words that ask for a service point or after a checkpoint: 附近核酸点, 哪里能充电, 这个检查点批准了吗."""

from __future__ import annotations

from bot.conversation import Answers, Begin
from bot.turn import Turn
from handlers import desk, near_by
from hotline import divisions, point_words
from hotline.formats.free_words import understand
from hotline.formats.places import Place


async def a_service_point(turn: Turn) -> Begin | None:
    """The register answers at once, so nobody need wait for a clerk; words that tell of a blockage are a report."""
    if turn.given.position is not None or turn.given.photos:
        return None
    said, kind = understand(turn.given.text), point_words.recognise(turn.given.text)
    if kind is None or said.what is not None:
        return None
    answers: Answers = {"kind": {"raw": turn.given.text, "value": kind}}
    place = said.place
    if place is None and (named := divisions.resolve(turn.given.text, desk.division())) is not None:
        place = Place(text=named.name, division=named.code)
    if place is not None:
        answers["where"] = {"raw": turn.given.text, "value": near_by.without_bare_kind(place).to_json()}
    return Begin("nearest", answers)
