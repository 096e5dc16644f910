"""The directory as sheets: out and in again changes nothing; a row amiss is told by file and line, none half done."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.settings import Settings
from handlers.commands import demo
from handlers.commands.directory import MARK, take_over
from handlers.commands.directory import directory as command
from hotline import directory_sheets as sheets
from hotline import organisation
from hotline.catalogue import FUNCTIONS
from locales.words import SHANGHAI, Refusal, render
from storage import audit
from storage import directory as rows
from storage import staff as people
from storage.database import Database
from storage.models import Staff
from tests.conftest import StillClock


async def hired(db: Database, clock: StillClock, *logins: str, role: str = "clerk") -> list[Staff]:
    async with db.write() as tx:
        return [
            await people.add(
                tx,
                Staff(
                    login=login, name=login, password_hash="-", role=role, division="220100", language="zh_CN",
                    created_at=clock(),
                ),
            )
            for login in logins
        ]  # fmt: skip


def settings(db: Database) -> Settings:
    address = db.url.render_as_string(hide_password=False)
    return Settings(_env_file=None, database_url=address, secret_key="a secret for tests")  # type: ignore[call-arg]


@pytest.fixture
async def read(db: Database, clock: StillClock) -> Callable[..., Awaitable[dict[str, int]]]:
    (admin,) = await hired(db, clock, "zong", role="admin")

    async def take(**texts: str) -> dict[str, int]:
        async with db.write() as tx:
            return await sheets.read(tx, admin, texts, SHANGHAI, clock())

    return take


async def written(db: Database, clock: StillClock, language: str = "zh_CN") -> dict[str, str]:
    async with db.read() as tx:
        return await sheets.written(tx, language, SHANGHAI, clock())


DEPARTMENTS = "code,name,division,parent\nxian,县局,220122,shi\nshi,市局,220100,\n"


@pytest.mark.parametrize("language", ["zh_CN", "en"])
async def test_out_and_in_again_changes_nothing(db: Database, clock: StillClock, read: Any, language: str) -> None:
    await hired(db, clock, "a", "b")
    await read(
        departments=DEPARTMENTS + 'wai,"铁路, ""货运""",000000,\n',
        responsible="function,division,department\nroad,长春市,shi\n",
        posts="department,post,a,b\nshi,窗口,a,b\n",
        roster='department,login,starts,ends,handover\nshi,a,2026/3/1 8:00,2026-03-01 20:00,"=两车\n仍在等"\n',
        sections="department,road,from,to,chief\nshi,102国道,K1000,1050公里300米,b\n",
    )
    before, trail = await written(db, clock, language), await _trail(db)
    assert '"铁路, ""货运"""' in before["departments"]
    assert "'=两车" in before["roster"]
    assert "G102,K1000+000,K1050+300,b" in before["sections"]
    counts = await read(**before)
    assert counts == {"departments": 3, "responsible": 1, "posts": 1, "sections": 1, "roster": 1}
    assert await written(db, clock, language) == before
    assert await _trail(db) == trail


async def _trail(db: Database) -> int:
    async with db.read() as tx:
        return len(await audit.page(tx, limit=99))


async def test_the_department_above_may_stand_further_down(db: Database, read: Any) -> None:
    await read(departments=DEPARTMENTS)
    async with db.read() as tx:
        below, above = await rows.by_code(tx, "xian"), await rows.by_code(tx, "shi")
        assert below is not None
        assert above is not None
        assert (below.parent_id, below.level, above.level) == (above.id, "county", "city")


