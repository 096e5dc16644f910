"""The rules of the house, kept by machine: rooms, words, dialogues, events, docs."""

from __future__ import annotations

import ast
import inspect
import re
import string
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po

from bot import commands, settings
from bot.conversation import Form, Option, Question
from handlers.flows import FORMS
from hotline import callbacks, closing, incidents, moving, tickets, timing, unsaid
from hotline.audience import AUDIENCE
from locales.words import LANGUAGES, LOCALES, OWN_WORDS, Say, keys

ROOT = Path(__file__).parents[1]
ROOMS = ("bot", "handlers", "hotline", "storage", "locales")
SOURCES = sorted(
    file for room in ROOMS for file in (ROOT / room).rglob("*.py") if "migrations/versions" not in file.as_posix()
)
DIALOGUES = {file.stem: file.read_text("utf-8") for file in (ROOT / "tests/dialogues").glob("*.txt")}


def trees() -> Iterator[tuple[Path, ast.Module]]:
    for file in SOURCES:
        yield file.relative_to(ROOT), ast.parse(file.read_text("utf-8"))


# Rooms


def test_imports_run_downward_only() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_no_file_outgrows_its_room() -> None:
    long = {str(f.relative_to(ROOT)): n for f in SOURCES if (n := len(f.read_text("utf-8").splitlines())) > 400}
    assert long == {}


def test_names_are_the_fields_own() -> None:
    vague = re.compile(r"(Manager|Helper|Utils?|Service|Processor)($|[A-Z_])")
    named = [
        f"{file}: {node.name}"
        for file, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and vague.search(node.name)
    ]
    named += [str(file) for file, _ in trees() if re.search(r"(manager|helper|utils?|processor)\.py$", file.name)]
    assert named == []


# Docs


def test_everything_public_says_what_it_is() -> None:
    silent = []
    for file, tree in trees():
        if not ast.get_docstring(tree):
            silent.append(str(file))
        silent += [
            f"{file}: {node.name}"
            for node in tree.body
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            and not node.name.startswith("_")
            and not ast.get_docstring(node)
            and not ("flows" in file.parts and node.name in ("questions", "submit"))
        ]
    assert silent == []


def test_every_setting_is_explained() -> None:
    explained = dict(re.findall(r"^((?:#.*\n)+)([A-Z_]+)=", (ROOT / ".env.example").read_text("utf-8"), re.MULTILINE))
    assert set(explained.values()) == {name.upper() for name in settings.Settings.model_fields}


def test_the_why_pages_are_listed() -> None:
    pages = {file.name for file in (ROOT / "docs/why").glob("*.md")} - {"README.md"}
    assert pages == set(re.findall(r"\(([a-z-]+\.md)\)", (ROOT / "docs/why/README.md").read_text("utf-8")))


@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md", "CONTRIBUTING.md"])
def test_links_lead_somewhere(readme: str) -> None:
    targets = re.findall(r"\]\(((?!https?:)[^)#]+)\)", (ROOT / readme).read_text("utf-8"))
    assert [target for target in targets if not (ROOT / target).exists()] == []


# Words


def catalogue(language: str) -> dict[str, tuple[str, ...]]:
    """Key to its texts, one for each plural form."""
    found: dict[str, tuple[str, ...]] = {}
    for file in sorted((LOCALES / language).glob("*.po")):
        with file.open("rb") as opened:
            for message in read_po(opened, locale=language):
                if message.id:
                    key = message.id if isinstance(message.id, str) else message.id[0]
                    texts = (message.string,) if isinstance(message.string, str) else tuple(message.string)
                    assert key not in found, f"{key} is worded twice"
                    found[key] = texts
    return found


