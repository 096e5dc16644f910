"""A form with every kind of question, on branches that depend on answers; it exists for these tests alone."""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import AT_ONCE, Form, Option, Question
from bot.questions import choice, look_up, many, number, photos, text, yes_no
from handlers.questions import moment, phone, place, plate
from locales.words import Refusal, Say, say
from storage import tickets
from storage.models import Contact


def plain(words: str) -> Say:
    """Words that read the same in every language."""
    return Say("", {"parts": [words], "gap": ""})


RED, GREEN, BLUE = Option("red", plain("红")), Option("green", plain("绿")), Option("blue", plain("蓝"))
ROPE, SAW, LAMP = Option("rope", plain("tow rope")), Option("saw", plain("锯")), Option("lamp", plain("灯"))
NEITHER = Option("neither", plain("都不是"))


def questions() -> Generator[Question, Any, str | None]:
    colour = yield choice("colour", [RED, GREEN, BLUE])
    yield many("tools", [ROPE, SAW, LAMP], optional=colour == "green")
    if colour == "red":
        yield text("why", longest=20)
    yield number("count", 1, 9)
    sure = yield yes_no("sure", optional=colour == "green")
    if sure:
        yield place("where")
        near = yield look_up("near", near_there)
        if near:
            yield choice("pick", [*(Option(one, plain(one)) for one in near), NEITHER])
    yield photos("shots", at_most=3, optional=True)
    yield plate("truck", optional=True)
    yield phone("mobile", optional=True)
    yield moment("since", optional=True)
    yield plate("trailer", later=True)
    yield photos("more_shots", at_most=2, later=True)
    yield moment("until", later=True)
    yield text("remark", longest=30, later=True)
    return AT_ONCE if colour == "blue" else None


async def near_there(tx: AsyncSession, _contact: Contact, answers: dict[str, Any], now: datetime) -> list[str]:
    """Two things near every toll station, nothing near anything else."""
    facility = answers["where"].get("facility")
    return [f"{facility}甲", f"{facility}乙"] if facility else []


class Everything:
    """The form, with what was submitted; a count of 7 is always refused, a count of 8 crashes after it has written."""

    def __init__(self, *, crashes: bool = True) -> None:
        self.crashes = crashes
        self.submitted: list[dict[str, Any]] = []
        self.form = Form("everything", questions, self.submit, steps=9, menu=1)

    async def submit(self, tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime) -> Say:
        """One more on the day's counter, which tells whether a refusal or a crash was rolled back."""
        await tickets.next_serial(tx, "000000", now.date(), "everything")
        if answers["count"] == 7:
            raise Refusal("question.number.refused", low=1, high=6)
        if answers["count"] == 8 and self.crashes:
            raise RuntimeError("eight was one too many")
        self.submitted.append(answers)
        return say("dialogue.nothing_to_cancel")


NAMES = (
    *("colour", "tools", "why", "count", "sure", "where", "near", "pick", "shots", "truck", "mobile", "since"),
    *("trailer", "more_shots", "until", "remark"),
)


def words(language: str) -> str:
    """A catalogue of the words that this form needs: each key reads as itself, with all its facts."""
    plural = "nplurals=1; plural=0;" if language == "zh_CN" else "nplurals=2; plural=(n != 1);"
    header = ("Content-Type: text/plain; charset=UTF-8", f"Language: {language}", f"Plural-Forms: {plural}")
    worded = {"command.everything": "", "command.nothing": "", "command.never": ""}
    worded |= {"everything.begun": " {known:clauses}", "everything.review": " {lines:lines}"}
    worded |= {f"everything.{name}.{what}": "" for name in NAMES for what in ("ask", "label", "add")}
    entries = [f'msgid "{key}"\nmsgstr "{key}{facts}"\n' for key, facts in worded.items()]
    return "\n".join(['msgid ""\nmsgstr ""', *(f'"{line}\\n"' for line in header), "", *entries])