async def test_every_row_amiss_is_told_by_file_and_line_and_nothing_is_changed(db: Database, read: Any) -> None:
    with pytest.raises(Refusal) as no:
        await read(
            departments="code,name,division,disabled\nshi,市局,220100,\n\nbad,,220100,\nworse,局,220100,maybe\nshi,又,220100,\n",
            responsible="function,division,department\ncooking,220100,shi\nroad,220100,bad\ntoll,220100,nowhere\n",
            posts="department,post,a\nshi,窗口,nobody\n",
            roster="department,login\nshi,a\n",
            sections="department,road,from,to\nshi,G102,K2,K1\nshi,我家,K1,K2\n",
        )
    said = render("zh_CN", no.value.say).split("\n")
    assert said[0] == "有 9 处需要改，改好后再导入；现有数据没有变动。"
    assert said[1:] == [
        "departments.csv 第 4 行：请填写“名称”。",
        "departments.csv 第 5 行：“maybe”请填 是 或 否。",
        "departments.csv 第 6 行：与第 2 行重复，请保留一行。",
        "posts.csv 第 2 行：没有登录名为“nobody”的人员，请先添加账号。",
        "responsible.csv 第 2 行：没有“cooking”这一事项，请从列表中选择。",
        "responsible.csv 第 4 行：没有找到部门“nowhere”，请核对编码。",
        "roster.csv 第 1 行：缺少列：开始和结束。",
        "sections.csv 第 2 行：终点桩号要大于起点桩号。",
        said[-1],
    ]
    assert said[-1].startswith("sections.csv 第 3 行：")
    async with db.read() as tx:
        assert await rows.departments(tx) == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_sheet_is_read_however_the_spreadsheet_wrote_it(encoding: str) -> None:
    assert sheets.text_of("编码,名称\r\na,公路处\r\n".encode(encoding)).endswith("a,公路处\r\n")


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])))
def test_a_cell_comes_back_as_it_went_out_and_never_as_a_formula(typed: str) -> None:
    plain = typed.strip()
    text = sheets._sheet("responsible", [(plain, "220100", "x")], "en")
    reading = sheets._Reading(None, None, SHANGHAI, None)  # type: ignore[arg-type]
    back = reading.lines("responsible", text)
    if not plain.startswith("'"):
        assert [cells["function"] for _, cells in back] == [plain]
    assert not text.splitlines()[1].startswith(("=", "+", "-", "@"))


async def test_the_demonstration_s_directory_answers_for_everything(db: Database, clock: StillClock) -> None:
    logins = [one["login"] for one in demo.DAY["people"]]
    (admin,) = await hired(db, clock, "zong", role="admin")
    await hired(db, clock, *logins)
    async with db.write() as tx:
        for _ in range(2):
            await take_over(tx, settings(db), demo.DIRECTORY, admin, clock())
        for function in FUNCTIONS:
            found = await organisation.responsible(tx, function, "220104")
            assert found is not None, function
            assert found.outside or await organisation.holder(tx, found.id or 0, clock()), function
        for scene in (("G102", 1021300), ("G202", 356100), ("S102", 45600)):
            assert await organisation.chief(tx, *scene, clock()), scene


async def test_the_command_exports_and_imports_a_folder(
    db: Database, clock: StillClock, tmp_path: Path, capsys: pytest.CaptureFixture[str], read: Any
) -> None:
    await read(departments=DEPARTMENTS)
    folder = tmp_path / "sheets"
    assert await command(settings(db), "export", folder, None) == 0
    assert (folder / "departments.csv").read_text("utf-8").startswith(MARK + "编码,名称,行政区划")
    assert await command(settings(db), "import", folder, None) == 0
    assert await command(settings(db), "import", folder, "nobody") == 2
    assert await command(settings(db), "import", tmp_path, "zong") == 2
    (folder / "departments.csv").write_text("编码,名称,行政区划\nx,,220100\n", "utf-8")
    assert await command(settings(db), "import", folder, "zong") == 1
    assert "departments.csv 第 2 行：请填写“名称”。" in capsys.readouterr().out


async def test_shifts_are_exported_for_a_month(db: Database, clock: StillClock, read: Any) -> None:
    await hired(db, clock, "a")
    day = clock().astimezone(SHANGHAI)
    lines = [
        f"shi,a,{day - timedelta(days=n):%Y-%m-%d} 08:00,{day - timedelta(days=n):%Y-%m-%d} 20:00" for n in (40, 3)
    ]
    await read(departments=DEPARTMENTS, roster="\n".join(["department,login,starts,ends", *lines]))
    assert (await written(db, clock))["roster"].count("shi,a") == 1