def placeholders(text: str) -> set[str]:
    return {name.split(".")[0] for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_language_words_the_same_keys() -> None:
    worded = {language: keys(language) for language in LANGUAGES}
    for language in LANGUAGES:
        assert worded[language] == worded["zh_CN"], language


def test_every_language_needs_the_same_facts() -> None:
    chinese = catalogue("zh_CN")
    for language in LANGUAGES:
        for key, texts in catalogue(language).items():
            facts = {frozenset(placeholders(text) - {"count"}) for text in texts}
            wanted = {frozenset(placeholders(text) - {"count"}) for text in chinese[key]}
            assert facts == wanted, (language, key)


def test_no_sentence_is_empty_or_blames() -> None:
    for key, texts in catalogue("zh_CN").items():
        for text in texts:
            assert text.strip(), key
            assert not re.search("非法|您错了|操作有误|输入错误|失败！", text), (key, text)


def literals() -> Iterator[tuple[str, str]]:
    """Every key that stands in the code as a literal: Say, say, Refusal and translate."""
    for file, tree in trees():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            position = 1 if called == "translate" else 0
            if called in ("Say", "say", "Refusal", "translate") and len(node.args) > position:
                for literal in ast.walk(node.args[position]):
                    if isinstance(literal, ast.Constant) and isinstance(literal.value, str) and "." in literal.value:
                        yield str(file), literal.value


def test_every_key_in_the_code_is_worded() -> None:
    worded = keys("zh_CN")
    missing = [
        (file, key)
        for file, key in literals()
        if re.fullmatch(r"[a-z_]+(\.[A-Za-z_0-9]+)+", key) and not key.endswith("_") and key not in worded
    ]
    assert missing == []


def shapes() -> Iterator[str]:
    """Keys that the code puts together, as patterns: f"blockage.what.{what}" is `blockage\\.what\\..+`."""
    for _, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr):
                parts = [re.escape(p.value) if isinstance(p, ast.Constant) else "[A-Za-z0-9_.]+" for p in node.values]
                if any("\\." in part and re.search("[a-z]{4}", part) for part in parts if not part.startswith("[")):
                    yield "".join(parts)


def test_no_words_lie_about_unused() -> None:
    texts = [f.read_text("utf-8") for f in SOURCES]
    for pattern in ("*.html", "*.js"):
        texts += [f.read_text("utf-8") for room in ("bot", "handlers") for f in (ROOT / room).rglob(pattern)]
    quoted = {key for text in texts for key in re.findall(r"[\"'`]([a-z_]+(?:\.[A-Za-z0-9_]+)+)[\"'`]", text)}
    begun = {
        re.escape(start) + ".+"
        for text in texts
        for start in re.findall(r"[\"'`]([a-z_]+\.(?:[a-z_]+\.)*)[\"'`]", text)
    }
    shaped = re.compile("|".join([*sorted(set(shapes()) | begun), *(rf"{form}\..+" for form in FORMS)]))
    unused = {key for key in keys("zh_CN") - quoted if not shaped.fullmatch(key) and not key.endswith(".also")}
    assert unused == set()


# Forms


SAMPLES: dict[str, Any] = {
    "where": {"road": "G12", "facility": "长春东收费站", "facility_kind": "toll_station", "text": "G12长春东收费站"},
    "similar": [
        {"id": "1", "what": "turned_back", "place": {"text": "x"}, "reports": 1, "at": "2026-03-01T04:00:00+00:00"}
    ],
    "waiting": [{"id": "1", "number": "220100-20260301-1-000011", "kind": "blockage", "what": "turned_back"}],
    "rules": {"schemes": [], "division": "000000", "day": "2022-05-01", "given": {}},
    "shown": {"where": None, "grounds": ["star"]},
    "asked": {"kind": "test", "skip": 3, "where": {"road": "G12", "stake_m": 20300, "text": "G12 K20+300"}},
    "departments": [{"id": "1", "name": "x"}],
    "verdict": {"number": "220100-20260301-1-000011", "how": "unsatisfied"},
    "uscc": "91220102MA17W5XK22",
    "known": {"firm": 1, "name": "x", "division": "220102", "person": "x", "phone": "x"},
    "offer": {"firm": "x", "role": "agent", "until": "2026-12-31"},
    "firms": [{"id": n, "uscc": f"{n}", "name": "x", "role": "owner"} for n in (1, 2)],
    "found": [{"id": "v1", "colour": "blue"}, {"id": "v2", "colour": "yellow"}],
    "people": [{"id": "m1", "name": "x", "role": "driver", "since": "2026-03-01T04:00:00+00:00"}],
    "agents": [{"id": "m1", "name": "x", "role": "agent", "since": "2026-03-01T04:00:00+00:00"}],
    "codes": [{"id": "c1", "code": "x", "role": "driver"}],
    "plate": "吉A12345",
    "truck": "吉A12345",
    "passes": {
        "day": "2026-03-01",  # on which a pack of 2022 asks nothing
        "offers": [{"scheme": "pass_need", "pack": "xunwu-pass-need-2022", "division": "360734"}],
        "journeys": {},
    },
    "told_before": {"scheme": "pass_need", "facts": {"goods": "daily"}},
    "journey": {"origin": "210102", "destination": "360734"},
    "apply_for": [{"id": "1", "name": "x"}],
    "my_trucks": [{"plate": "吉A12345", "colour": "yellow"}],
    "crew": [{"name": "x"}],
    "via": ["220302"],
    "trip": {"code": "X", "do": "cancel"},
    "trip_before": {"id": 1, "origin": "220104", "destination": "210102", "crew": True},
    "trip_firms": [{"id": "1", "name": "x"}],
    "asked_there": {"pack": "x", "scheme": "x", "asks": ["crew", "test", "trailer", "goods"]},
    "my_passes": [{"code": "X", "plate": "吉A12345", "words": "x"}, {"code": "Y", "plate": "吉A12345", "words": "y"}],
    "renewed": {"plate": "x", "colour": "blue", "way": [], "number": "1", "asks": ["test"], "crew": ["x", "y"]},
    "application": {"plate": "x", "colour": "blue", "way": [], "number": None},
    "returned": {
        "asked": ["plate", "goods_words", "test", "trailer", "photos", "route", "window", "firm"],
        "pack": "xunwu-pass-need-2022",
        "crew": ["x", "y"],
        "asks": ["test"],
    },
}


