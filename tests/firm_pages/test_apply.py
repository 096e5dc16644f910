"""Applying in the browser: the way, what the rules ask, the truck, a look, and one press."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from storage import passes as ledger
from storage.models import Firm, Pass
from tests.firm_pages.counter import DAILY, FARMING, TRUCK, WAY, Visitor
from tests.staff.desk import Page


async def passes(visitor: Visitor) -> list[Pass]:
    async with visitor.desk.db.read() as tx:
        return list((await tx.scalars(select(Pass).order_by(Pass.id))).all())  # type: ignore[arg-type]


async def test_a_driver_walks_from_the_way_to_the_press(driver: Visitor) -> None:
    page = await driver.see("/apply")
    assert page.status == 200
    assert "从哪里出发" in page.text
    page = await driver.see("/apply?from=沈阳市和平区&to=长春市朝阳区&scheme=pass_need")
    assert "这趟要走正在管控的路段吗？" in page.text
    page = await driver.see(WAY)
    assert "拉的是什么货？" in page.text
    page = await driver.see(FARMING)
    assert "要办保供通行证" in page.text
    page = await driver.upload(page, "/apply/look", **TRUCK)
    assert page.status == 200
    assert "吉A12345（黄牌）" in page.text
    assert "农业生产物资" in page.text
    assert "前有结果" in page.text
    assert await passes(driver) == []
    page = await driver.send(page, "/apply/submit")
    assert page.status == 200
    assert "收到 吉A12345 的申请" in page.text
    [pass_] = await passes(driver)
    assert (pass_.state, pass_.plate, pass_.goods, pass_.facts) == (
        "applied",
        "吉A12345",
        "farming",
        {"controlled": True},
    )
    assert pass_.crew == [{"name": "张三"}]
    assert page.address.path == f"/passes/{pass_.code}/about"


async def test_sent_twice_it_is_applied_for_once(driver: Visitor) -> None:
    looked = await driver.upload(await driver.see(FARMING), "/apply/look", **TRUCK)
    first, second = await driver.send(looked, "/apply/submit"), await driver.send(looked, "/apply/submit")
    assert first.status == second.status == 200
    assert second.address.path == "/passes"
    assert len(await passes(driver)) == 1


async def test_a_trip_that_needs_none_is_told_so_and_keeps_its_card(driver: Visitor) -> None:
    page = await driver.see("/apply?from=沈阳市和平区&to=长春市朝阳区&scheme=pass_need&fact_controlled=no")
    assert "这趟不用办通行证" in page.text
    assert "测试〔2025〕1号" in page.text
    card = await driver.send(page, "/apply/keep")
    assert card.address.path.startswith("/rules/")
    assert card.status == 200


async def test_a_verified_firm_has_its_plain_pass_at_once(clerk: Visitor, firm: Firm) -> None:
    page = await clerk.see(DAILY)
    assert firm.name in page.text
    looked = await clerk.upload(page, "/apply/look", **TRUCK | {"firm": str(firm.id)})
    assert "提交后马上发证" in looked.text
    done = await clerk.send(looked, "/apply/submit")
    assert "办好了。证号 220104000001" in done.text or "证号 2201" in done.text
    [pass_] = await passes(clerk)
    assert (pass_.state, pass_.firm_id, pass_.automatic) == ("issued", firm.id, True)


async def test_a_truck_of_the_firm_is_known_by_its_plate(clerk: Visitor, firm: Firm) -> None:
    page = await clerk.see(f"/firm/{firm.id}")
    await clerk.send(page, "/trucks/add", plate="吉A12345", colour="blue", trailer="吉A1234挂")
    page = await clerk.see(FARMING)
    assert '<option value="吉A12345">' in page.html
    looked = await clerk.upload(page, "/apply/look", plate="吉A12345", name1="张三")
    assert "吉A12345（蓝牌）" in looked.text
    assert "吉A1234挂" in looked.text


async def test_each_field_with_a_problem_has_its_sentence_and_nothing_typed_is_lost(driver: Visitor) -> None:
    page = await driver.see(FARMING)
    wrong = {
        "plate": "吉O12345",
        "colour": "",
        "trailer": "吉A12345",
        "name1": "12345",
        "until_at": "后天吧",
        "via": "乌有县",
    }
    page = await driver.upload(page, "/apply/look", **TRUCK | wrong)
    assert page.status == 422
    for said in ("找到“乌有县”", "没看懂", "挂车号要带“挂”字", "请选车牌颜色"):
        assert said in page.text
    assert 'value="乌有县"' in page.html
    assert page.html.count('aria-invalid="true"') >= 5
    page = await driver.upload(page, "/apply/look", **TRUCK | {"name1": ""})
    assert "这一项要填" in page.text
    assert await passes(driver) == []


async def test_a_name_that_several_have_is_chosen_from(driver: Visitor) -> None:
    page = await driver.see("/apply?from=沈阳市和平区&to=朝阳区")
    assert page.status == 422
    assert "吉林省长春市朝阳区" in page.text
    assert 'value="220104"' in page.html
    page = await driver.see("/apply?from=沈阳市和平区&to=长春市")
    assert "吉林省长春市有好几个区县" in page.text
    assert 'value="220104"' in page.html
    page = await driver.see("/apply?from=没有这个地方&to=长春市朝阳区&scheme=pass_need")
    assert "没找到“没有这个地方”" in page.text


async def test_back_from_the_look_everything_stands_as_typed(driver: Visitor) -> None:
    looked = await driver.upload(await driver.see(FARMING), "/apply/look", **TRUCK | {"via": "公主岭市"})
    page = await driver.send(looked, "/apply/change")
    assert 'value="吉A12345"' in page.html
    assert 'value="公主岭市"' in page.html


async def test_one_that_waits_is_told_before_the_look(driver: Visitor) -> None:
    await driver.apply()
    page = await driver.upload(await driver.see(FARMING), "/apply/look", **TRUCK)
    assert page.status == 422
    assert "已经有一份申请在办了" in page.text


async def test_the_list_shows_what_is_mine_and_leads_on(clerk: Visitor, firm: Firm) -> None:
    await clerk.apply(DAILY, firm=str(firm.id))
    await clerk.apply(FARMING, plate="吉A22222")
    page = await clerk.see("/passes")
    assert "吉A12345" in page.text
    assert "吉A22222" in page.text
    assert "吉A22222" not in (await clerk.see("/passes?view=live")).text
    assert "吉A12345" not in (await clerk.see("/passes?plate=吉A22222")).text
    assert "吉A22222" not in (await clerk.see(f"/passes?firm={firm.id}")).text
    async with clerk.desk.browser() as other:
        stranger = Visitor(clerk.desk, other)
        assert "吉A" not in (await stranger.see("/passes")).text
        [mine, _] = await passes(clerk)
        assert (await stranger.see(f"/passes/{mine.code}/about")).status == 404


async def test_the_list_goes_on_after_fifty(clerk: Visitor) -> None:
    contact = await clerk.begin()
    async with clerk.desk.db.write() as tx:
        for number in range(53):
            await ledger.add(tx, waiting(clerk, contact.id or 0, number))
    page = await clerk.see("/passes")
    assert page.html.count('class="card row"') == 50
    [older] = [link for link in page.links if "before=" in link]
    assert (await clerk.see(older)).html.count('class="card row"') == 3


def waiting(visitor: Visitor, contact: int, number: int) -> Pass:
    now = visitor.desk.clock()
    return Pass(
        code=f"AAAAAAAAAA{number:02d}", scheme="pass_need", pack="test-pass-need", pack_version="1", division="220104",
        claim=f"claim/{number}", contact_id=contact, plate=f"吉A{number:05d}", colour="yellow", goods="farming",
        origin="210102", destination="220104", via=[], facts={}, from_wished=now, missing=[], applied_at=now,
        due_at=now + timedelta(hours=2), changed_at=now,
    )  # fmt: skip


async def test_renewed_in_two_clicks(clerk: Visitor, firm: Firm) -> None:
    await clerk.apply(DAILY, firm=str(firm.id))
    [old] = await passes(clerk)
    clerk.desk.clock.pass_(days=3)
    page = await clerk.see(f"/passes/{old.code}/renew")
    assert "提交后马上发证" in page.text
    done = await clerk.send(page, "/renew")
    assert "办好了" in done.text
    again = await clerk.send(page, "/renew")
    assert again.address.path == "/passes"
    [old, new] = await passes(clerk)
    assert (old.state, new.state, new.renews_id) == ("superseded", "issued", old.id)


async def test_withdrawn_once(driver: Visitor) -> None:
    page = await driver.apply()
    done = await driver.send(page, "/withdraw")
    assert "撤回了" in done.text
    await driver.send(page, "/withdraw")
    [pass_] = await passes(driver)
    assert pass_.state == "withdrawn"


async def test_what_is_missing_is_told_on_one_page(driver: Visitor) -> None:
    from hotline.passes import deciding
    from storage import staff as people

    await driver.apply()
    [pass_] = await passes(driver)
    async with driver.desk.db.write() as tx:
        reviewer = await people.by_login(tx, "li")
        assert reviewer is not None
        await deciding.send_back(tx, reviewer, pass_.id or 0, ["trailer", "crew"], "挂车号没写", driver.desk.clock())
    page: Page = await driver.see(f"/passes/{pass_.code}/complete")
    assert "挂车号没写" in page.text
    assert 'name="plate"' not in page.html
    page = await driver.upload(page, "/complete", trailer="吉A1234挂", name1="李四")
    assert "材料补好了" in page.text
    [pass_] = await passes(driver)
    assert (pass_.state, pass_.trailer, pass_.crew) == ("applied", "吉A1234挂", [{"name": "李四"}])


async def test_in_english_too(driver: Visitor) -> None:
    page = await driver.see(f"{FARMING}&lang=en")
    assert "Truck, load and people" in page.text
    assert (await driver.see("/passes")).text.startswith("My passes")
