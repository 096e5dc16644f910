"""The pages of the rule packs, and the card of the rules that apply to a ticket, without JavaScript."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from handlers.flows import refused
from hotline import decisions
from hotline.rules import shelf
from hotline.rules.rulings import rule_on
from storage.models import Decision, Ticket
from tests.staff.desk import Browser, Desk, Page

FOLDER = Path(__file__).parent / "packs"
MAY = "2022-05-20"


@pytest.fixture(autouse=True)
def packs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Two versions of the nation's rule, a stricter city, a fair of this month, and a template: a folder to spoil."""
    folder = tmp_path / "packs"
    shutil.copytree(FOLDER, folder)
    monkeypatch.setattr(shelf, "FOLDER", folder)
    shelf.use(None)
    yield folder
    shelf.use(None)


def before(text: str, *words: str) -> None:
    """These words stand in the text in this order."""
    at = -1
    for one in words:
        found = text.find(one, at + 1)
        assert found > at, (one, text)
        at = found


async def test_what_holds_here_and_now_comes_first(clerk: Browser) -> None:
    page = await clerk.get("/staff/packs")
    before(
        page.text,
        "吉林省长春市，2026-03-01 生效",
        "灯会期间通行",
        "其他地方和其他时间",
        "大雪通行（模板）",
        "放行（第一版）",
    )
    assert "模板还没有人填写" in page.text
    assert "2025-02-01 之后没有再和原文核对过，已经 393 天" in page.text
    assert "到 2026-03-09 为止，之后没有接上的规则包" in page.text
    assert "有 1 个参数没有写明，碰到就要问人：多少吨以下可以进" in page.text
    assert "python -m bot packs check FILE" in page.text
    assert not page.has_form("/staff/packs/changchun-lanterns-2026")


@pytest.mark.parametrize("place", ["220100", "长春市", "吉林省长春市朝阳区"])
async def test_a_place_by_code_or_name_on_any_day(clerk: Browser, place: str) -> None:
    page = await clerk.get("/staff/packs", params={"place": place, "on": MAY})
    before(
        page.text,
        f"{MAY} 生效",
        "长春放行",
        "放行（第一版）",
        "这里先看更具体的《长春放行》",
        "其他地方和其他时间",
        "放行（第二版）",
    )
    elsewhere = await clerk.get("/staff/packs", params={"place": "全国", "on": MAY})
    before(elsewhere.text, "全国，2022-05-20 生效", "放行（第一版）", "其他地方和其他时间", "长春放行")


async def test_one_scheme_alone_and_words_that_cannot_be_read(clerk: Browser) -> None:
    page = await clerk.get("/staff/packs?scheme=weather_control")
    assert "大雪通行" in page.text
    assert "放行（第一版）" not in page.text
    assert "没有认出“月球”是哪里" in (await clerk.get("/staff/packs?place=月球")).text
    assert "没有认出日期“昨天”" in (await clerk.get("/staff/packs?on=昨天")).text
    for odd in (
        "?place=%00&on=0001-01-01",
        "?on=9999-12-31",
        "?scheme=%F0%9F%90%89",
        "/diff?one=x&other=y",
        "/try?scheme=x",
    ):
        assert (await clerk.get(f"/staff/packs{odd}")).status == 200, odd


async def test_a_pack_reads_in_words_beside_its_expressions(clerk: Browser) -> None:
    page = await clerk.get(f"/staff/packs/small-release-2022a?on={MAY}")
    for words in (
        "核酸 ≤ 48小时 test_age_hours <= test_hours", "健康码：红码 code == 'red'",
        "核酸：没做过 test_age_hours == none",
        "到 2022-04-30 为止", "72小时", "《第一号通知》 试〔2022〕1号", "转载",
        "不能因为带星拦车",        "带好行驶证", "绿码，40小时", "可以通行", "都和预期一致",
        "终止依据：《第二号通知》", "2022-04-11 至 2022-06-23", "0 到 720 小时；没做过",
    ):  # fmt: skip
        assert words in page.text, words
    earlier = await clerk.get("/staff/packs/small-release-2022a?on=2020-01-01")
    assert "核酸 ≤ 72小时" in earlier.text
    assert "数按 2022-04-11 的取" in earlier.text
    assert "/staff/packs/diff?one=small-release-2022a&other=small-release-2022b" in page.links
    lanterns = await clerk.get("/staff/packs/changchun-lanterns-2026")
    for words in ("总质量 ≤ ？（没有写明）", "日子：不是灯会当天或前一天", "总质量 ≠ 12吨", "lantern_fair", "没有写明"):
        assert words in lanterns.text, words
    assert "雪深：0厘米或1厘米" in (await clerk.get("/staff/packs/snow-template")).text
    assert (await clerk.get("/staff/packs/nothing-2022")).status == 404


