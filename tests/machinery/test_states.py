"""Whatever people send, in whatever order: nothing crashes, no answer is lost, and the conversation stands coherent."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import AT_ONCE, Form, Option, Reply
from bot.dialogue import RESUME_AFTER
from bot.sender import worded as put_into_words
from locales.words import LANGUAGES, SHANGHAI, say
from storage.database import Database
from storage.models import Contact, Conversation, Outbox
from storage.outbox import Claimed
from tests.conftest import NOON, StillClock
from tests.machinery.everything import Everything, plain
from tests.machinery.talk import Talk

GOOD = {
    "colour": ("红", "2", "blue", "绿。"),
    "tools": ("1", "1,3", "灯、锯", "tow rope"),
    "why": ("路太窄", "（不知道）"),
    "count": ("3", "６", "7"),
    "sure": ("是", "不", "1"),
    "where": ("G12 长春东收费站", "G102 K123+400 往长春方向", "德惠服务区"),
    "pick": ("1", "2", "都不是"),
    "shots": ("跳过",),
    "truck": ("吉A12345", "吉a·D12345", "跳过"),
    "mobile": ("13812345678", "不填"),
    "since": ("半小时前", "11:30", "skip"),
    "trailer": ("吉A1234挂",),
    "until": ("刚才",),
    "remark": ("前面有交警",),
}
ANYTHING = st.one_of(
    st.sampled_from([said for many in GOOD.values() for said in many]),
    st.sampled_from(
        ["1", "2", "9", "99", "好", "提交", "修改", "完成", "继续", "重新开始", "\ud800", "a\x00b", "K1+2", "/"]
    ),
    st.text(max_size=40),
)
WHICH = st.integers(0, 1000)
HARMLESS = st.sampled_from(["/help", "帮助", "/fly", "/language en", "中文", "语言", "/nothing", "/x y z"])


class People(RuleBasedStateMachine):
    """One person, one form, and everything that can be sent."""

    db: Database
    runner: asyncio.Runner

    def __init__(self) -> None:
        super().__init__()
        self.kinds = Everything(crashes=False)
        self.clock = StillClock()
        forms = [self.kinds.form, Form("nothing", _asks_nothing, _says_menu)]
        self.talk = Talk(self.db, self.clock, forms)
        self.old: list[tuple[int, str]] = []
        self.photos = 0
        self.stands: Conversation | None = None
        self.row: Outbox | None = None
        self.send("/start")

    def send(self, text: str | None = None, **more: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """One message; returns the answers before and after."""
        return self.runner.run(self._send(text, **more))

    async def _send(self, text: str | None, **more: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        before, row = _values(self.stands), self.row
        incoming = self.talk.incoming(text, **more)
        assert await self.talk.receiver.receive(incoming)
        assert not await self.talk.receiver.receive(incoming), "a redelivery is no second message"
        self.talk.last = await self.talk.newest()
        self.stands = await self.talk.stands()
        async with self.db.read() as tx:
            self.row = await tx.get(Outbox, self.talk.last.row)
        assert self.row is not None
        assert row is None or self.row.id != row.id, "every message is answered"
        assert self.stands.asked_row == self.row.id
        assert await self.talk.crashes() == 0
        return before, _values(self.stands)

    def open_question(self) -> str | None:
        """The name of the question that stands open, when the stage is to answer one."""
        if self.stands is None or self.stands.form is None or self.clock() - self.stands.turned_at > RESUME_AFTER:
            return None
        if self.stands.stage.startswith("add:"):
            return self.stands.stage.removeprefix("add:")
        asked = self.kinds.form.walk(self.stands.answers or {}).open
        return asked.name if asked is not None and self.stands.stage == "" else None

    @rule()
    @precondition(lambda self: self.stands.form is None)
    def begins(self) -> None:
        self.send("/everything")

    @rule(pick=WHICH)
    @precondition(lambda self: self.open_question() in GOOD)
    def answers_well(self, pick: int) -> None:
        self.answer_well(pick)

    @rule(picks=st.lists(WHICH, min_size=5, max_size=14))
    def goes_on_well(self, picks: list[int]) -> None:
        """Or chance alone would never see the end of a form."""
        if self.stands is not None and self.stands.form is None:
            self.send("/everything")
        for pick in picks:
            if self.open_question() in GOOD and "add:" not in str(self.stands and self.stands.stage):
                self.answer_well(pick)
                self.stands_coherent()

    def answer_well(self, pick: int) -> None:
        """A good answer is taken, and no other answer is lost by it."""
        name, submitted = self.open_question(), len(self.kinds.submitted)
        assert name is not None
        changes = name in _values(self.stands)
        before, after = self.send(_one_of(GOOD[name], pick))
        if len(self.kinds.submitted) > submitted:
            after = self.kinds.submitted[-1]
        elif self.row is None or "question.number.refused" in str(self.row.facts):
            return  # the last answer of a form that submit refuses is asked again
        assert name in after
        others = set(before) - {name} - ({"near", "pick"} if changes or name == "where" else set())
        lost = {k for k in others if k not in after or after[k] != before[k]}
        assert not lost or (changes and name == "colour"), f"{lost} lost by answering {name}"

    @rule(pick=WHICH)
    @precondition(lambda self: bool(self.talk.last.choices))
    def presses(self, pick: int) -> None:
        self.old.append((self.talk.last.row, _one_of(self.talk.last.choices, pick)))
        submitted, (before, _) = len(self.kinds.submitted), self.send(press=self.old[-1][1])
        if self.old[-1][1] == "submit" and len(self.kinds.submitted) > submitted:
            given = self.kinds.submitted[-1]
            met = {q.name for q in self.kinds.form.walk({k: {"raw": "", "value": v} for k, v in before.items()}).met}
            assert given == {k: v for k, v in before.items() if k in met}, "what was shown is what is submitted"

    @rule(words=ANYTHING)
    def types(self, words: str) -> None:
        self.send(words)

    @rule()
    def shows_a_photo(self) -> None:
        self.photos += 1
        self.send(photo=f"photo-{self.photos}")

    @rule(caption=ANYTHING)
    def shows_a_photo_with_words(self, caption: str) -> None:
        self.photos += 1
        self.send(caption, photo=f"photo-{self.photos}")

    @rule()
    def sends_a_position(self) -> None:
        self.send(at=(43.88, 125.32))

    @rule(said=st.sampled_from(["/back", "返回", "/skip", "跳过", "/cancel", "/menu", "/everything"]))
    def goes(self, said: str) -> None:
        before, after = self.send(said)
        if said in ("/back", "返回") and self.stands.form is not None:
            gone = [k for k in before if k not in after]
            assert len([k for k in gone if k not in ("near", "pick")]) <= 1, "back takes back one answer"

    @rule(said=HARMLESS)
    def asks_for_something_else(self, said: str) -> None:
        held = self.stands.form, _shape(self.stands)
        before, after = self.send(said)
        if held[0] == "everything":
            assert (self.stands.form, _shape(self.stands)) == held, "the form goes on as it was"
            assert after == before

    @rule(words=ANYTHING)
    @precondition(lambda self: self.stands.form is not None)
    def edits_a_message(self, words: str) -> None:
        before, after = self.send("a message that was changed, " + words, kind="edited")
        assert after == before

    @rule(pick=WHICH)
    @precondition(lambda self: len(self.old) > 1)
    def presses_an_old_button(self, pick: int) -> None:
        row, pressed = _one_of(self.old[:-1], pick)
        if pressed.startswith("/") or row == self.stands.asked_row:
            return
        before, after = self.send(press=(row, pressed))
        assert after == before

    @rule(minutes=st.sampled_from([1, 29, 31, 2000]))
    def waits(self, minutes: int) -> None:
        self.clock.pass_(minutes=minutes)

    @invariant()
    def stands_coherent(self) -> None:
        stands, form = self.stands, self.kinds.form
        assert stands is not None
        if stands.form is None:
            assert (stands.answers, stands.stage, stands.held) == (None, "", None)
            return
        walk = form.walk(stands.answers or {})
        stage = stands.stage.removeprefix("resume:")
        given = {k: a for k, a in (stands.answers or {}).items() if not a.get("fetched")}
        if stage == "review":
            assert walk.open is None  # what was looked up off the way stays in doubt: it is looked up if met again
            assert not {k for k, a in given.items() if a.get("open") or a.get("again")}
        elif stage == "edit":
            assert walk.open is None
        elif stage.startswith("add:"):
            question = walk.named(stage.removeprefix("add:"))
            assert question is not None
            assert question.later
        else:
            assert walk.open is not None, "some question stands open"
            assert walk.open.fetch is None
        assert (stands.held is not None) <= stands.stage.startswith("resume:")

    @invariant()
    def can_be_read(self) -> None:
        assert self.row is not None
        ids = [choice["id"] for choice in self.row.choices]
        assert len(ids) == len(set(ids)), "no choice stands there twice"
        for language in LANGUAGES:
            bubble = put_into_words(Claimed(self.row, language, NOON), SHANGHAI, self.clock())
            assert bubble.text.strip()
            assert all(choice.label.strip() for choice in bubble.choices)


def _one_of(several: Any, which: int) -> Any:
    return several[which % len(several)]


def _values(stands: Conversation | None) -> dict[str, Any]:
    return {k: a["value"] for k, a in (stands.answers or {}).items()} if stands is not None else {}


def _shape(stands: Conversation) -> Any:
    """The stage, but for the list of what can be changed, which any sentence of ours may close."""
    return stands.stage


def _asks_nothing() -> Any:
    return AT_ONCE
    yield


async def _says_menu(tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime) -> Reply:
    return Reply(say("dialogue.menu"), (Option("/everything", plain("neu")),))


@pytest.mark.parametrize("examples", [16])
def test_people(worded: None, database_url: str, examples: int) -> None:
    """Fewer on PostgreSQL: there the question is only whether the same holds."""
    few = examples if database_url.startswith("sqlite") else examples // 4
    with asyncio.Runner() as runner:
        db = runner.run(_opened(database_url))
        machine: Callable[[], People] = type("Somebody", (People,), {"db": db, "runner": runner})
        try:
            run_state_machine_as_test(
                machine,
                settings=settings(
                    max_examples=few,
                    stateful_step_count=30,
                    deadline=None,
                    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # to shrink takes minutes, and the steps tell
                    suppress_health_check=list(HealthCheck),
                ),
            )
        finally:
            runner.run(db.close())


async def _opened(address: str) -> Database:
    return Database(address)
