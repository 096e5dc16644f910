"""Every kind of question, on every branch, in every way in which people answer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import AT_ONCE, Begin, Form, Given, Moment, Option, Question, Reply
from bot.questions import choice, look_up, many, number, text, yes_no
from bot.turn import Turn
from locales.words import Refusal, Say, say
from storage.database import Database
from storage.models import Contact, Counter
from tests.conftest import NOON, StillClock
from tests.machinery.everything import NEITHER, RED, Everything, plain
from tests.machinery.talk import Talk

GREEN_UNSURE = ("/everything", "绿", "1", "3", "否")
"""The shortest way to the photos: green, a tow rope, three of them, not sure."""


@pytest.fixture
def talk(db: Database, clock: StillClock, all_kinds: Everything) -> Talk:
    return Talk(db, clock, [all_kinds.form])


async def test_the_red_branch_asks_why_and_is_reviewed(talk: Talk, all_kinds: Everything) -> None:
    heard = await talk.says("/everything", "红", "1, 3", "路太窄", "3", "对")
    assert "everything.where.ask" in heard.keys
    assert heard.wants == ("position",)
    heard = await talk.say("G12 长春东收费站")
    assert "everything.pick.ask" in heard.keys
    assert heard.choices == ("长春东收费站甲", "长春东收费站乙", "neither", "/back", "/cancel")
    heard = await talk.says("2", "跳过", "吉A12345", "13812345678", "半小时前")
    assert heard.keys[0] == "everything.review"
    assert heard.choices == (
        "submit", "add:trailer", "add:more_shots", "add:until", "add:remark", "edit", "/cancel",
    )  # fmt: skip
    await talk.say("提交")
    [given] = all_kinds.submitted
    assert given["colour"] == "red"
    assert given["tools"] == ["rope", "lamp"]
    assert (given["why"], given["count"], given["sure"]) == ("路太窄", 3, True)
    assert given["where"]["facility"] == "长春东收费站"
    assert (given["near"], given["pick"]) == (["长春东收费站甲", "长春东收费站乙"], "长春东收费站乙")
    assert (given["shots"], given["truck"], given["mobile"]) == (None, "吉A12345", "13812345678")
    assert given["since"] == "2026-03-01T03:30:00+00:00"
    assert not {"trailer", "more_shots", "until", "remark"} & given.keys()


async def test_the_blue_branch_is_submitted_at_once(talk: Talk, all_kinds: Everything) -> None:
    heard = await talk.says("/everything", "蓝", "灯", "9", "不是", "跳过", "不填", "略过", "skip")
    assert heard.key == "dialogue.nothing_to_cancel"
    assert all_kinds.submitted == [
        {"colour": "blue", "tools": ["lamp"], "count": 9, "sure": False}
        | dict.fromkeys(("shots", "truck", "mobile", "since"))
    ]
    standing = await talk.stands()
    assert (standing.form, standing.answers, standing.stage, standing.held) == (None, None, "", None)


async def test_what_is_optional_depends_on_an_earlier_answer(talk: Talk, all_kinds: Everything) -> None:
    await talk.says("/everything", "绿", "跳过", "2", "跳过")
    assert await talk.answers() == {"colour": "green", "tools": None, "count": 2, "sure": None}
    heard = await talk.says("取消", "/everything", "红", "跳过")
    assert heard.keys[0] == "dialogue.cannot_skip"


async def test_a_place_without_neighbours_is_not_asked_about(talk: Talk) -> None:
    heard = await talk.says("/everything", "蓝", "灯", "1", "是", "G102 K123+400")
    assert "everything.shots.ask" in heard.keys
    assert (await talk.answers())["near"] == []


async def test_a_position_is_a_place(talk: Talk) -> None:
    await talk.says("/everything", "蓝", "灯", "1", "是")
    await talk.say(at=(43.88, 125.32))
    where = (await talk.answers())["where"]
    assert (where["latitude"], where["longitude"], where["datum"]) == (43.88, 125.32, "wgs84")


@pytest.mark.parametrize("typed", ["1", "１", "①", "红", "RED", " red ", "红。", "Red!"])
async def test_a_choice_is_taken_by_number_or_label(typed: str) -> None:
    question = choice("colour", [RED, Option("green", plain("绿"))])
    assert question.read(question, Given(text=typed), Moment(NOON)) == "red"


@pytest.mark.parametrize("typed", ["0", "3", "", "ред", "红绿", "-1", "1 2"])
async def test_what_is_no_choice_is_refused(typed: str) -> None:
    question = choice("colour", [RED, Option("green", plain("绿"))])
    with pytest.raises(Refusal):
        question.read(question, Given(text=typed), Moment(NOON))


@pytest.mark.parametrize(
    ("typed", "taken"),
    [
        ("1", ["rope"]),
        ("3,1", ["rope", "lamp"]),
        ("1、3", ["rope", "lamp"]),
        ("１ ３", ["rope", "lamp"]),
        ("1，3", ["rope", "lamp"]),
        ("tow rope", ["rope"]),
        ("Tow Rope, 灯", ["rope", "lamp"]),
        ("1,1,1", ["rope"]),
        ("saw 灯", ["saw", "lamp"]),
    ],
)
async def test_many_are_typed_in_any_order(typed: str, taken: list[str]) -> None:
    question = many(
        "tools", [Option("rope", plain("tow rope")), Option("saw", plain("锯")), Option("lamp", plain("灯"))]
    )
    assert question.read(question, Given(text=typed), Moment(NOON)) == taken


@pytest.mark.parametrize("typed", ["", ",", "1,9", "1,那个", "没有"])
async def test_many_with_one_that_is_no_choice_are_refused(typed: str) -> None:
    question = many("tools", [Option("rope", plain("tow rope")), Option("saw", plain("锯"))])
    with pytest.raises(Refusal):
        question.read(question, Given(text=typed), Moment(NOON))


@pytest.mark.parametrize(("typed", "value"), [("5", 5), ("５", 5), ("+5", 5), ("1,0", 10), ("010", 10)])
async def test_numbers(typed: str, value: int) -> None:
    question = number("count", 1, 10)
    assert question.read(question, Given(text=typed), Moment(NOON)) == value


@pytest.mark.parametrize("typed", ["", "0", "11", "-5", "5.0", "1_0", "五", "٥", "9" * 5000, "5 5"])
async def test_what_is_no_number_in_range_is_refused(typed: str) -> None:
    question = number("count", 1, 10)
    with pytest.raises(Refusal) as no:
        question.read(question, Given(text=typed), Moment(NOON))
    assert no.value.facts == {"low": 1, "high": 10}


@pytest.mark.parametrize(
    ("typed", "value"),
    [("是", True), ("对", True), ("YES", True), ("1", True), ("没有。", False), ("nope", False), ("2", False)],
)
async def test_yes_and_no(typed: str, value: bool) -> None:
    question = yes_no("sure")
    assert question.read(question, Given(text=typed), Moment(NOON)) is value


@pytest.mark.parametrize("typed", ["", "也许", "3", "是不是"])
async def test_neither_yes_nor_no(typed: str) -> None:
    question = yes_no("sure")
    with pytest.raises(Refusal):
        question.read(question, Given(text=typed), Moment(NOON))


async def test_words_are_kept_as_they_were_typed() -> None:
    question = text("why", longest=10)
    assert question.read(question, Given(text="(abc)", words="（ＡＢＣ）"), Moment(NOON)) == "（ＡＢＣ）"
    with pytest.raises(Refusal) as no:
        question.read(question, Given(text="字" * 11, words="字" * 11), Moment(NOON))
    assert (no.value.key, no.value.facts) == ("question.text.too_long", {"longest": 10, "count": 11})


# Buttons of a question that takes several answers.


async def test_buttons_add_and_take_away_until_done(talk: Talk) -> None:
    await talk.says("/everything", "红")
    heard = await talk.press("lamp")
    assert heard.key == "dialogue.gathering"
    assert heard.choices == ("rope", "saw", "lamp", "done", "/back", "/cancel")
    await talk.press("rope", "lamp")
    assert (await talk.answers())["tools"] == ["rope"]
    heard = await talk.press("saw", "done")
    assert "everything.why.ask" in heard.keys
    assert (await talk.answers())["tools"] == ["rope", "saw"]


async def test_taking_away_the_last_one_asks_again(talk: Talk) -> None:
    await talk.says("/everything", "绿")
    heard = await talk.press("lamp", "lamp")
    assert "everything.tools.ask" in heard.keys
    assert "done" not in heard.choices
    assert "tools" not in await talk.answers()
    assert "everything.count.ask" in (await talk.say("跳过")).keys


async def test_typed_numbers_replace_what_was_pressed(talk: Talk) -> None:
    await talk.says("/everything", "红")
    await talk.press("rope")
    heard = await talk.say("1,2")
    assert "everything.why.ask" in heard.keys
    assert (await talk.answers())["tools"] == ["rope", "saw"]


async def test_done_with_nothing_is_a_skip(talk: Talk) -> None:
    await talk.says("/everything", "红")
    assert (await talk.say("完成")).keys[0] == "dialogue.cannot_skip"
    await talk.says("取消", "/everything", "绿")
    assert "everything.count.ask" in (await talk.say("就这些")).keys


async def test_photos_come_in_several_messages(talk: Talk) -> None:
    await talk.says(*GREEN_UNSURE)
    heard = await talk.say(photo="one")
    assert heard.key == "dialogue.gathering"
    await talk.say(photo=["two", "one"])
    assert len((await talk.answers())["shots"]) == 2
    await talk.say(photo="three")
    heard = await talk.say(photo="four")
    assert heard.keys[0] == "question.photos.full"
    assert len((await talk.answers())["shots"]) == 3
    assert "everything.truck.ask" in (await talk.say("发完了")).keys


async def test_words_under_a_photo_are_not_lost(talk: Talk) -> None:
    await talk.says(*GREEN_UNSURE, "跳过", "跳过", "跳过", "跳过")
    await talk.press("add:more_shots")
    heard = await talk.say("栏杆坏了", photo="one")
    assert heard.keys[0] == "dialogue.noted"
    await talk.say("完成")
    answers = await talk.answers()
    assert answers["remark"] == "栏杆坏了"
    assert len(answers["more_shots"]) == 1


# The review: whatever is sent is taken by the first question that understands it.


async def to_review(talk: Talk) -> None:
    heard = await talk.says(*GREEN_UNSURE, "跳过", "跳过", "跳过", "跳过")
    assert heard.key == "everything.review"


async def test_the_review_takes_what_it_understands(talk: Talk, all_kinds: Everything) -> None:
    await to_review(talk)
    assert (await talk.say("吉A1234挂")).keys[0] == "dialogue.noted"
    await talk.say(photo="one")
    await talk.say("20分钟前")
    await talk.says("前面有交警", "还有两台车")
    heard = await talk.say("1")
    assert heard.key == "dialogue.nothing_to_cancel"
    [given] = all_kinds.submitted
    assert given["trailer"] == "吉A1234挂"
    assert len(given["more_shots"]) == 1
    assert given["until"] == "2026-03-01T03:40:00+00:00"
    assert given["remark"] == "前面有交警\n还有两台车"


async def test_a_plate_in_a_sentence_leaves_the_sentence(talk: Talk) -> None:
    await to_review(talk)
    await talk.say("吉B67890也堵在这里，前面有人吵架")
    answers = await talk.answers()
    assert (answers["trailer"], answers["remark"]) == ("吉B67890", "吉B67890也堵在这里，前面有人吵架")


async def test_words_that_do_not_fit_any_more_are_refused_not_cut(talk: Talk) -> None:
    await to_review(talk)
    await talk.say("字" * 20)
    heard = await talk.say("字" * 10)
    assert heard.keys[0] == "question.text.full"
    assert (await talk.answers())["remark"] == "字" * 20


async def test_every_answer_can_be_changed(talk: Talk, all_kinds: Everything) -> None:
    await to_review(talk)
    for name, new, value in (
        ("colour", "红", "red"),
        ("tools", "锯", ["saw"]),
        ("count", "4", 4),
        ("shots", "跳过", None),
        ("truck", "吉A12345", "吉A12345"),
        ("mobile", "13812345678", "13812345678"),
        ("since", "刚才", NOON.isoformat()),
    ):
        await talk.press("edit")
        await talk.press(name)
        heard = await talk.say(new)
        if name == "colour":
            assert "everything.why.ask" in heard.keys, "the new branch asks what the old one did not"
            heard = await talk.say("路太窄")
        assert heard.key == "everything.review", name
        assert (await talk.answers())[name] == value
    await talk.press("submit")
    assert all_kinds.submitted[0]["colour"] == "red"


async def test_who_turns_back_from_a_change_keeps_the_old_answer(talk: Talk) -> None:
    await to_review(talk)
    before = await talk.answers()
    for name in ("colour", "count", "shots"):
        for away in ("/back", "/skip") if name != "shots" else ("/back",):
            await talk.press("edit", name)
            heard = await talk.say(away)
            assert heard.key == "everything.review"
            assert await talk.answers() == before


async def test_a_refused_change_keeps_the_old_answer_too(talk: Talk) -> None:
    await to_review(talk)
    await talk.press("edit", "count")
    assert (await talk.say("99")).keys[0] == "question.number.refused"
    assert (await talk.answers())["count"] == 3
    assert (await talk.say("/back")).key == "everything.review"


async def test_another_place_has_other_neighbours(talk: Talk, all_kinds: Everything) -> None:
    await talk.says("/everything", "绿", "1", "3", "是", "G12 长春东收费站", "都不是", "跳过", "跳过", "跳过", "跳过")
    await talk.press("edit", "where")
    heard = await talk.say("G12 德惠收费站")
    assert "everything.pick.ask" in heard.keys, "who was near the old place says nothing about the new one"
    assert heard.choices[:2] == ("德惠收费站甲", "德惠收费站乙")
    await talk.say("1")
    await talk.press("edit", "where")
    heard = await talk.say("G102 K123+400")
    assert heard.key == "everything.review", "nothing is near, so nothing is asked"
    await talk.press("submit")
    assert "pick" not in all_kinds.submitted[0]


async def test_the_same_place_again_asks_nothing_again(talk: Talk) -> None:
    await talk.says("/everything", "绿", "1", "3", "是", "G12 长春东收费站", NEITHER.id, "跳过", "跳过", "跳过", "跳过")
    await talk.press("edit", "where")
    heard = await talk.say("G12长春东收费站")
    assert heard.key == "everything.review"
    assert (await talk.answers())["pick"] == "neither"


async def test_a_position_on_the_review_moves_the_place(talk: Talk) -> None:
    await talk.says("/everything", "绿", "1", "3", "是", "G12 长春东收费站", NEITHER.id, "跳过", "跳过", "跳过", "跳过")
    heard = await talk.say(at=(43.88, 125.32))
    assert heard.keys[0] == "dialogue.noted"
    answers = await talk.answers()
    assert answers["where"]["latitude"] == 43.88
    assert answers["near"] == []
    assert "pick" not in answers


# Submitting.


async def test_a_refused_submit_changes_nothing_and_stands_open(talk: Talk, all_kinds: Everything) -> None:
    await talk.says("/everything", "绿", "1", "7", "否", "跳过", "跳过", "跳过", "跳过")
    heard = await talk.press("submit")
    assert heard.keys[0] == "question.number.refused"
    assert "everything.review" in heard.keys
    assert await talk.count(Counter) == 0, "what submit wrote before it refused is gone"
    await talk.press("edit", "count")
    await talk.say("6")
    await talk.press("submit")
    assert all_kinds.submitted[0]["count"] == 6
    assert await talk.count(Counter) == 1


async def test_a_refused_submit_without_review_asks_the_last_question_again(talk: Talk, all_kinds: Everything) -> None:
    heard = await talk.says("/everything", "蓝", "灯", "7", "否", "跳过", "跳过", "跳过", "跳过")
    assert heard.keys[:2] == ["question.number.refused", "dialogue.step"]
    assert "everything.since.ask" in heard.keys
    assert await talk.count(Counter) == 0


async def test_a_form_that_can_only_refuse_is_left(db: Database, clock: StillClock) -> None:
    async def fetch(tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime) -> list[str]:
        return []

    async def submit(tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime) -> Say:
        raise Refusal("question.text.empty")

    def questions() -> Any:
        yield look_up("nothing", fetch)
        return AT_ONCE

    talk = Talk(db, clock, [Form("nothing", questions, submit)])
    heard = await talk.say("/nothing")
    assert heard.key == "question.text.empty"
    assert (await talk.stands()).form is None


async def test_a_form_may_lead_to_another(db: Database, clock: StillClock, all_kinds: Everything) -> None:
    async def submit(tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime) -> Any:
        return Begin("everything", {"colour": {"raw": "红", "value": "red"}})

    def questions() -> Any:
        yield choice("go", [RED])
        return AT_ONCE

    talk = Talk(db, clock, [all_kinds.form, Form("nothing", questions, submit)])
    await talk.say("/nothing")
    heard = await talk.press("red")
    assert heard.keys[0] == "everything.begun"
    assert "everything.tools.ask" in heard.keys


# What is asked for by name.


async def test_help_and_unknown_commands_leave_the_form_as_it_is(talk: Talk) -> None:
    await talk.says("/everything", "红", "1")
    for said, key in (("/help", "dialogue.help"), ("/fly", "dialogue.no_such_command"), ("？", "dialogue.help")):
        heard = await talk.say(said)
        assert heard.keys[0] == key
        assert "everything.why.ask" in heard.keys
    assert await talk.answers() == {"colour": "red", "tools": ["rope"]}


async def test_another_language_leaves_the_form_as_it_is(talk: Talk) -> None:
    await talk.says("/everything", "红", "1")
    heard = await talk.say("语言")
    assert heard.choices[-2:] == ("/language zh_CN", "/language en")
    heard = await talk.say("English")
    assert heard.keys[0] == "dialogue.language_set"
    assert "everything.why.ask" in heard.keys
    heard = await talk.say("/language xx")
    assert heard.keys[0] == "language.to.ask"
    assert await talk.answers() == {"colour": "red", "tools": ["rope"]}


async def test_menu_and_start_say_what_became_of_the_form(talk: Talk) -> None:
    for said in ("/menu", "/start", "菜单"):
        await talk.says("/everything", "红")
        heard = await talk.say(said)
        assert heard.keys[0] == "dialogue.put_aside"
        assert (await talk.stands()).form is None
        assert "dialogue.put_aside" not in (await talk.say(said)).keys


async def test_a_form_that_asks_nothing_is_answered_beside_the_one_that_is_filled(
    db: Database, clock: StillClock, all_kinds: Everything
) -> None:
    async def submit(tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime) -> Reply:
        return Reply(
            say("dialogue.menu"), (Option("/everything", plain("neu")), Option("/help", plain("help"))), about="x"
        )

    async def refuse(tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime) -> Reply:
        raise Refusal("question.text.empty")

    def questions() -> Any:
        return AT_ONCE
        yield

    talk = Talk(db, clock, [all_kinds.form, Form("nothing", questions, submit), Form("never", questions, refuse)])
    await talk.says("/everything", "红", "1")
    heard = await talk.say("/nothing")
    assert heard.keys[0] == "dialogue.menu"
    assert "everything.why.ask" in heard.keys
    assert heard.choices == ("/back", "/cancel", "/help"), "the form that is being filled is not offered"
    assert (await talk.say("help")).keys[0] == "dialogue.help", "a label of the last bubble may be typed"
    assert (await talk.say("/never")).keys[0] == "question.text.empty"
    assert (await talk.stands()).form == "everything"


async def test_a_button_answers_only_its_own_question(talk: Talk) -> None:
    await talk.say("/everything")
    assert talk.last is not None
    first = talk.last.row
    await talk.press("red")
    heard = await talk.say(press=(first, "blue"))
    assert heard.keys[0] == "dialogue.old_button"
    assert await talk.answers() == {"colour": "red"}
    heard = await talk.say(press=(heard.row, "no such choice"))
    assert heard.keys[0] == "question.many.refused"
    await talk.say("取消")
    assert (await talk.say(press=(heard.row, "rope"))).key == "dialogue.old_button"


async def test_an_edited_message_answers_nothing(talk: Talk) -> None:
    await talk.says("/everything", "红")
    heard = await talk.say("1", kind="edited")
    assert heard.keys[0] == "dialogue.edited"
    assert await talk.answers() == {"colour": "red"}


async def test_what_cannot_be_read_is_said_so(talk: Talk) -> None:
    assert (await talk.say(None)).key == "dialogue.cannot_read"
    await talk.say("/everything")
    assert (await talk.say(None)).keys[0] == "dialogue.cannot_read"


async def test_a_position_that_no_point_has_is_refused_where_nothing_was_asked(db: Database, clock: StillClock) -> None:
    from handlers.flows import FORMS
    from handlers.replies import REPLIES

    talk = Talk(db, clock, FORMS, REPLIES)
    assert (await talk.say(at=(0.0, 0.0))).key == "place.coordinates"
    assert await talk.crashes() == 0


# A long silence.


async def test_after_a_long_silence_words_are_held(talk: Talk, clock: StillClock) -> None:
    await talk.says("/everything", "红", "1")
    clock.pass_(minutes=31)
    heard = await talk.say("路太窄")
    assert heard.keys[0] == "dialogue.resume"
    assert heard.choices == ("continue", "restart", "/cancel")
    assert (await talk.say("什么")).keys[0] == "question.choice.refused"
    clock.pass_(minutes=31)
    heard = await talk.say("接着")
    assert "everything.count.ask" in heard.keys
    assert (await talk.answers())["why"] == "路太窄"
    assert (await talk.stands()).held is None


async def test_after_a_long_silence_a_button_simply_works(talk: Talk, clock: StillClock) -> None:
    await talk.says("/everything", "红")
    clock.pass_(hours=5)
    assert (await talk.press("rope")).key == "dialogue.gathering"


async def test_thirty_minutes_are_not_yet_long(talk: Talk, clock: StillClock) -> None:
    await talk.says("/everything", "红")
    clock.pass_(minutes=30)
    assert "everything.why.ask" in (await talk.say("1")).keys


async def test_restart_begins_without_the_old_answers(talk: Talk, clock: StillClock) -> None:
    await talk.says("/everything", "红", "1")
    clock.pass_(minutes=31)
    await talk.say("路太窄")
    heard = await talk.press("restart")
    assert "everything.colour.ask" in heard.keys
    assert await talk.answers() == {}


async def test_a_review_is_resumed_as_a_review(talk: Talk, clock: StillClock) -> None:
    await to_review(talk)
    clock.pass_(hours=1)
    await talk.say("前面有交警")
    heard = await talk.press("continue")
    assert heard.keys[:1] == ["dialogue.noted"]
    assert (await talk.answers())["remark"] == "前面有交警"


async def test_an_addition_is_resumed_where_it_stood(talk: Talk, clock: StillClock) -> None:
    await to_review(talk)
    await talk.press("add:more_shots")
    await talk.say(photo="one")
    clock.pass_(hours=1)
    await talk.say(photo="two")
    heard = await talk.press("continue")
    assert heard.key == "dialogue.gathering"
    await talk.press("done")
    assert len((await talk.answers())["more_shots"]) == 2


async def test_a_form_without_any_answer_is_left_after_a_long_silence(
    db: Database, clock: StillClock, all_kinds: Everything
) -> None:
    async def echo(turn: Turn) -> Reply:
        return Reply(say("dialogue.menu"))

    talk = Talk(db, clock, [all_kinds.form], [echo])
    await talk.say("/everything")
    clock.pass_(minutes=31)
    assert (await talk.say("红")).keys[0] == "dialogue.step", "a choice is still a choice"
    await talk.says("取消", "/everything")
    clock.pass_(minutes=31)
    assert (await talk.say("你好")).key == "dialogue.menu"
    assert (await talk.stands()).form is None


# A form that was changed or removed while somebody was filling it.


async def test_a_form_that_is_gone_is_left(db: Database, clock: StillClock, all_kinds: Everything) -> None:
    talk = Talk(db, clock, [all_kinds.form])
    await talk.says("/everything", "红")
    later = Talk(db, clock, [], address=talk.address)
    assert (await later.say("1")).key == "dialogue.not_understood"
    assert (await later.stands()).form is None


async def test_an_option_that_is_gone_is_asked_again(db: Database, clock: StillClock) -> None:
    async def submit(tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime) -> Say:
        return say("dialogue.menu")

    def form(*options: Option) -> Form:
        def questions() -> Any:
            yield many("some", options)
            yield choice("one", options)
            yield text("why")
            return AT_ONCE

        return Form("everything", questions, submit)

    talk = Talk(db, clock, [form(RED, NEITHER)])
    await talk.says("/everything", "1", "1")
    later = Talk(db, clock, [form(NEITHER)], address=talk.address)
    assert "everything.some.ask" in (await later.say("/help")).keys
    assert "everything.one.ask" in (await later.say("1")).keys


async def test_photos_of_an_album_wait_for_their_question(db: Database, clock: StillClock) -> None:
    submitted: list[dict[str, Any]] = []

    async def submit(tx: AsyncSession, contact: Contact, answers: dict[str, Any], now: datetime) -> Say:
        submitted.append(answers)
        return say("dialogue.menu")

    def questions() -> Any:
        from bot.questions import photos

        yield choice("colour", [RED])
        yield photos("shots", later=True)
        return None

    talk = Talk(db, clock, [Form("everything", questions, submit, photos="shots")])
    await talk.say("/everything")
    assert (await talk.say(photo="one")).keys[0] == "dialogue.noted"
    assert (await talk.say("1", photo="two")).key == "everything.review", "and words under a photo are read"
    await talk.press("edit")
    await talk.say(photo="three")
    clock.pass_(hours=1)
    await talk.say(photo="four")
    await talk.press("continue")
    await talk.says("返回", "提交")
    assert len(submitted[0]["shots"]) == 4


def test_a_question_knows_its_branch_only_from_answers(all_kinds: Everything) -> None:
    walked = all_kinds.form.walk({"colour": {"raw": "", "value": "blue"}})
    assert [q.name for q in walked.met] == ["colour", "tools"]
    assert isinstance(walked.open, Question)
    assert walked.ending is None
