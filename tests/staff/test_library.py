"""The library in the console, and the pages that anybody may read."""

from __future__ import annotations

from sqlalchemy import select
from sqlmodel import col

from hotline.library import shelf
from hotline.library.reading import read
from storage.models import Audit
from tests.library.papers import NOISY, PLAN
from tests.staff.desk import Browser, Desk


async def put(desk: Desk, paper: str = PLAN) -> str:
    async with desk.db.write() as tx:
        return (await shelf.take(tx, None, read(paper), desk.clock())).document.slug


async def audited(desk: Desk) -> list[str]:
    async with desk.db.read() as tx:
        rows = await tx.scalars(
            select(col(Audit.what)).where(col(Audit.what).startswith("library")).order_by(col(Audit.id))
        )
        return list(rows.all())


async def test_a_document_is_imported_revised_withdrawn_and_put_back(desk: Desk) -> None:
    await desk.hire("lead", "supervisor")
    async with desk.browser("lead") as lead:
        page = await lead.get("/staff/library")
        assert "这里还没有文件" in page.text
        page = await lead.send(page, "/import", text=NOISY, issuer="青禾网", issued_on="2031-02-03")
        assert "已导入《严控路面结冰 保障货车通行》，4 条" in page.text
        assert "2031-02-03" in page.text
        address = page.address.path
        page = await lead.send(await lead.get("/staff/library"), "/import", text=NOISY.replace("熱水", "熱湯"))
        assert "有了新的一版" in page.text
        assert "第 2 版" in page.text
        old = await lead.get(f"{address}?edition=1")
        assert "服务区提供热水" in old.text
        assert "这是旧版" in old.text
        page = await lead.send(await lead.get(address), "/withdraw", why=" ")
        assert "请写明为什么撤下" in page.text
        page = await lead.send(page, "/withdraw", why="已有新规定")
        assert "坐席lead 已撤下：已有新规定" in page.text
        assert "没有条款说到这个" in (await lead.get("/staff/library?q=融雪剂")).text
        page = await lead.send(page, "/restore")
        assert "又能查到了" in page.text
        assert (await lead.get(f"{address}?edition=9")).status == 404
    assert await audited(desk) == ["library.added", "library.revised", "library.withdrawn", "library.restored"]


async def test_what_was_pasted_is_kept_when_it_is_refused(desk: Desk) -> None:
    await desk.hire("lead", "admin")
    async with desk.browser("lead") as lead:
        page = await lead.get("/staff/library")
        for wrong, told in (
            ({"text": "一、放行。"}, "没找到文件名"),
            ({"text": "|"}, "没有可以入库的条款"),
            ({"issued_on": "x"}, "不是日期"),
        ):
            page = await lead.send(page, "/import", **({"text": PLAN, "issuer": "某局"} | wrong))
            assert (page.status, told in page.text) == (422, True), wrong
            assert 'value="某局"' in page.html
        sent = await lead.send(page, "/import", text=PLAN)
        again = await lead.send(page, "/import", text=PLAN)
        assert "已导入" in sent.text
        assert again.status == 200
    assert await audited(desk) == ["library.added"]


async def test_a_clerk_asks_and_reads_and_changes_nothing(desk: Desk, clerk: Browser) -> None:
    slug = await put(desk)
    page = await clerk.get("/staff/library?q=下雪能不能劝返")
    assert "<mark>下雪劝返</mark>" in page.html
    assert f"/staff/library/{slug}#2-1-2" in page.links
    assert not page.has_form("/import")
    assert "青交运发〔2031〕7号" in (await clerk.get("/staff/library?q=2031")).text
    one = await clerk.get(f"/staff/library/{slug}")
    assert not one.has_form("/withdraw")
    fields = {"form": await clerk.token(), "once": "0123456789abcdef", "why": "因"}
    assert (await clerk.post(f"/staff/library/{slug}/withdraw", fields)).status == 403
    for odd in ("?q=%00", "?q=证", "?after=x", "?after=0001-01-01T00:00:00%2B14:00~1", "?q=" + "%F0%9F%98%80" * 200):
        assert (await clerk.get(f"/staff/library{odd}")).status == 200, odd
    assert (await clerk.get("/staff/library/none")).status == 404


async def test_anybody_reads_a_clause_whole_with_its_source(desk: Desk) -> None:
    slug = await put(desk)
    desk.clock.pass_(days=2)
    async with desk.db.write() as tx:
        await shelf.take(tx, None, read(PLAN.replace("两小时", "一小时")), desk.clock())
    async with desk.browser() as reader:
        page = await reader.get(f"/library/{slug}/2-1-1")
        assert "一小时内出动" in page.text
        assert "青交运发〔2031〕7号" in page.text
        assert "2031-11-03" in page.text
        assert page.headers["Content-Security-Policy"].startswith("default-src 'self'")
        assert "两小时内出动" in (await reader.get(f"/library/{slug}/2-1-1?edition=1")).text
        assert "两小时内出动" in (await reader.get(f"/library/{slug}/2-1-1?on=2026-03-02")).text
        assert "热水和充电免费" in (await reader.get(f"/library/{slug}/2-1-2")).text
        whole = await reader.get(f"/library/{slug}")
        assert 'id="2-1-2-1"' in whole.html
        assert "第 1 版" in whole.text
        for missing in (
            "none",
            f"{slug}/9-9",
            f"{slug}?edition=7",
            f"{slug}?on=2020-01-01",
            f"{slug}?on=x",
            f"{slug}/%00",
        ):
            page = await reader.get(f"/library/{missing}")
            assert (page.status, "没有这一页" in page.text) == (404, True), missing
        english = await reader.get(f"/library/{slug}?lang=en")
        assert "full text" in english.text
