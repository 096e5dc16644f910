"""How packs stand to each other: the most specific holds, what the nation forbids overrules it, and both are shown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hotline.rules import shelf
from hotline.rules.rulings import Ruling, rule_on
from hotline.rules.shelf import BadPack, Shelf, read

SHELF = Path(__file__).parent / "shelf"
MAY = dt.date(2022, 5, 20)
NANTONG, SUZHOU, BEIJING, XUNWU, CHANGCHUN, JIAOZUO = "320602", "320505", "110101", "360734", "220102", "410802"
FIT = {"risk_stop": False, "in_province": True, "test_age_hours": 30}
GREEN = {"code": "green", "temperature": "normal"}


@pytest.fixture
def books() -> Iterator[Shelf]:
    """What we ship, and beside it a province and a city of our own."""
    shelf.use(SHELF / "bureau")
    yield shelf.load()
    shelf.use(None)


def ruled(books: Shelf, place: str, facts: dict[str, Any], day: dt.date = MAY, scheme: str = "truck_release") -> Ruling:
    return rule_on(books, scheme, place, day, facts)


def rules(found: Ruling) -> list[str]:
    assert found.answer is not None
    return [rule.id for rule in found.answer.rules]


def bans(found: Ruling) -> set[tuple[str, str]]:
    assert found.answer is not None
    return {(ban.pack, ban.forbidden.ground) for ban in found.answer.forbidden}


def overridden(found: Ruling) -> list[tuple[str, str, str]]:
    assert found.answer is not None
    return [(one.rule.id, one.by, one.forbidden.ground) for one in found.answer.overridden]


def test_the_most_specific_pack_wins(books: Shelf) -> None:
    def chain(place: str, day: dt.date = MAY) -> list[str]:
        return [pack.id for pack in books.chain("truck_release", place, day)]

    assert chain(NANTONG) == ["nantong-truck-release-2022", "jiangsu-truck-release-2022", "cn-truck-release-2022"]
    assert chain(SUZHOU) == ["jiangsu-truck-release-2022", "cn-truck-release-2022"]
    assert chain(BEIJING) == ["cn-truck-release-2022"]
    assert chain(NANTONG, dt.date(2022, 5, 10)) == ["jiangsu-truck-release-2022", "cn-truck-release-2022"]
    assert chain(NANTONG, dt.date(2022, 4, 12)) == ["cn-truck-release-2022"]
    assert chain(CHANGCHUN) == ["changchun-truck-release-2022", "cn-truck-release-2022"]
    assert chain(CHANGCHUN, dt.date(2022, 6, 9)) == ["cn-truck-release-2022"]


def test_a_national_must_not_overrules_a_stricter_local_rule_and_both_are_shown(books: Shelf) -> None:
    found = ruled(books, NANTONG, {**FIT, "star": True})
    assert (found.verdict, rules(found)) == ("ALLOW", ["direct"])
    assert overridden(found) == [("star", "cn-truck-release-2022", "star")]
    assert ("cn-truck-release-2022", "star") in bans(found)
    assert found.cited(["n1#二"], "cn-truck-release-2022")[0].source.secondary


def test_what_no_longer_decides_is_not_asked_for(books: Shelf) -> None:
    found = ruled(books, NANTONG, {"risk_stop": False})
    assert found.answer is not None
    assert set(found.answer.unknown) == {"test_age_hours"}


def test_it_is_overruled_only_where_the_ground_is_forbidden(books: Shelf) -> None:
    within = ruled(books, NANTONG, {**FIT, "in_province": False})
    assert (within.verdict, rules(within)) == ("ALLOW", ["direct"])
    assert ("from-elsewhere", "cn-truck-release-2022", "repeat_test") in overridden(within)
    later = ruled(books, NANTONG, {**FIT, "in_province": False, "test_age_hours": 48.5})
    assert (later.verdict, rules(later)) == ("TEST_THEN_ALLOW", ["antigen-first"])
    assert ("from-elsewhere", "cn-truck-release-2022", "repeat_test") not in overridden(later)


def test_what_the_nation_does_not_forbid_stays_stricter(books: Shelf) -> None:
    found = ruled(books, NANTONG, {**FIT, "risk_stop": True, "star": True})
    assert (found.verdict, rules(found)) == ("TEST_THEN_ALLOW", ["risk-stop"])


def test_before_the_nation_forbade_it_the_province_could(books: Shelf) -> None:
    """Repeated tests are forbidden from 18 April; from then the province gives way within 48 hours."""
    facts = {"test_age_hours": 30}
    before = ruled(books, SUZHOU, facts, dt.date(2022, 4, 17))
    assert (before.verdict, overridden(before)) == ("TEST_THEN_ALLOW", [])
    after = ruled(books, SUZHOU, facts, dt.date(2022, 4, 18))
    assert after.answer is not None
    assert after.answer.gap
    assert overridden(after) == [("older-test", "cn-truck-release-2022", "repeat_test")]


def test_the_county_that_may_bind_driving_to_four_hours_gives_way_to_the_nation(books: Shelf) -> None:
    facts = {"situation": "passing", "area": "risk_area", "hours_in_area": 6, "stopped_hours": "none"}
    found = ruled(books, XUNWU, facts, scheme="driver_whitelist")
    assert (found.verdict, rules(found)) == ("NOT_NEEDED", ["by-the-national-text"])
    assert overridden(found) == [("longer-by-the-plan", "cn-driver-whitelist-2022", "star")]


def test_a_county_without_a_word_on_it_still_shows_what_the_nation_forbids(books: Shelf) -> None:
    found = ruled(books, XUNWU, {**GREEN, "test_age_hours": 48, "pass_held": False})
    assert found.verdict == "ALLOW"
    assert {("xunwu-truck-release-2022", "star"), ("cn-truck-release-2022", "no_pass")} <= bans(found)


def test_who_tested_positive_is_not_told_that_he_fits(books: Shelf) -> None:
    fits = {**GREEN, "test_age_hours": 30, "pass_held": False}
    for place in (BEIJING, XUNWU):
        well, ill = (ruled(books, place, {**fits, "crew_positive": is_so}) for is_so in (False, True))
        assert {"layered_rules", "no_pass", "repeat_test"} <= {ground for _, ground in bans(well)}
        assert not {"layered_rules", "no_pass", "repeat_test"} & {ground for _, ground in bans(ill)}
        assert (ill.verdict, ill.answer and ill.answer.class_) == ("MANUAL", "notify_ahead")


def test_changchun_lets_a_truck_go_once_sampled_and_the_nation_does_not_say_so(books: Shelf) -> None:
    late = {**GREEN, "test_age_hours": 60}
    here = ruled(books, CHANGCHUN, {**late, "sampled": True})
    assert (here.verdict, rules(here)) == ("ALLOW", ["sampled-and-gone"])
    assert ruled(books, CHANGCHUN, {**late, "sampled": False}).verdict == "TEST_THEN_ALLOW"
    assert ruled(books, BEIJING, {**late, "at_destination": False}).verdict == "MANUAL"


def test_what_held_on_the_20th_of_april(books: Shelf) -> None:
    day = dt.date(2022, 4, 20)
    found = ruled(books, XUNWU, {**GREEN, "test_age_hours": 30, "pass_held": False}, day)
    assert ([pack.id for pack in found.packs], found.verdict) == (["cn-truck-release-2022"], "ALLOW")
    assert {cite.source.date for cite in found.cited(found.answer.rules[0].cite)} == {dt.date(2022, 4, 18)}  # type: ignore[union-attr]
    assert "no_pass" not in {ground for _, ground in bans(found)}
    assert (
        ruled(books, XUNWU, {"affected_area": False, "origin_has_scheme": True}, day, "pass_need").verdict
        == "SEE_LOCAL"
    )
    assert ruled(books, XUNWU, {}, day, "code_appeal").packs == ()


def test_a_document_that_does_not_say_sends_to_a_person(books: Shelf) -> None:
    filed = {"trip": "entering", "filed": True, "hours_before_arrival": 30}
    found = ruled(books, JIAOZUO, filed, scheme="pre_arrival_filing")
    assert found.answer is not None
    assert (found.verdict, found.answer.parameter) == ("MANUAL", "window_hours")
    late = ruled(books, BEIJING, {**GREEN, "test_age_hours": 50, "at_destination": False})
    assert late.answer is not None
    assert (late.verdict, late.answer.parameter) == ("MANUAL", "en_route_hours")


def test_nothing_is_cited_before_it_was_written(books: Shelf) -> None:
    """Asked as of a day, no answer names a document of a later one."""
    for pack in books.packs.values():
        written = pack.written
        dated: list[Any] = [condition for _, condition in written.conditions()]
        dated += [value for parameter in written.parameters.values() for value in parameter.values]
        for one in dated:
            since = max(one.from_ or written.pack.from_, written.pack.from_)
            late = [cite for cite in one.cite if (day := written.sources[cite.partition("#")[0]].date) and day > since]
            assert not late, f"{pack.id}: {one} cites {late}"


@pytest.mark.parametrize(
    "scheme", ["truck_release", "pass_need", "code_appeal", "driver_whitelist", "pre_arrival_filing"]
)
def test_from_the_ninth_of_december_none_of_it_holds(books: Shelf, scheme: str) -> None:
    for place in (BEIJING, NANTONG, XUNWU, CHANGCHUN, JIAOZUO):
        assert books.chain(scheme, place, dt.date(2022, 12, 8))
        found = ruled(books, place, {}, dt.date(2022, 12, 9), scheme)
        assert found.verdict == "NOT_IN_FORCE"
        assert found.ended is not None


def test_the_reason_that_is_told_is_one_that_holds(books: Shelf) -> None:
    """Two rules may say the same; the driver hears the one whose condition is known to hold."""
    assert rules(ruled(books, BEIJING, {"affected_area": False}, scheme="pass_need"))[0] == "not-affected"
    facts = {"origin_has_scheme": False, "destination_has_scheme": False}
    assert rules(ruled(books, BEIJING, facts, scheme="pass_need"))[0] == "no-scheme"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("cites-nothing", "rules.with-a-star.cite: Field required"),
        ("cites-a-stranger", "rule with-a-star: cites 'n99', which is no source of this pack"),
        ("unknown-fact", "rule with-snow: snow_cm is no fact of this pack"),
        ("unreachable-rule", "rule too-late: can never be reached"),
        ("overlaps-itself", "parameters.stop_hours: two values hold on 2022-05-20"),
        ("wrong-case", "case '带星': verdict is 'ALLOW', not 'MANUAL'"),
    ],
)
def test_a_pack_that_does_not_load_names_file_rule_and_reason(name: str, told: str) -> None:
    with pytest.raises(BadPack) as wrong:
        read(SHELF / f"wrong/{name}.toml")
    assert f"{name}.toml: {told}" in str(wrong.value)


def test_two_packs_for_one_place_and_day_do_not_load(tmp_path: Path) -> None:
    text = (SHELF / "bureau/nantong-truck-release-2022.toml").read_text("utf-8")
    for name in ("one-release", "other-release"):
        (tmp_path / f"{name}.toml").write_text(text.replace("nantong-truck-release-2022", name), "utf-8")
    shelf.use(tmp_path)
    try:
        with pytest.raises(BadPack, match=r"other-release\.toml: other-release and one-release both hold in 320600"):
            shelf.load()
    finally:
        shelf.use(None)


def test_the_common_way_is_short(books: Shelf) -> None:
    """Four taps; what is seldom so is taken not to be, and the answer says that."""

    def taps(said: dict[str, Any], **known: Any) -> tuple[int, str]:
        facts, count = dict(known), 0
        while (found := ruled(books, BEIJING, facts)).answer is not None and (name := found.answer.ask) is not None:
            facts[name], count = said[name], count + 1
        return count, found.verdict

    said = {**GREEN, "test_age_hours": 30, "pass_held": False}
    assert taps(said) == (4, "ALLOW")
    assert taps({**said, "pass_held": True, "cross_province_affected": True}) == (5, "ALLOW_PRIORITY")
    late = {**said, "test_age_hours": 50, "at_destination": True, "antigen": "negative"}
    assert taps(late) == (5, "ALLOW")
    assert taps({**late, "antigen": "not_done"}) == (5, "TEST_THEN_ALLOW")
    assert taps({**said, "code": "red"}) == (1, "MANUAL")
    assert taps(said, checkpoint_kind="not_in_register") == (0, "MANUAL")
    assert taps(said, crew_positive=True) == (0, "MANUAL")
    assert dict(ruled(books, BEIJING, said).assumed) == {"checkpoint_kind": "unknown", "crew_positive": False}


def test_the_example_of_the_guide_loads(tmp_path: Path) -> None:
    guide = (Path(__file__).parents[2] / "docs/packs.md").read_text("utf-8")
    example = guide.partition("```toml\n")[2].partition("```")[0]
    file = tmp_path / "somewhere-truck-release-2022.toml"
    file.write_text(example, "utf-8")
    shelf.use(tmp_path)
    try:
        found = rule_on(shelf.load(), "truck_release", "530129", MAY, {"code": "green", "test_age_hours": 48.5})
        assert found.answer is not None
        assert (found.verdict, found.answer.gap) == ("MANUAL", True)
    finally:
        shelf.use(None)