async def test_two_versions_next_to_each_other_in_words(clerk: Browser) -> None:
    choose = await clerk.get("/staff/packs/diff")
    link = next(one for one in choose.links if "one=small-release-2022a" in one)
    page = await clerk.get(link)
    for words in (
        "生效日期：2022-04-11 改为 2022-06-24", "不再引用：《第一号通知》", "不再问：健康码",
        "结论由“可以通行”改为“可以优先通行”：核酸有效，优先走。",
        "取消规则（现场检测后放行）：先做核酸再走。", "不再禁止：不能因为带星拦车。",
    ):  # fmt: skip
        assert words in page.text, words
    back = await clerk.get("/staff/packs/diff?one=small-release-2022b&other=small-release-2022b")
    assert "两个包说的完全一样" in back.text
    assert any("one=small-release-2022a&other=small-release-2022b" in one for one in back.links)
    city = await clerk.get("/staff/packs/diff?one=small-release-2022a&other=changchun-release-2022")
    assert "层级：全国 改为 市级" in city.text
    assert "适用地区：全国 改为 吉林省长春市" in city.text
    assert "没有叫 gone 的规则包" in (await clerk.get("/staff/packs/diff?one=gone&other=x")).text


async def test_a_condition_that_changed_reads_in_words(clerk: Browser, packs: Path) -> None:
    file = packs / "small-release-2022b.toml"
    file.write_text(
        file.read_text("utf-8").replace('["test_age_hours <= test_hours"]', '["test_age_hours < 12"]'), "utf-8"
    )
    file.write_text(
        file.read_text("utf-8")
        .replace('"ALLOW_PRIORITY"', '"ALLOW"')
        .replace("test_age_hours = 12", "test_age_hours = 6"),
        "utf-8",
    )
    page = await clerk.get("/staff/packs/diff?one=small-release-2022a&other=small-release-2022b")
    assert "规则 fresh 的条件：核酸 ≤ 72小时 改为 核酸 < 12小时" in page.text


TRY = f"/staff/packs/try?scheme=truck_release&place=220000&on={MAY}"


async def test_facts_in_verdict_and_trace_out(clerk: Browser) -> None:
    empty = await clerk.get(TRY)
    before(
        empty.text,
        "健康码是什么颜色？ 下一个要问的",
        "还定不下来",
        "可能是：要由工作人员判断、可以通行或现场检测后放行",
        "还要知道（按先后）：健康码；核酸",
    )
    before(empty.text, "不能因为带星拦车", "逐条经过", "还有可能", "还要看：健康码：红码")
    page = await clerk.get(f"{TRY}&fact_code=green&fact_test_age_hours=48")
    before(
        page.text,
        "可以通行",
        "核酸有效，可以走。",
        "出示健康码。",
        "《第一号通知》",
        "有效期内不能重复检测",
        "带好行驶证",
    )
    before(
        page.text,
        "不成立 要由工作人员判断 red",
        "因为不成立：健康码：红码",
        "由它决定 可以通行 fresh",
        "不成立",
        "stale",
    )
    assert 'value="48"' in page.html
    red = await clerk.get(f"{TRY}&fact_code=red&fact_test_age_hours=40")
    before(red.text, "由它决定 要由工作人员判断 red", "轮不到 可以通行 fresh", "不成立", "stale")
    never = await clerk.get(f"{TRY}&fact_code=green&fact_test_age_hours=&fact_test_age_hours=none")
    before(never.text, "现场检测后放行", "由它决定 现场检测后放行 stale", "因为成立：核酸：没做过")


