"""A pack with a fault does not load, and the sentence names file, rule and reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from hotline.rules import shelf
from hotline.rules.shelf import BadPack, read

SOUND = """
[pack]
id = "bridge"
scheme = "bridge"
kind = "passage"
title = { zh = "危桥", en = "A weak bridge" }
level = "county"
divisions = ["220102"]
from = 2026-01-01
until = 2026-07-01
checked = 2026-01-01

[sources.notice]
title = "危桥限行通告（虚构）"
issuer = "某县公路段（虚构）"
date = 2026-01-01

[parameters.limit]
meaning = { zh = "限重", en = "Weight limit" }
unit = "t"
values = [{ value = 20, cite = ["notice#一"] }, { from = 2026-04-01, value = 10, cite = ["notice#二"] }]

[facts.mass_t]
kind = "number"
low = 0
high = 200
ask = { zh = "车货总重多少吨？", en = "What does it weigh, in tonnes?" }
label = { zh = "总重", en = "Mass" }

[[rules]]
id = "light"
all = ["mass_t <= limit"]
verdict = "ALLOW"
say = { zh = "可以过。", en = "You may cross." }
cite = ["notice#一"]

[[rules]]
id = "heavy"
verdict = "MANUAL"
say = { zh = "请绕行，我们帮您问路。", en = "Please take another way; we help you find it." }
cite = ["notice#一"]

[[forbidden]]
ground = "plate_region"
say = { zh = "不得因车籍地劝返。", en = "Nobody is turned back for where the plate is from." }
cite = ["notice#三"]

[[also]]
id = "slowly"
say = { zh = "慢行。", en = "Go slowly." }
cite = ["notice#一"]

[[cases]]
name = "春天二十吨"
on = 2026-03-31
facts = { mass_t = 20 }
verdict = "ALLOW"
rule = "light"
also = ["slowly"]
forbidden = ["plate_region"]

[[cases]]
name = "四月起十吨"
on = 2026-04-01
facts = { mass_t = 20 }
verdict = "MANUAL"
rule = "heavy"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (found := tmp_path / "bridge.toml").write_text(SOUND, "utf-8")
    return found


def test_the_sound_one_loads(file: Path) -> None:
    assert read(file).id == "bridge"


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ('cite = ["notice#一"]\n\n[[rules]]', "[[rules]]", "rules.light.cite: Field required"),
        ('cite = ["notice#一"]\n\n[[rules]]', "cite = []\n\n[[rules]]", "rules.light.cite"),
        ("value = 20, cite = [\"notice#一\"]", "value = 20", "parameters.limit.values.0.cite: Field required"),
        ('cite = ["notice#三"]', 'cite = ["hearsay#三"]', "forbidden plate_region: cites 'hearsay'"),
        ('["mass_t <= limit"]', '["weight <= limit"]', "rule light: weight is no fact of this pack"),
        ('["mass_t <= limit"]', '["mass_t <= bound"]', "rule light: .* bound is no parameter"),
        ('["mass_t <= limit"]', '["mass_t.real <= limit"]', "rule light: .* does not compare one fact"),
        ('["mass_t <= limit"]', '["mass_t >= 0"]', "rule heavy: can never be reached"),
        ('["mass_t <= limit"]', '["mass_t <= limit", "mass_t > 20"]', "rule light: can never be reached"),
        ('id = "slowly"', 'id = "slowly"\nall = ["mass_t > 300"]', "also slowly: its condition can never hold"),
        ('from = 2026-04-01, value = 10', 'value = 10', "parameters.limit: two values hold on 2026-01-01"),
        ('{ value = 20,', '{ value = 20, until = 2026-05-01,', "parameters.limit: two values hold on 2026-04-01"),
        ('id = "heavy"', 'id = "light"', "rule light: there are 2 of this name"),
        ('id = "heavy"', 'id = "heavy"\nfrom = 2026-07-01', "rule heavy: its dates lie outside"),
        ('id = "heavy"', 'id = "heavy"\nfrom = 2026-05-01\nuntil = 2026-05-01', "rule heavy: until is not after from"),
        ("until = 2026-07-01", "until = 2025-07-01", "until is not after from"),
        ('verdict = "MANUAL"\nsay', 'verdict = "DENY"\nsay', "rules.heavy.verdict"),
        ('["mass_t <= limit"]', '["mass_t <= 20"]', "case '四月起十吨': verdict is 'ALLOW', not 'MANUAL'"),
        ('rule = "heavy"', 'rule = "light"', "case '四月起十吨': decided by"),
        ('rule = "heavy"', 'asks = ["mass_t"]', "case '四月起十吨': asks is"),
        ('facts = { mass_t = 20 }\nverdict = "MANUAL"', 'verdict = "MANUAL"\nasks = []', "case '四月起十吨': asks is"),
        ('mass_t = 20 }\nverdict = "MANUAL"', 'mass_t = 500 }\nverdict = "MANUAL"', "mass_t cannot be 500"),
        ('facts = { mass_t = 20 }\nverdict = "MANUAL"', 'facts = { tons = 20 }\nverdict = "MANUAL"', "tons is no fact"),
        ("on = 2026-04-01", "on = 2026-07-01", "the pack is not in force on 2026-07-01"),
        ('also = ["slowly"]', 'also = ["quickly"]', "quickly is not said"),
        ('forbidden = ["plate_region"]', 'forbidden = ["star"]', "star is not forbidden"),
        ('title = { zh = "危桥", en = "A weak bridge" }', 'title = { zh = "危桥" }', "pack.title.en: Field required"),
        ('kind = "number"\n', 'kind = "number"\ncolour = "red"\n', "facts.mass_t.colour"),
        ("high = 200", "high = 0", "facts.mass_t.*low below high"),
        ('id = "bridge"\n', 'id = "ford"\n', "the file must be called so"),
        ("date = 2026-01-01", "", "a source without its date"),
        ("[[cases]]", "[[cases]", "bridge.toml: "),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(file: Path, was: str, becomes: str, said: str) -> None:
    assert was in SOUND
    file.write_text(SOUND.replace(was, becomes, 1), "utf-8")
    with pytest.raises(BadPack, match=said) as wrong:
        read(file)
    assert all(line.startswith("bridge.toml: ") for line in str(wrong.value).splitlines())


