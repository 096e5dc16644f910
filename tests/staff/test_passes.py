"""The pages on which passes are reviewed, without JavaScript: queue, one application, several at once, blocks, keys."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from handlers.staff import passes as pages
from hotline.firms.registering import grams_of
from hotline.passes import applying, blocks, deciding
from storage import attachments, files, firms
from storage import staff as people
from storage.models import Attachment, Audit, Block, Outbox, Pass, SigningKey, Vehicle
from tests.staff.desk import Browser, Desk
from tests.support.passes import CITY, OTHER_CITY, by_day, contact, firm, packs, wish
from tests.support.photo import png

__all__ = ["packs"]

pytestmark = pytest.mark.usefixtures("packs")

USCC = "91220100MA0000001L"
NAMES = "张王李赵孙"


@pytest.fixture
async def bureau(desk: Desk) -> Desk:
    """The desk with serials for both cities, and a reviewer of the province beside those of the city."""
    async with desk.db.write() as tx:
        boss = await people.by_login(tx, "zong")
        assert boss is not None
        boss.division = "220000"
        for city in (CITY, OTHER_CITY):
            await blocks.allot(tx, boss, city, 1, 500, "测试〔2026〕1号", desk.clock())
    return desk


async def submit(desk: Desk, *wishes: Any, by: str = "driver", plain: bool = False) -> list[int]:
    """Applications of a driver; `plain`: of a verified firm that has these trucks on its list."""
    now = desk.clock()
    async with desk.db.write() as tx:
        who = await contact(tx, by, now)
        firm_id = (await firm(tx, who, now, uscc=USCC)).id if plain else None
        if firm_id:
            await firms.find_by(tx, firm_id, grams_of("某某物流有限公司"))
        made = []
        for n, one in enumerate(wishes):
            own = {"firm_id": firm_id, "crew": ({"name": f"{NAMES[n % len(NAMES)]}三"},)}
            asked = replace(one, **own) if firm_id else one
            if firm_id:
                tx.add(Vehicle(firm_id=firm_id, plate=one.plate, colour=one.colour, added_at=now))
            made.append((await applying.apply(tx, who, asked, now)).id or 0)
        return made


async def the(desk: Desk, pass_id: int) -> Pass:
    async with desk.db.read() as tx:
        return await tx.get_one(Pass, pass_id)


async def audited(desk: Desk) -> list[str]:
    async with desk.db.read() as tx:
        return [row.what for row in await tx.scalars(select(Audit).order_by(col(Audit.id)))]


@pytest.fixture
async def boss(bureau: Desk) -> AsyncIterator[Browser]:
    async with bureau.browser("zong") as browser:
        yield browser


# One application


async def test_an_application_stands_beside_its_checks_and_the_rules_and_is_issued(
    bureau: Desk, clerk: Browser
) -> None:
    [one] = await submit(bureau, wish(bureau.clock(), trailer="吉B1234挂"))
    page = await clerk.get(f"/staff/passes/{one}")
    for words in (
        "吉A12345", "吉B1234挂", "黄牌", "农业生产物资", "辽宁省沈阳市和平区", "吉林省长春市朝阳区", "经过管控路段：是",
        "以个人名义申请", "号牌规格对", "直线约", "这辆车没有别的申请", "还有 500 个",
        "要办保供通行证：网上申请，即接即办。", "《保供通行证管理办法（测试）》", "一辆车、一条线路", "10 天", "1 个人",
    ):  # fmt: skip
        assert words in page.text, words
    assert "张*" in page.text
    assert "张三" not in page.text
    page = await clerk.send(page, "/approve", cite="t#三")
    assert "已发证 220100000001，到 3月11日 12:00 有效" in page.text
    assert "依据：《保供通行证管理办法（测试）》" in page.text
    found = await the(bureau, one)
    assert (found.state, found.basis) == ("issued", {"pack": "test-pass-need", "cite": "t#三"})
    assert not page.has_form("/refuse")
    async with bureau.db.read() as tx:
        told = [row.key for row in await tx.scalars(select(Outbox))]
    assert told == ["pass.told.issued"]


async def test_names_are_shown_whole_once_and_that_is_on_record(bureau: Desk, clerk: Browser) -> None:
    [one] = await submit(bureau, wish(bureau.clock()), plain=True)
    page = await clerk.get(f"/staff/passes/{one}")
    assert "李*" in page.text
    assert "138****0000" in page.text
    whole = await clerk.send(page, "/unmask")
    assert "张三" in whole.text
    assert "13800000000" in whole.text
    assert "张三" not in (await clerk.send(page, "/unmask")).text
    assert (await audited(bureau)).count("pass.unmasked") == 1
    async with bureau.browser("wang") as lead:
        assert "看了通行证申请的全名和电话" in (await lead.get("/staff/audit")).text


async def test_what_is_missing_is_ticked_and_asked_once(bureau: Desk, clerk: Browser) -> None:
    [one] = await submit(bureau, wish(bureau.clock()))
    page = await clerk.get(f"/staff/passes/{one}")
    page = await clerk.send(page, "/send_back", words="请把第二名驾驶员也写上")
    assert page.status == 422
    assert "请至少勾一项要补的" in page.text
    assert "请把第二名驾驶员也写上" in page.html
    page = await clerk.send(page, "/send_back", words="请把第二名驾驶员也写上", **{"missing-crew": "yes"})
    assert "已退回，申请人会看到要补什么" in page.text
    assert "要补：司乘人员姓名" in page.text
    assert not page.has_form("/approve")
    assert "等补正" in (await clerk.get("/staff/passes?tab=returned")).text
    async with bureau.db.write() as tx:
        who = await contact(tx, "driver", bureau.clock())
        more = wish(bureau.clock(), crew=({"name": "张三"}, {"name": "王五"}))
        await applying.complete(tx, one, who, more, bureau.clock())
    page = await clerk.get(f"/staff/passes/{one}")
    assert "已经一次告知过" in page.text
    assert "missing-photos" not in page.html


async def test_a_refusal_and_a_revocation_cite_their_clause(bureau: Desk, clerk: Browser) -> None:
    first, second = await submit(bureau, wish(bureau.clock()), wish(bureau.clock(), plate="吉A54321"))
    page = await clerk.get(f"/staff/passes/{first}")
    page = await clerk.send(page, "/refuse", cite="t#二", words="这种货走别的流程")
    assert "已记不予办理" in page.text
    assert "这种货走别的流程" in page.text
    page = await clerk.send(await clerk.get(f"/staff/passes/{second}"), "/approve", cite="t#二")
    assert not page.has_form("/revoke")
    (checks,) = [one for one in page.links if one.startswith("/staff/scans?number=")]
    assert "没有证号" not in (await clerk.get(checks)).text
    async with bureau.browser("wang") as lead:
        page = await lead.get(f"/staff/passes/{second}")
        page = await lead.send(page, "/revoke", cite="t#一", words=" ")
        assert page.status == 422
        page = await lead.send(page, "/revoke", cite="t#一", words="转借他人")
        assert "220100000001 已注销" in page.text
    forged = await clerk.get("/staff/passes")
    fields = {"form": await clerk.token(), "once": "0123456789abcdef", "cite": "t#一", "words": "x"}
    assert (await clerk.post(f"/staff/passes/{second}/revoke", fields)).status == 403
    assert forged.status == 200


async def test_two_steps_are_two_people_and_the_second_says_until_when(bureau: Desk, boss: Browser) -> None:
    [one] = await submit(bureau, by_day(bureau.clock()))
    await bureau.hire("qian", "admin")
    page = await boss.get(f"/staff/passes/{one}")
    assert "规则没写几天，由审核人定" in page.text
    page = await boss.send(page, "/approve", cite="t#二")
    assert "初审通过，等另一位同事复核" in page.text
    assert "您已初审通过，请另一位同事复核" in page.text
    assert not page.has_form("/approve")
    async with bureau.db.write() as tx:
        qian = await people.by_login(tx, "qian")
        assert qian is not None
        qian.division = "220000"
    async with bureau.browser("qian") as other:
        page = await other.get(f"/staff/passes/{one}")
        assert "zong 初审通过，您来复核" in page.text
        for until, words in (("", "请定一个到期日"), ("gestern", "请选一个日期"), ("2026-02-28", "没开始就结束了")):
            page = await other.send(page, "/approve", cite="t#二", until=until)
            assert (page.status, words in page.text) == (422, True), page.text
        page = await other.send(page, "/approve", cite="t#二", until="2026-03-03")
        assert "已发证 220200000001，到 3月4日 00:00 有效" in page.text


async def test_a_sample_is_looked_at(bureau: Desk, clerk: Browser) -> None:
    one, other = await submit(
        bureau, wish(bureau.clock(), goods="daily"), wish(bureau.clock(), goods="daily", plate="吉A54321"), plain=True
    )
    async with bureau.db.write() as tx:
        for pass_id in (one, other):
            (await tx.get_one(Pass, pass_id)).sample = "due"
    listed = await clerk.get("/staff/passes?tab=samples")
    assert "吉A54321" in listed.text
    page = await clerk.send(await clerk.get(f"/staff/passes/{one}"), "/keep")
    assert "抽查记好了" in page.text
    assert not page.has_form("/unfit")
    async with bureau.browser("wang") as lead:
        page = await lead.get(f"/staff/passes/{other}")
        page = await lead.send(page, "/unfit", cite="t#四", words="不是生活必需品")
    assert "已注销，抽查记好了" in page.text
    assert (await the(bureau, other)).state == "revoked"


async def test_a_pass_whose_pack_is_gone_is_still_seen_and_revoked(bureau: Desk, clerk: Browser) -> None:
    [one] = await submit(bureau, wish(bureau.clock()))
    await clerk.send(await clerk.get(f"/staff/passes/{one}"), "/approve", cite="t#二")
    async with bureau.db.write() as tx:
        (await tx.get_one(Pass, one)).pack = "gone-by-now"
    async with bureau.browser("wang") as lead:
        page = await lead.get(f"/staff/passes/{one}")
        assert "规则包 gone-by-now 现在不在" in page.text
        assert "请从规则包的条款里选一条" in (await lead.send(page, "/revoke", cite=" ", words="转借他人")).text
        page = await lead.send(page, "/revoke", cite="办法第七条", words="转借他人")
        assert "220100000001 已注销" in page.text
        assert "依据：办法第七条" in page.text


async def test_a_colleague_was_quicker(bureau: Desk, clerk: Browser) -> None:
    [one] = await submit(bureau, wish(bureau.clock()))
    page = await clerk.get(f"/staff/passes/{one}")
    async with bureau.browser("wang") as lead:
        await lead.send(await lead.get(f"/staff/passes/{one}"), "/approve", cite="t#二")
    late = await clerk.send(page, "/refuse", cite="t#二", words="不符")
    assert "它现在是“有效”" in late.text
    assert (await clerk.send(page, "/refuse", cite="t#二", words="不符")).status == 422
    assert (await the(bureau, one)).state == "issued"


async def test_beyond_ones_division_there_is_nothing(bureau: Desk, clerk: Browser) -> None:
    [far] = await submit(bureau, by_day(bureau.clock()))
    assert (await clerk.get(f"/staff/passes/{far}")).status == 404
    assert "吉A12345" not in (await clerk.get("/staff/passes")).text
    assert "在您的辖区没有申请过" in (await clerk.get("/staff/passes?q=吉A12345")).text
    assert (await clerk.get("/staff/passes/999999")).status == 404


async def test_photos_are_seen_by_those_who_decide(bureau: Desk, clerk: Browser) -> None:
    kept = files.keep(bureau.house.files, png(90))
    async with bureau.db.write() as tx:
        shown, waits = (
            await attachments.keep(tx, "web", "main", "driver", kept, bureau.clock()),
            (await _wanted(tx, bureau)).id,
        )
    one, other = await submit(
        bureau, wish(bureau.clock(), photos=[shown, waits]), wish(bureau.clock(), plate="吉A54321")
    )
    page = await clerk.get(f"/staff/passes/{one}")
    assert f'src="/staff/passes/{one}/photos/{shown}?small"' in page.html
    async with clerk.client.get(f"/staff/passes/{one}/photos/{shown}?small") as answer:
        assert (answer.status, answer.content_type) == (200, "image/jpeg")
    for pass_id, photo in ((one, waits), (one, 999), (other, shown), (999, shown)):
        assert (await clerk.get(f"/staff/passes/{pass_id}/photos/{photo}")).status == 404
    assert (await clerk.get(f"/staff/photos/{shown}")).status == 404


async def _wanted(tx: Any, desk: Desk) -> Attachment:
    """A photo that no worker has fetched yet."""
    made = Attachment(
        channel="web", account="main", address="driver", ref="r", created_at=desk.clock(), due_at=desk.clock()
    )
    tx.add(made)
    await tx.flush()
    return made


# The queue


async def test_the_queue_is_by_what_is_owed_first_and_goes_on_where_it_ended(
    bureau: Desk, clerk: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "PAGE", 2)
    now = bureau.clock()
    plates = [f"吉A1234{n}" for n in range(5)]
    await submit(bureau, *(wish(now, plate=plate, goods="farming") for plate in plates))
    bureau.clock.pass_(minutes=115)
    first = await clerk.get("/staff/passes")
    assert "审完还剩 5 分" in first.text
    seen, page = [], first
    for _ in range(3):
        seen += [plate for plate in plates if plate in page.text]
        onward = [link for link in page.links if "after=" in link]
        page = await clerk.get(onward[0]) if onward else page
    assert seen == plates
    for odd in ("after=x", "after=2026-01-01~x", "tab=x", "after=9999-99-99~1", "tab=live&after=x", "q=a%00"):
        assert (await clerk.get(f"/staff/passes?{odd}")).status == 200, odd


async def test_a_pass_is_found_by_number_plate_and_firm(bureau: Desk, clerk: Browser) -> None:
    one, two = await submit(bureau, wish(bureau.clock()), wish(bureau.clock(), plate="吉A54321"), plain=True)
    async with bureau.db.write() as tx:
        li = await people.by_login(tx, "li")
        assert li is not None
        await deciding.approve(tx, li, one, bureau.clock())
    page = await clerk.get("/staff/passes?q=220100000001")
    assert page.address.path == f"/staff/passes/{one}"
    found = await clerk.get("/staff/passes?q=吉A·54321")
    assert f"/staff/passes/{two}" in found.links
    assert f"/staff/passes/{one}" not in found.links
    for typed in (USCC, "某某物流"):
        page = await clerk.get(f"/staff/passes?q={typed}")
        assert {f"/staff/passes/{one}", f"/staff/passes/{two}"} <= set(page.links), typed
    assert "没有找到" in (await clerk.get("/staff/passes?q=查无此户")).text


async def test_the_next_one_is_shared_out(bureau: Desk, clerk: Browser, boss: Browser) -> None:
    assert "都审完了，歇一歇" in (await clerk.get("/staff/passes/next")).text
    await submit(bureau, *(wish(bureau.clock(), plate=f"吉A1234{n}") for n in range(8)))
    mine, theirs = [(await one.get("/staff/passes/next")).address.path for one in (clerk, boss)]
    assert mine.startswith("/staff/passes/")
    assert (await clerk.get("/staff/passes/next")).address.path == mine
    assert theirs.startswith("/staff/passes/")
    assert "通行证 8" in (await clerk.get("/staff/help")).text


# Several at once


async def test_plain_ones_are_approved_together_and_each_by_itself(bureau: Desk, clerk: Browser) -> None:
    now = bureau.clock()
    ids = await submit(bureau, *(wish(now, plate=f"吉A1234{n}") for n in range(3)), plain=True)
    [odd] = await submit(bureau, wish(now, plate="吉A99999"), by="other")
    listed = await clerk.get("/staff/passes")
    assert "都对得上" in listed.text
    assert f'value="{odd}" form="bulk"' not in listed.html
    page = await clerk.get("/staff/passes/bulk?" + "&".join(f"pass={one}" for one in (*ids, odd)))
    assert "批准这 3 份" in page.text
    assert "要一份一份看的 1 份" in page.text
    assert "以个人名义申请" in page.text
    async with bureau.db.write() as tx:
        who = await contact(tx, "driver", now)
        await applying.withdraw(tx, ids[0], who, now)
    done = await clerk.send(page, "/bulk")
    assert "批准了 2 份" in done.text
    assert "它现在是“已撤回”" in done.text
    assert [(await the(bureau, one)).number for one in ids] == [None, "220100000001", "220100000002"]
    assert "刚才已经交过" in (await clerk.send(page, "/bulk")).text
    assert "没有可以一起批的" in (await clerk.get(f"/staff/passes/bulk?pass={odd}&pass=x")).text


async def test_what_became_amiss_in_between_is_left(bureau: Desk, clerk: Browser) -> None:
    now = bureau.clock()
    ids = await submit(bureau, *(wish(now, plate=f"吉A1234{n}") for n in range(2)), plain=True)
    page = await clerk.get("/staff/passes/bulk?" + "&".join(f"pass={one}" for one in ids))
    async with bureau.db.write() as tx:
        [block, *_] = (await tx.scalars(select(Block).order_by(col(Block.id)))).all()
        block.last_serial = 1
    done = await clerk.send(page, "/bulk")
    assert "批准了 1 份" in done.text
    assert "号段用完了" in done.text


# Blocks and keys


async def test_serials_are_allotted_and_counted(bureau: Desk, boss: Browser, clerk: Browser) -> None:
    assert (await clerk.get("/staff/passes/blocks")).status == 403
    page = await boss.get("/staff/passes/blocks")
    assert "220100000001–220100000500" in page.text
    typed = {"division": "长春市", "document": "某函〔2026〕8号"}
    page = await boss.send(page, "/blocks", first="000400", last="000600", **typed)
    assert page.status == 422
    assert "和已有的号段 000001—000500 重了" in page.text
    assert 'value="000600"' in page.html
    page = await boss.send(page, "/blocks", division="无此地", first="501", last="600", document="某函")
    assert "号段给您辖区里的一个行政区划" in page.text
    page = await boss.send(page, "/blocks", first="501", last="六百", **typed)
    assert "序号从 1 到" in page.text
    page = await boss.send(page, "/blocks", first="501", last="600", **typed)
    assert "分好了：220100000501 到 220100000600" in page.text
    [one] = await submit(bureau, wish(bureau.clock()))
    await boss.send(await boss.get(f"/staff/passes/{one}"), "/approve", cite="t#二")
    page = await boss.get("/staff/passes/blocks?count=1")
    assert "对得上：1 个号都在，没有空号，没有重号。 220100000001–220100000001" in page.text
    assert "pass.block_allotted" in await audited(bureau)


async def test_keys_rotate(bureau: Desk, boss: Browser, clerk: Browser) -> None:
    assert (await clerk.get("/staff/passes/keys")).status == 403
    page = await boss.get("/staff/passes/keys")
    assert "还没有密钥" in page.text
    page = await boss.send(page, "/keys")
    assert "请先勾上" in page.text
    page = await boss.send(page, "/keys", sure="yes")
    page = await boss.send(page, "/keys", sure="yes")
    assert "第 2 把密钥从现在起签名" in page.text
    assert "只验不签" in page.text
    async with bureau.db.read() as tx:
        assert len((await tx.scalars(select(SigningKey))).all()) == 2
        [key, *_] = (await tx.scalars(select(SigningKey))).all()
    assert key.private not in page.html


async def test_every_page_reads_in_english(bureau: Desk) -> None:
    await bureau.hire("amy", "admin", language="en")
    now = bureau.clock()
    [one, _] = await submit(bureau, wish(now), wish(now, plate="吉A54321", until_wished=now + timedelta(hours=2)))
    async with bureau.browser("amy") as amy:
        texts = [
            (await amy.get(address)).text
            for address in (
                "/staff/passes", f"/staff/passes/{one}", "/staff/passes/blocks", "/staff/passes/keys",
                f"/staff/passes/bulk?pass={one}", "/staff/passes?tab=live", "/staff/passes?tab=ended",
            )
        ]  # fmt: skip
    assert "What the rules say" in texts[1]
    assert "1 application" in texts[4] or "None of these" in texts[4]