def values(question: Question) -> list[Any]:
    """What may be answered: each option, or samples; a look-up finds something, or nothing."""
    ids = [option.id for option in question.options if isinstance(option, Option)]
    if ids:
        return ids
    sample = SAMPLES.get(question.name, "x")
    return [sample, None] if question.fetch or question.optional else [sample]


def branches(form: Form, answers: dict[str, Any] | None = None, depth: int = 0) -> Iterator[tuple[Question, ...]]:
    """The questions met on each way through a form."""
    answers = answers or {}
    assert depth < 30, "a form that never ends"
    walk = form.walk(answers)
    if walk.open is None:
        yield walk.met
        return
    for value in values(walk.open):
        yield from branches(form, {**answers, walk.open.name: {"raw": "", "value": value}}, depth + 1)


@pytest.mark.parametrize("name", FORMS)
def test_every_form_is_worded_on_every_branch(name: str) -> None:
    form, worded, wanted = FORMS[name], keys("zh_CN"), {f"command.{name}"}
    for met in branches(form):
        for question in met:
            if question.fetch is None and question.own_ask is None:
                wanted |= {f"{name}.{question.name}.ask", f"{name}.{question.name}.label"}
            if question.later:
                wanted |= {f"{name}.{question.name}.add", f"{name}.review"}
            wanted |= {o.label.key for o in question.options if isinstance(o, Option) and isinstance(o.label, Say)}
    assert wanted - worded - {OWN_WORDS} == set()


@pytest.mark.parametrize("name", FORMS)
def test_every_form_has_a_dialogue(name: str) -> None:
    assert any(stem == name or stem.startswith(f"{name}_") for stem in DIALOGUES)


@pytest.mark.parametrize("name", [*commands.OURS, *(f.name for f in FORMS.values() if f.menu is not None)])
def test_every_command_is_worded(name: str) -> None:
    assert f"command.{name}" in keys("zh_CN")


# Events


VERBS = (tickets, moving, closing, incidents, timing, callbacks, unsaid)
NO_DEEDS = {
    "at_work",
    "words_of",
    "ask_due",
    "called",
    "drop",
    "alarm",
    "owner_of",
    "strike_off_if_ready",
    "ring",
    "merge",
}
"""What verbs are made of, what the clock asks of many tickets, and the one that is `merge_all` of one."""


@pytest.mark.parametrize("room", VERBS, ids=lambda m: m.__name__)
def test_every_verb_writes_in_the_ledger(room: Any) -> None:
    calls = {
        node.name: {c.func.id for c in ast.walk(node) if isinstance(c, ast.Call) and isinstance(c.func, ast.Name)}
        for node in ast.parse(inspect.getsource(room)).body
        if isinstance(node, ast.AsyncFunctionDef) and not node.name.startswith("_")
    }
    assert {name for name, called in calls.items() if not called & {"record", "_strike"}} <= NO_DEEDS


OWN_LEDGER = ("passes", "firms", "filings")
"""What has events of its own, each kind with a table of its own that says whom it is told."""


def test_every_event_is_known_and_worded() -> None:
    recorded = {
        node.args[2].value
        for file, tree in trees()
        if not file.is_relative_to("hotline") or file.parts[1] not in OWN_LEDGER
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "record"
        and isinstance(node.args[2], ast.Constant)
    } | {"breached", "overdue", "extended", "extension_refused"}  # chosen before they are recorded
    assert recorded == set(AUDIENCE), "an event that nobody records, or one that the audience does not know"
    worded = keys("zh_CN")
    assert {f"event.{kind}" for kind in AUDIENCE} - worded == set()
    assert {told.key for told in AUDIENCE.values() if told.key} - worded == set()


def test_modules_can_be_imported_alone() -> None:
    for file in SOURCES:
        name = ".".join(file.relative_to(ROOT).with_suffix("").parts)
        if not name.endswith(("__main__", "env")):
            import_module(name.removesuffix(".__init__"))