async def test_as_of_any_day(clerk: Browser) -> None:
    """What held on 20 April: 72 hours were enough; and after the last day nothing holds."""
    facts = "fact_code=green&fact_test_age_hours=60"
    april = await clerk.get(f"{TRY.replace(MAY, '2022-04-20')}&{facts}")
    assert "核酸有效，可以走。" in april.text
    assert "先做核酸再走。" in (await clerk.get(f"{TRY}&{facts}")).text
    after = await clerk.get(f"{TRY.replace(MAY, '2022-12-09')}&{facts}")
    before(after.text, "没有生效的规定", "《放行（第二版）》的规定到 2022-12-08 为止", "看最后一天怎么说")
    last = await clerk.get(next(one for one in after.links if "on=2022-12-08" in one))
    assert "核酸几小时了？" in last.text


async def test_a_stricter_local_rule_stands_beside_the_wider_one(clerk: Browser) -> None:
    page = await clerk.get(f"{TRY.replace('220000', '220104')}&fact_star=yes&fact_waited_hours=3")
    before(
        page.text,
        "当地更严、与上级规定相抵的说法",
        "带星的到旁边等。",
        "以上级规定为准：不能因为带星拦车。",
        "《第一号通知》",
    )
    before(page.text, "被上级规定取代 要由工作人员判断 star-back", "更宽的规定不许这样：不能因为带星拦车。", "由它决定")
    assert "文件没有写明“几小时算等得太久”" in page.text


async def test_what_a_fact_cannot_be_is_told_at_its_field(clerk: Browser) -> None:
    page = await clerk.get(f"{TRY}&fact_code=blue&fact_test_age_hours=900")
    assert "请从列表里选一项" in page.text
    assert "请写一个 0 到 720 之间的数" in page.text
    assert "还定不下来" in page.text
    for odd in ("nan", "inf", "1e400", "-1", "%00", "x" * 200, "<script>"):
        odd_page = await clerk.get(f"{TRY}&fact_test_age_hours={odd}")
        assert odd_page.status == 200, odd
        assert "<script>" not in odd_page.html.partition("packs/try")[2].replace('<script type="module"', "")


async def test_a_file_that_does_not_load_is_told_and_the_packs_before_stay(clerk: Browser, packs: Path) -> None:
    assert "灯会期间通行" in (await clerk.get("/staff/packs")).text
    file = packs / "snow-template.toml"
    whole = file.read_text("utf-8")
    file.write_text(whole.replace("snow_cm in", "hail_cm in"), "utf-8")
    for address in ("/staff/packs", "/staff/packs/diff", TRY, "/staff/packs/small-release-2022a"):
        page = await clerk.get(address)
        assert "snow-template.toml: rule little: hail_cm is no fact of this pack" in page.text, address
        assert "答复仍按上次读好的规则包" in page.text
        assert "放行" in page.text
    file.write_text(whole, "utf-8")
    assert "hail_cm" not in (await clerk.get("/staff/packs")).text


async def test_before_anything_was_loaded_the_pages_still_say_what_is_wrong(
    desk: Desk, clerk: Browser, packs: Path
) -> None:
    (packs / "broken.toml").write_text("[pack", "utf-8")
    shelf.use(None)
    for address in ("/staff/packs", "/staff/packs/diff", TRY):
        page = await clerk.get(address)
        assert (page.status, "暂时没有可用的规则包" in page.text, "broken.toml" in page.text) == (200, True, True)
    assert (await clerk.get("/staff/packs/small-release-2022a")).status == 404
    ticket = await desk.report()
    assert (await at(clerk, ticket)).status == 200


async def at(clerk: Browser, ticket: Ticket) -> Page:
    return await clerk.get(f"/staff/tickets/{ticket.number}")


def card(page: Page) -> str:
    """The words of the card alone."""
    _, title, words = page.text.partition("相关规定")
    return title and words


async def kept(desk: Desk, facts: dict[str, Any], day: dt.date, place: str = "220100") -> Decision:
    ruling = rule_on(shelf.current(), "truck_release", place, day, facts)
    async with desk.db.write() as tx:
        return await decisions.keep(tx, ruling, facts, None, desk.clock())