PASS = """
[facts.load]
kind = "choice"
ask = { zh = "拉什么？", en = "What?" }
label = { zh = "货", en = "Load" }
options = { sand = { zh = "沙", en = "sand" }, food = { zh = "粮", en = "food" } }

[parameters.days]
meaning = { zh = "几天", en = "Days" }
values = [{ value = 3, cite = ["notice#四"] }]

[pass]
name = { zh = "过桥证", en = "Bridge pass" }
goods = "load"
valid_days = "days"
decide_within_of = { heavy = "1wd" }
cite = ["notice#四"]

[[pass.automatic]]
all = ["load == 'food'"]
cite = ["notice#四"]
"""
SOUND_PASS = (
    SOUND.replace('kind = "passage"', 'kind = "need"')
    .replace('verdict = "MANUAL"\nsay', 'verdict = "NEEDED"\nclass = "heavy"\nsay')
    .replace('verdict = "MANUAL"\nrule', 'verdict = "NEEDED"\nclass = "heavy"\nrule')
) + PASS


def test_a_sound_pass_loads(file: Path) -> None:
    file.write_text(SOUND_PASS, "utf-8")
    issuing = read(file).written.issuing
    assert issuing is not None
    assert (issuing.per, issuing.uses, issuing.steps, issuing.issued_by) == ("route", "many", 1, "end")


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ('kind = "need"', 'kind = "other"', "pass: belongs to a pack of the kind need"),
        ('goods = "load"', 'goods = "mass_t"', "pass.goods: mass_t is no choice"),
        ('goods = "load"', 'goods = "cargo"', "pass.goods: cargo is no choice"),
        ('valid_days = "days"', 'valid_days = "weeks"', "pass.valid_days: weeks is no parameter"),
        ("value = 3, ", "value = 0, ", "pass.valid_days: days is to be a number above 0"),
        ("value = 3, ", 'value = "three", ', "pass.valid_days: days is to be a number above 0"),
        ("heavy = ", "light = ", "pass.decide_within_of: light is the class of no rule"),
        ("decide_within_of = { heavy", "decide_within_across = { far", "pass.decide_within_across: far is the class"),
        ('"1wd"', '"1 fortnight"', "pass.decide_within_of"),
        ("all = [\"load == 'food'\"]\n", "", "pass.automatic: a line without a condition"),
        ("load == 'food'", "load == 'gold'", "pass.automatic: "),
        ('valid_days = "days"', "steps = 3", "pass.steps"),
        ('valid_days = "days"', "sample = 2", "pass.sample"),
        ('valid_days = "days"', 'asks = ["blood"]', "pass.asks"),
        ('cite = ["notice#四"]\n\n[[pass', 'cite = ["hearsay"]\n\n[[pass', "pass: cites 'hearsay'"),
        ('cite = ["notice#四"]\n\n[[pass', "[[pass", "pass.cite: Field required"),
    ],
)
def test_what_is_wrong_with_a_pass_is_named(file: Path, was: str, becomes: str, said: str) -> None:
    assert was in SOUND_PASS
    file.write_text(SOUND_PASS.replace(was, becomes, 1), "utf-8")
    with pytest.raises(BadPack, match=said):
        read(file)


def test_a_fact_that_no_condition_asks_for_is_a_fault(file: Path) -> None:
    words = '{ zh = "雨？", en = "Rain?" }'
    unused = f'[facts.rain]\nkind = "yes_no"\nask = {words}\nlabel = {words}\n\n[facts.mass_t]'
    file.write_text(SOUND.replace("[facts.mass_t]", unused), "utf-8")
    with pytest.raises(BadPack, match=r"facts.rain: no condition asks for it"):
        read(file)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, "both hold in 220102 from 2026-01-01"),
        ({"until = 2026-07-01": "until = 2026-05-01"}, "both hold in 220102 from 2026-01-01"),
        ({'["220102"]': '["220103"]', "high = 200": "high = 300"}, "fact mass_t: bridge means something else by it"),
    ],
)
def test_two_packs_of_one_question_neither_overlap_nor_mean_different_things(
    file: Path, changed: dict[str, str], said: str
) -> None:
    text = SOUND.replace('id = "bridge"', 'id = "overpass"', 1)
    for was, becomes in changed.items():
        text = text.replace(was, becomes)
    (file.parent / "overpass.toml").write_text(text, "utf-8")
    shelf.use(file.parent)
    try:
        with pytest.raises(BadPack, match=said):
            shelf.load()
    finally:
        shelf.use(None)
