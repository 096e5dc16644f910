"""Words: every sentence of both languages can be said, counts agree, and what is named as an example is right."""

from __future__ import annotations

import ast
import re
import string
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

from bot import commands
from handlers.flows import FORMS
from handlers.replies import FORM_OF
from hotline import catalogue, numbers
from locales import words
from locales.typed import normalise
from locales.words import (
    LANGUAGES,
    LOCALES,
    Say,
    Unworded,
    from_json,
    negotiate,
    render,
    say,
    to_json,
    together,
    translate,
)

ROOT = Path(__file__).parents[2]
AT = datetime(2026, 3, 1, 4, 30, tzinfo=UTC)
KEYS = sorted(words.keys("zh_CN"))


def templates(language: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for file in (LOCALES / language).glob("*.po"):
        with file.open("rb") as opened:
            for message in read_po(opened, locale=language):
                if message.id:
                    key = message.id if isinstance(message.id, str) else message.id[0]
                    found[key] = [message.string] if isinstance(message.string, str) else list(message.string)
    return found


def facts_for(template: str) -> dict[str, Any]:
    """A fact of the right kind for every placeholder."""
    made: dict[str, Any] = {}
    for _, name, spec, _ in string.Formatter().parse(template):
        if name:
            made[name.split(".")[0].split("[")[0]] = _fact(name, spec or "")
    return made


def _fact(name: str, spec: str) -> Any:
    if spec in ("moment", "time", "date", "relative"):
        return AT
    if spec in ("lines", "clauses"):
        return ["one", "two"]
    return 3 if name == "count" else "x"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_can_be_said(language: str) -> None:
    for key, texts in templates(language).items():
        for template in texts:
            said = translate(language, key, now=AT, **facts_for(template))
            assert said.strip(), key
            assert "{" not in said, (key, said)


def test_counts_choose_their_form() -> None:
    for count, english in ((1, "1 photo"), (2, "2 photos"), (0, "0 photos")):
        assert translate("en", "question.photos.count", count=count) == english
    assert "2 drivers report" in translate("en", "ticket.joined", count=2, number="x", due=AT)
    assert translate("zh_CN", "question.photos.count", count=2) == "2 张"


def test_a_count_beside_a_sentence_without_forms_does_no_harm() -> None:
    assert "8" in translate("en", "question.text.too_long", count=8, longest=5)


@pytest.mark.parametrize("language", LANGUAGES)
def test_ticket_numbers_in_examples_are_ticket_numbers(language: str) -> None:
    texts = [text for forms in templates(language).values() for text in forms]
    shown = [number for text in texts for number in re.findall(r"\d{6}-\d{8}-\d+-\d+", text)]
    assert shown
    for number in shown:
        assert numbers.find_number(number) == number, "whoever copies the example is not told that it is wrong"


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_offered_can_be_typed(language: str) -> None:
    """The label of every command is read as that command, in every language."""
    for name in (*commands.OURS, *FORMS):
        if words.has(language, f"command.{name}"):
            assert commands.recognise(translate(language, f"command.{name}"), FORMS) == (name, "")
    for tag in LANGUAGES:
        assert commands.recognise(translate(language, f"language.{tag}"), FORMS) == ("language", tag)


def test_no_word_means_two_commands() -> None:
    meant: dict[str, set[str]] = {}
    for language in LANGUAGES:
        for name in (*commands.OURS, *FORMS):
            for key in (f"command.{name}", f"command.{name}.also"):
                for word in translate(language, key).split("|") if words.has(language, key) else ():
                    meant.setdefault(normalise(word).casefold(), set()).add(name)
    assert {word: names for word, names in meant.items() if len(names) > 1} == {}


def test_no_choice_of_a_form_reads_as_a_command() -> None:
    """Or whoever types what stands on a button would leave the form."""
    labels = re.compile(r"blockage\.what\.(?!ask|label)[a-z_]+|blockage\.same\.none|(review|resume|question)\.[a-z]+")
    with (LOCALES / "zh_CN/review.po").open("rb") as opened:
        ids = [message.id for message in read_po(opened)]
    desk = {one if isinstance(one, str) else one[0] for one in ids}  # of the console, where nobody types commands
    typed = [key for key in KEYS if labels.fullmatch(key) and key not in desk]
    chosen = [(language, key) for language in LANGUAGES for key in typed]
    meant = {pair: commands.recognise(translate(*pair, at=AT, count=1), FORMS) for pair in chosen}
    assert {pair: command for pair, command in meant.items() if command} == {}


def test_a_form_that_begins_with_answers_has_words_for_it() -> None:
    begun = {FORM_OF.get(kind, kind) for kind in catalogue.load().digits}  # free words begin each of them
    for file in (ROOT / "handlers").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            is_begin = isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Begin" and len(node.args) > 1
            if is_begin and isinstance(node.args[0], ast.Constant):
                begun.add(str(node.args[0].value))
    assert {name for name in begun if FORMS[name].argument is None and f"{name}.begun" not in KEYS} == set()


# Say, render, JSON


@pytest.mark.parametrize("language", LANGUAGES)
def test_moments(language: str) -> None:
    def said(at: datetime, how: str) -> str:
        return words._Writer(language, words.SHANGHAI, AT).format_field(at, how)

    read = {how: said(AT - timedelta(days=2), how) for how in ("moment", "date", "time", "relative")}
    if language == "zh_CN":
        assert read == {"moment": "2月27日 12:30", "date": "2026年2月27日", "time": "12:30", "relative": "2天前"}
        assert said(AT - timedelta(days=90), "moment") == "2025年12月1日 12:30"
    else:
        assert read == {"moment": "Feb 27 12:30", "date": "Feb 27, 2026", "time": "12:30", "relative": "2 days ago"}
    assert said(AT, "moment") == "12:30", "of today the hour is enough"
    assert said(AT + timedelta(hours=12), "moment") != "00:30", "tomorrow is not today"


def test_long_values_fit_a_button() -> None:
    for value, cut in (("short", "short"), ("one\ntwo", "one…"), ("字" * 31, "字" * 29 + "…"), ("字" * 30, "字" * 30)):
        assert translate("en", "dialogue.edit.option", label="Note", value=value) == f"Note: {cut}"


def test_lists_and_clauses() -> None:
    pairs = [say("dialogue.pair", label="a", value=1), say("dialogue.pair", label="b", value=2)]
    assert translate("zh_CN", "dialogue.noted", label=["甲", "乙", "丙"]) == "已记下甲、乙和丙。"
    assert "a: 1; b: 2" in translate("en", "blockage.begun", known=pairs)
    assert "a：1\nb：2" in translate("zh_CN", "blockage.review", lines=pairs)
    assert render("en", together(say("question.yes"), say("question.no"), gap=" / ")) == "Yes / No"
    assert render("en", "as it is {not a fact}") == "as it is {not a fact}"
    assert render("en", together(say("question.yes"))) == "Yes"


def test_braces_in_what_people_type_are_no_placeholders() -> None:
    assert translate("en", "dialogue.pair", label="{count}", value="{0.__class__}") == "{count}: {0.__class__}"


def test_a_key_without_words_is_a_bug() -> None:
    with pytest.raises(Unworded):
        render("en", Say("no.such.key"))


LAPSES = st.timedeltas(timedelta(days=-400), timedelta(days=400))
FACTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.datetimes(timezones=st.just(UTC)) | LAPSES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(FACTS)
def test_facts_remember_what_they_are(value: Any) -> None:
    assert from_json(to_json(value)) == value


@given(FACTS)
def test_a_sentence_within_a_sentence_remembers_itself(value: Any) -> None:
    nested = Say("a.b", {"inner": Say("c.d", {"fact": value})})
    assert to_json(from_json(to_json(nested))) == to_json(nested)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("zh-CN", "zh_CN"), ("zh", "zh_CN"), ("zh-Hans-CN", "zh_CN"), ("zh_TW", "zh_CN"), ("en-US", "en"), ("EN", "en"),
        ("fr,en;q=0.8", "en"), ("fr", "zh_CN"), ("", "zh_CN"), (None, "zh_CN"), ("*", "zh_CN"), ("-", "zh_CN"),
    ],
)  # fmt: skip
def test_the_nearest_language(wanted: str | None, found: str) -> None:
    assert negotiate(wanted) == found


@given(st.text(max_size=80))
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("Ｇ１２　长春东", "G12 长春东"), ("a\u200bb", "ab"), ("  a \t b  ", "a b"), ("a\r\n b ", "a\nb"), ("①", "1"),
        ("\ufeff返回", "返回"), ("a\x00b", "a b"), ("\ud83dx", "x"),
    ],
)  # fmt: skip
def test_what_people_type_becomes_plain(typed: str, plain: str) -> None:
    assert normalise(typed) == plain
