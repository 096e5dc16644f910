"""A question that no form and no rule pack answers gets the clauses that do, each with its source and a link."""

from __future__ import annotations

import re

from bot.conversation import Option, Reply
from bot.turn import Turn
from handlers import desk
from hotline import matters
from hotline.formats.free_words import understand
from hotline.formats.tidy import tidy
from hotline.library import search
from hotline.library.search import Hit
from locales.words import Refusal, Say, say
from storage import tickets

BEST = 3
"""Clauses that an answer shows."""

ASKED = "asked:"
"""What an answer is about, before the id of the contact: by it the question is found again for the clerk."""

OPEN = frozenset({("pass_query", "need"), ("pass_query", None)})
"""Beside questions at large, what is asked about passes and of no single pass; every other matter has its form."""

_QUESTION = re.compile(
    r"[?？]|[吗么呢][。!！ ]*$|请问|怎么|咋|如何|什么|啥|哪|多少|多久|多长|几[个天月号点次座种类]|谁|为何|为啥|凭啥"
    r"|是不是|能不能|可不可以|要不要|有没有"
    r"|用不用|需不需|该不该|会不会|行不行|是否|能否|可否|合[法理规][吗不]|\b(?:how|what|where|when|who|why|which|can|may|must|does|do|is|are)\b",
    re.IGNORECASE,
)


async def a_policy_question(turn: Turn) -> Reply | None:
    """The three best clauses and one tap to a clerk, when one of them fits well enough; else it is not for us."""
    given = turn.given
    if given.position is not None or given.photos or not reads_like_a_question(given.text):
        return None
    meant, told = matters.recognise(given.text), understand(given.text)
    if told.what is not None or told.plate is not None or (told.place and (told.place.road or told.place.facility)):
        return None
    if meant is not None and (meant.outright or not _is_open(meant)):
        return None
    if await tickets.of_contact(turn.tx, turn.standing.contact.id or 0, 1, open_only=True):
        return None  # who waits for us speaks of what he waits for
    try:
        hits = await search.find(turn.tx, given.text, BEST)
    except Refusal:
        return None
    if not search.answers(hits):
        return None
    about = f"{ASKED}{turn.standing.contact.id}"
    words = say("library.answer", clauses=[_clause(at, hit) for at, hit in enumerate(hits, 1)], question=given.words)
    return Reply(words, (Option("/ask_clerk", say("command.ask_clerk")),), about=about)


def _is_open(meant: matters.Meant) -> bool:
    return meant.kind == "consult" or (meant.kind, meant.what) in OPEN


def reads_like_a_question(text: str) -> bool:
    """Whether free words ask something."""
    return bool(_QUESTION.search(tidy(text)))


def _clause(place: int, hit: Hit) -> Say:
    clause, document = hit.found.clause, hit.found.document
    return say(
        "library.answer.clause",
        place=str(place),
        path=clause.path,
        heading=clause.heading,
        text=hit.snippet,
        document=f"《{document.title}》{document.number or ''}",
        date=document.issued_on.isoformat() if document.issued_on else say("library.undated"),
        source=say(f"library.source.{hit.found.edition.source}"),
        link=f"{desk.address()}/library/{document.slug}/{clause.anchor}",
    )