async def test_a_refused_answer_stands_on_its_ticket_with_the_clause(desk: Desk, clerk: Browser) -> None:
    decision = await kept(desk, {"code": "green", "test_age_hours": 30}, dt.date(2022, 5, 20), "220000")
    answers = {"decision": decision.code, "ground": "repeat_test"}
    page = await at(clerk, await desk.report(what="repeat_test", answers=answers))
    before(
        card(page),
        "对方理由",
        "要重复做核酸",
        "我们答复",
        "可以通行",
        "2022-05-20",
        "答复卡片",
        "有效期内不能重复检测。",
        "《第一号通知》",
    )
    assert f"/rules/{decision.code}" in page.links
    other = await at(clerk, await desk.report("G12 双阳收费站", answers=answers | {"ground": "other"}))
    assert "别的理由 / 没说" in card(other)
    assert "核酸有效，可以走。" in card(other)


async def test_other_blockages_show_the_grounds_that_fit_on_the_day_they_were_opened(desk: Desk) -> None:
    desk.clock.at = dt.datetime(2022, 5, 20, 4, tzinfo=dt.UTC)
    starred = await desk.report("G12 双阳收费站", what="star_refused")
    repeated = await desk.report("G12 长春东收费站", what="repeat_test")
    desk.clock.pass_(days=40)
    async with desk.browser("li") as browser:
        page = await at(browser, starred)
        before(card(page), "不能以这样的理由拦车", "不能因为带星拦车", "长春放行", "放行（第一版）", "试一试")
        assert "重复检测" not in card(page)
        assert any("/try?scheme=truck_release&place=2201" in one and "on=2022-05-20" in one for one in page.links)
        before(card(await at(browser, repeated)), "有效期内不能重复检测", "前提：核酸 ≤ 48小时")


async def test_where_nothing_was_in_force_one_quiet_line_says_so(desk: Desk, clerk: Browser) -> None:
    page = await at(clerk, await desk.report())
    assert "2026-03-01 在吉林省长春市没有生效的相关规则包。 《放行（第二版）》到 2022-12-08 为止。" in card(page)
    help_ = await at(clerk, await desk.report(kind="help", what="food"))
    assert not card(help_)


async def test_an_answer_that_is_forgotten_or_no_longer_understood(desk: Desk, clerk: Browser, packs: Path) -> None:
    decision = await kept(desk, {"code": "green", "test_age_hours": 30}, dt.date(2022, 5, 20), "220000")
    gone = await desk.report(answers={"decision": "ABCDEFGHJKMN", "ground": "star"})
    assert "没有生效的相关规则包" in card(await at(clerk, gone))
    ticket = await desk.report("G12 双阳收费站", answers={"decision": decision.code, "ground": "star"})
    for file in packs.glob("*release*.toml"):
        file.write_text(file.read_text("utf-8").replace("code", "colour"), "utf-8")
    shelf.use(None)
    assert "没有生效的相关规则包" in card(await at(clerk, ticket))


def test_every_ground_of_a_report_is_one_that_a_ticket_can_be_about() -> None:
    from hotline.blockages import KINDS

    assert set(refused.WHAT.values()) <= set(KINDS)


async def test_the_card_costs_one_statement_at_most(desk: Desk, clerk: Browser) -> None:
    decision = await kept(desk, {"code": "green"}, dt.date(2022, 5, 20), "220000")
    said: list[str] = []

    def hear(_connection: Any, _cursor: Any, text: str, *_more: Any) -> None:
        said.append(text)

    async def cost(ticket: Ticket) -> int:
        said.clear()
        await at(clerk, ticket)
        return sum(" decision" in text for text in said)

    for engine in {desk.db._reader.sync_engine, desk.db._writer.sync_engine}:
        event.listen(engine, "before_cursor_execute", hear)
    assert await cost(await desk.report()) == 0
    answers = {"decision": decision.code, "ground": "star"}
    assert await cost(await desk.report("G12 双阳收费站", answers=answers)) == 1
    for engine in {desk.db._reader.sync_engine, desk.db._writer.sync_engine}:
        event.remove(engine, "before_cursor_execute", hear)
