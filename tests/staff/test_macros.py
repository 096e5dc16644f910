from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import func, select

from hotline import macros
from locales.words import LANGUAGES, Refusal
from storage.models import Contact, Macro, Ticket
from tests.staff.desk import Browser, Desk


def at(ticket: Ticket) -> str:
    return f"/staff/tickets/{ticket.number}"


async def box(browser: Browser, address: str) -> str:
    """What stands in the reply box."""
    page = await browser.get(address)
    return re.split(r'id="words-reply"[^>]*>', page.html)[1].split("</textarea>")[0]


def test_the_starter_set_is_whole() -> None:
    for language in LANGUAGES:
        mine = [one for one in macros.starters() if one.language == language]
        assert len(mine) >= 12
        assert len({one.name for one in mine}) == len(mine)


def test_a_pack_with_an_unknown_variable_stops_the_start(tmp_path: Path) -> None:
    file = tmp_path / "macros.toml"
    texts = "\n".join(f'{tag} = {{ name = "x", text = "{{plate}}" }}' for tag in LANGUAGES)
    file.write_text(f"[macros.x]\n{texts}\n", "utf-8")
    with pytest.raises(Refusal):
        macros.starters(file)


async def test_a_text_module_fills_the_box_without_a_script(desk: Desk, clerk: Browser) -> None:
    ticket = await desk.report("G12珲乌高速长春东收费站")
    words = await box(clerk, f"{at(ticket)}?macro=已收到，正在核实")
    start = f"您好，工单 {ticket.number} 已收到，值班坐席正在核实G12 珲乌高速 长春东收费站的情况，14:00前"
    assert words.startswith(start)
    assert await box(clerk, f"{at(ticket)}?macro=nothing") == ""


async def test_the_variables_are_in_the_language_of_the_module(desk: Desk, clerk: Browser) -> None:
    ticket = await desk.report("G102 K998 往长春方向")
    async with desk.db.write() as tx:
        driver = await tx.get(Contact, ticket.contact_id)
        assert driver is not None
        driver.language = "en"
    page = await clerk.get(f"{at(ticket)}?macro=Received, checking@en")
    assert "报告人用English" in page.text
    groups = re.findall(r'<optgroup label="(中文|English)"', page.html)
    assert groups == ["English", "中文"]
    words = await box(clerk, f"{at(ticket)}?macro=Received, checking@en")
    assert words.startswith(f"Hello, we have your report {ticket.number}. The desk on duty is checking G102 K998+000")
    assert "14:00" in words


async def test_modules_of_another_kind_stay_away(desk: Desk, clerk: Browser) -> None:
    ticket = await desk.report()
    page = await clerk.get(at(ticket))
    assert "正在清障" in page.html
    assert "健康码：正在核实" not in page.html


async def test_a_supervisor_keeps_them_and_everybody_uses_them(desk: Desk, clerk: Browser) -> None:
    page = await clerk.get("/staff/macros")
    assert "已收到，正在核实" in page.text
    assert not page.has_form("/staff/macros")
    async with desk.browser("wang") as boss:
        page = await boss.get("/staff/macros")
        wrong = await boss.send(page, "/staff/macros", name="限高", language="zh_CN", text="{plate} 请绕行")
        assert wrong.status == 422
        assert "没有叫“plate”的变量" in wrong.text
        assert "{plate} 请绕行" in wrong.html
        made = await boss.send(wrong, "/staff/macros", name="限高", language="zh_CN", text="{road}限高，请绕行")
        assert "常用语“限高”已新增" in made.text
        again = await boss.send(made, "/staff/macros", name="限高", language="zh_CN", text="x")
        assert "已经有一条叫“限高”的了" in again.text
        async with desk.db.read() as tx:
            one = (await tx.scalars(select(Macro).filter_by(name="限高"))).one()
        changed = await boss.send(made, f"/staff/macros/{one.id}", name="限高绕行", text="{road}限高")
        assert "已保存" in changed.text
        ticket = await desk.report("G102 K998")
        assert await box(clerk, f"{at(ticket)}?macro=限高绕行") == "G102限高"
        gone = await boss.send(changed, f"/staff/macros/{one.id}/delete")
        assert "已删除" in gone.text
        late = await boss.send(changed, f"/staff/macros/{one.id}", name="y", text="y")
        assert late.status == 422
        assert "已被别人删除" in late.text


async def test_the_starter_set_is_laid_out_once(desk: Desk, clerk: Browser) -> None:
    for _ in range(2):
        await clerk.get("/staff/macros")
    async with desk.db.read() as tx:
        assert await tx.scalar(select(func.count()).select_from(Macro)) == len(macros.starters())


async def test_a_clerk_changes_none(desk: Desk, clerk: Browser) -> None:
    sent = {"form": await clerk.token(), "once": "x" * 20, "name": "x", "language": "zh_CN", "text": "x"}
    for address in ("/staff/macros", "/staff/macros/1", "/staff/macros/1/delete"):
        assert (await clerk.post(address, sent)).status == 403
