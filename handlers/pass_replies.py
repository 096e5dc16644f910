"""Free words about passes: a number or a plate that is asked after, and the wish to have one, again or whole."""

from __future__ import annotations

import re
from typing import Any

from bot.conversation import Answers, Begin, Reply
from bot.turn import Turn
from handlers.flows.mypasses import MOST, told
from handlers.policy_answers import reads_like_a_question
from hotline import matters
from hotline.formats.free_words import understand
from hotline.formats.tidy import tidy
from hotline.passes import reading

_AFTER = re.compile(r"通行证|\bpass\b|\bpermit\b", re.IGNORECASE)
"""What makes of a plate the question after its pass; a plate alone is half a report."""

_WANTED = {
    "renew": r"续[办期签]|延期|再[办开]一?[张个份]|展期|\brenew",
    "complete_pass": r"补(?:交|充|齐|上|传)?(?:材料|资料|照片|手续)|add what is missing",
    "withdraw_pass": r"撤[回销]|不办了|取消.{0,6}(?:申请|通行证)|withdraw",
    "apply_pass": (
        r"(?:我?[要想来得]|帮我|给我|麻烦|申请|现在|^)[^?？吗怎]{0,12}(?:申请|办理?|办[个张一]|开[个张一]|领[个张一])[^?？吗怎么]{0,10}通行证"
        r"|^(?:i (?:want|need|would like) to )?apply for a (?:pass|permit)"
    ),
}
"""Each form, and how people say that they want it; a question about it is none."""


async def a_pass(turn: Turn) -> Reply | Begin | None:
    """A pass that is named is shown to whoever may see it; the others hear where it can be checked."""
    if turn.given.position is not None or turn.given.photos or not turn.given.text:
        return None
    name = reading.find(turn.given.text)
    if name is None or not _is_asked_after(name, turn.given.text):
        return _wanted(turn)
    found = await reading.named(turn.tx, name, turn.standing.contact, turn.now, MOST)
    if name.code is not None and not found:
        return None  # the code of something else
    form = _form(turn.given.text)
    if name.plate is not None and not found and form is None and _asks_how_far(turn.given.text):
        return None  # issued elsewhere, or on paper: a person finds out
    if form in ("renew", "complete_pass", "withdraw_pass") and len(found) == 1:
        return Begin(form, {"code": _said(turn, found[0].code)})
    if form == "apply_pass" and name.plate is not None:
        return _wanted(turn)
    return await told(turn.tx, found, turn.standing.contact, turn.now)


def _is_asked_after(name: reading.Named, text: str) -> bool:
    """A number or a code says enough; a plate only beside the word, and where nothing on the road is told."""
    if name.plate is None:
        return True
    return bool(_AFTER.search(tidy(text))) and understand(text).what is None


def _asks_how_far(text: str) -> bool:
    return matters.recognise_what("pass_query", text) == "progress"


def _form(text: str) -> str | None:
    """The form that words on a pass ask for."""
    plain = tidy(text)
    if len(plain) > 60 or reads_like_a_question(plain):
        return None
    of_a_pass = bool(_AFTER.search(plain))
    for form, pattern in _WANTED.items():
        if (of_a_pass or form == "complete_pass") and re.search(pattern, plain, re.IGNORECASE):
            return form
    return None


def _wanted(turn: Turn) -> Begin | None:
    form = _form(turn.given.text)
    if form is None or understand(turn.given.text).what is not None:
        return None
    answers: Answers = {}
    plate = understand(turn.given.text).plate
    if form == "apply_pass" and plate is not None and plate.kind != "trailer":
        answers["truck"] = _said(turn, {"plate": plate.number} | ({"trailer": plate.trailer} if plate.trailer else {}))
    return Begin(form, answers)


def _said(turn: Turn, value: Any) -> dict[str, Any]:
    return {"raw": turn.given.text, "value": value}
