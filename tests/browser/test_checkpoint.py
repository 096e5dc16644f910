"""The checkpoint page in a real browser with the network cut: it opens, reads a code, judges, keeps what was done.

When the network is back it hands that in, once.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, Route, async_playwright, expect
from sqlalchemy import select
from sqlmodel import col

from handlers.public import checkpoint
from hotline.filings import alerting, filing
from hotline.passes import keys, offline
from hotline.rules import shelf
from storage import staff as people
from storage.database import Database
from storage.models import Pass, Scan
from tests.browser.gates import PLATES, Gates, as_film, gates, now
from tests.browser.screen import CHROMIUM, PHONE, QUIET, needs_chromium
from tests.staff.desk import PASSWORD, assembled
from tests.support import trips
from tests.support.passes import FOLDER, contact
from tests.support.trips import trip

pytestmark = [needs_chromium, pytest.mark.asyncio(loop_scope="module")]
ROOT = Path(__file__).parents[2]
SECONDS_TO_FETCH = 120


@pytest.fixture(scope="module")
def decoder() -> None:
    """The decoder of QR codes, as `make assets` brings it."""
    if shutil.which("npm") is None or shutil.which("make") is None:
        pytest.skip("the camera needs npm and make to fetch its decoder, and they are not here")
    try:
        subprocess.run(["make", "assets"], cwd=ROOT, check=True, capture_output=True, timeout=SECONDS_TO_FETCH)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as failure:
        pytest.skip(f"`make assets` did not fetch the decoder: {failure}")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def gate(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Gates]:
    """A house with its gates, by the clock that the browser has too."""
    folder = tmp_path_factory.mktemp("checkpoint")
    shutil.copy(sqlite_template, folder / "desk.db")
    db = Database(f"sqlite+aiosqlite:///{folder / 'desk.db'}")
    with pytest.MonkeyPatch.context() as patch:
        usual = shelf.folders
        patch.setattr(shelf, "folders", lambda: (*usual(), FOLDER, trips.FOLDER))
        shelf.load()
        desk = assembled(db, now, folder / "var")
        made = await gates(desk)
        await desk.server.start_server()
        yield made
        await desk.server.close()
        await db.close()
    shelf.load()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser(gate: Gates, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Browser]:
    """A browser whose camera is held over the good pass."""
    film = as_film(f"HTTPS://EXAMPLE.ORG/V/{gate.code}", tmp_path_factory.mktemp("camera") / "camera.mjpeg")
    fake = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
    async with async_playwright() as playwright:
        elsewhere = "--host-resolver-rules=MAP gate.example 127.0.0.1"
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=[*QUIET, *fake, elsewhere, f"--use-file-for-fake-video-capture={film}"]
        )
        yield browser
        await browser.close()


class Phone:
    """An officer's phone."""

    def __init__(self, gate: Gates, context: BrowserContext, page: Page):
        self.gate, self.context, self.page, self.faults = gate, context, page, list[str]()
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", lambda m: self.faults.append(m.text) if "Content Security" in m.text else None)

    @classmethod
    async def of(cls, browser: Browser, gate: Gates) -> Phone:
        context = await browser.new_context(**PHONE, permissions=["camera"])  # type: ignore[arg-type]
        return cls(gate, context, await context.new_page())

    async def opens(self, path: str = "/checkpoint") -> None:
        await self.page.goto(str(self.gate.desk.server.make_url(path)))

    async def signs_in(self, login: str = "zhou1") -> None:
        await self.opens("/staff/sign-in?next=/staff/checkpoint")
        await self.page.get_by_label("登录名").fill(login)
        await self.page.get_by_label("密码").fill(PASSWORD)
        await self.page.keyboard.press("Enter")
        await self.page.wait_for_url("**/checkpoint")
        await self.is_ready()

    async def is_ready(self) -> None:
        """The worker has kept the page, and the list is here."""
        await expect(self.page.locator("#queue")).to_contain_text("名单")
        await self.page.evaluate("navigator.serviceWorker.ready")

    async def stands_at(self, point_id: int) -> None:
        await self.page.locator("#where summary").click()
        await self.page.locator("#gate").select_option(str(point_id))

    async def cut(self, *, off: bool = True) -> None:
        await self.context.set_offline(off)

    async def sees(self, code: str, word: str, why: str = "") -> None:
        """He is shown a code, as if the camera had read it."""
        if await self.page.locator("#verdict").is_visible():
            await self.page.locator("#next").click()
        await self.page.evaluate("code => { location.hash = code }", code)
        await self.reads(word, why)

    async def types(self, number: str, plate: str, word: str, why: str = "") -> None:
        if await self.page.locator("#verdict").is_visible():
            await self.page.locator("#next").click()
        await self.page.get_by_label("证号").fill(number)
        await self.page.get_by_label("车牌", exact=True).fill(plate)
        await self.page.get_by_role("button", name="核验", exact=True).click()
        await self.reads(word, why)

    async def reads(self, word: str, why: str = "") -> None:
        await expect(
            self.page.locator("#verdict")
        ).to_be_visible()  # until then the words are those of the truck before
        await expect(self.page.locator("#word")).to_contain_text(word)
        if why:
            await expect(self.page.locator("#why")).to_contain_text(why)

    async def does(self, button: str, done: str) -> None:
        await self.page.get_by_role("button", name=button, exact=True).click()
        await expect(self.page.locator("#done")).to_have_text(done)

    async def waits(self, words: str) -> None:
        await expect(self.page.locator("#queue")).to_contain_text(words)


async def scans(gate: Gates, *passes: Pass) -> list[Scan]:
    async with gate.desk.db.read() as tx:
        found = (await tx.scalars(select(Scan).order_by(col(Scan.at)))).all()
    return [one for one in found if one.pass_id in {pass_.id for pass_ in passes}]


async def test_without_a_network(gate: Gates, browser: Browser, decoder: None) -> None:
    phone = await Phone.of(browser, gate)
    await phone.signs_in()
    await phone.stands_at(gate.east)
    await phone.cut()
    await phone.page.reload()
    await expect(phone.page.locator("#net")).to_have_text("离线也能核")
    await expect(phone.page.locator("#gate-name")).to_have_text("长春东检查站")

    await phone.page.get_by_role("button", name="扫二维码").click()
    await phone.reads("有效", "签发、日期和状态都对得上")
    await expect(phone.page.locator("#number-plate")).to_have_text("吉A12345")
    await expect(phone.page.locator("#way")).to_have_text("辽宁省沈阳市和平区 → 吉林省长春市朝阳区")
    await expect(phone.page.locator("#proofs")).to_contain_text("还没有联网复核")
    await phone.does("放行", "已登记：放行")

    await phone.sees(gate.altered(), "内容被改过")
    await phone.sees(gate.forged(), "不是我们签发的")
    await phone.sees(gate.forged(1), "内容被改过")
    await phone.sees(gate.forged(7), "核不出来", "比本机的新")
    await phone.sees("HTTPS://EXAMPLE.ORG/MENU", "核不出来")
    await phone.sees(gate.revoked.payload or "", "已注销")
    await phone.sees(gate.later.payload or "", "还没生效")
    await phone.sees(f"https://example.org/v/{gate.code.lower()}", "有效")
    await phone.page.get_by_role("button", name="车牌不一致").click()
    await phone.page.get_by_label("眼前这辆车的车牌").fill("吉z·99999")
    await phone.page.get_by_role("button", name="按这块牌再核").click()
    await phone.reads("车证不符")
    await phone.page.get_by_role("button", name="拦下核对").click()
    await phone.page.get_by_label("车牌不一致").check()
    await phone.does("登记", "已登记：拦下核对")

    good = gate.good.number or ""
    await phone.types(f"{good[:6]} {good[6:]}", "吉a12345", "有效")
    await phone.types(good, "吉A1234挂", "有效")
    await phone.types(good, "吉A12346", "车证不符")
    await phone.types(gate.revoked.number or "", "吉B20001", "已注销")
    await phone.types("220100999999", "吉B20001", "核不出来", "名单之后才发的")

    await phone.page.get_by_role("button", name="核下一辆").click()
    await phone.page.locator("#gate-name").click()
    await phone.page.locator("#gate").select_option(str(gate.far))
    await phone.sees(gate.code, "疑似重复使用", "100 公里")

    await phone.waits("2 次等网络恢复后上传")
    assert await scans(gate, gate.good) == []
    await gate.revoke(gate.good)
    await phone.cut(off=False)
    await phone.waits("都已上传")
    kept = await scans(gate, gate.good)
    assert [(one.deed, one.verdict, one.is_offline, one.plate_seen) for one in kept] == [
        ("passed", "valid", True, None),
        ("stopped", "lent", True, "吉Z99999"),
    ]
    assert [one.point_id for one in kept] == [gate.east, gate.east]
    assert kept[1].reason == "plate"
    await phone.page.reload()
    await phone.waits("都已上传")
    assert len(await scans(gate, gate.good)) == 2
    await phone.sees(gate.code, "已注销")
    assert phone.faults == []


async def test_what_is_told_offline_is_looked_up_again_and_a_shift_hands_in_for_the_one_before(
    gate: Gates, browser: Browser
) -> None:
    phone = await Phone.of(browser, gate)
    await phone.signs_in()
    await gate.revoke(gate.second)
    await phone.cut()
    await phone.sees(gate.second.payload or "", "有效")
    await phone.does("放行", "已登记：放行")
    await phone.context.clear_cookies()
    await phone.cut(off=False)
    await expect(phone.page.locator("#stranger")).to_be_visible()
    await phone.waits("1 次等网络恢复后上传")
    await phone.sees(gate.second.payload or "", "有效")
    await expect(phone.page.locator("#deeds")).to_be_hidden()
    await expect(phone.page.locator("#proofs")).to_contain_text("没有名单")
    await phone.types(gate.second.number or "", "吉D40001", "核不出来", "没有名单")

    await phone.signs_in("wu")
    await phone.waits("都已上传")
    await expect(phone.page.locator("#news")).to_contain_text("当时看到“有效”，联网复核是“已注销”")
    (kept,) = await scans(gate, gate.second)
    assert (kept.verdict, kept.told) == ("revoked", "valid")
    async with gate.desk.db.read() as tx:
        by = await people.by_id(tx, kept.staff_id or 0)
    assert by is not None
    assert by.login == "zhou1"
    assert phone.faults == []


async def test_online_the_ledger_has_the_last_word(gate: Gates, browser: Browser) -> None:
    phone = await Phone.of(browser, gate)
    await phone.signs_in()
    await gate.revoke(gate.third)
    await phone.sees(gate.third.payload or "", "已注销", "发证单位已注销这张证")
    await expect(phone.page.locator("#proofs")).to_contain_text("已联网复核")
    async with gate.desk.db.write() as tx:
        await keys.rotate(tx, gate.boss, now())
    await phone.page.reload()
    await phone.is_ready()
    await phone.sees(gate.later.payload or "", "还没生效")
    await expect(phone.page.locator("#proofs")).to_contain_text("已联网复核")
    await phone.does("放行", "已登记：放行")
    await phone.waits("都已上传")
    (kept,) = await scans(gate, gate.later)
    assert (kept.verdict, kept.told, kept.is_offline) == ("not_yet", None, False)
    await phone.opens("/staff/scans")
    await expect(phone.page.locator("main")).to_contain_text(gate.later.number or "")
    assert phone.faults == []


async def test_an_alert_is_on_the_page_and_at_its_truck_without_a_network_too(gate: Gates, browser: Browser) -> None:
    async with gate.desk.db.write() as tx:
        driver = await contact(tx, "trip", now())
        made = await filing.file(tx, driver, trip(now()), now())
        await alerting.raise_alert(tx, gate.boss, made.id or 0, now())
    phone = await Phone.of(browser, gate)
    await phone.signs_in()
    await expect(phone.page.locator("#alerts")).to_contain_text("1 趟车的紧急提示")
    await phone.cut()
    await phone.sees(made.payload or "", "有效")
    await expect(phone.page.locator("#alerted")).to_contain_text("这趟车有紧急提示")
    await phone.sees(gate.third.payload or "", "")
    await expect(phone.page.locator("#alerted")).to_be_hidden()
    await phone.cut(off=False)
    await phone.opens()
    await phone.page.locator("#alerts a").click()
    await expect(phone.page.locator("main")).to_contain_text(made.plate)
    assert phone.faults == []


async def test_a_late_second_look_adds_what_it_knows_and_takes_nothing_away(gate: Gates, browser: Browser) -> None:
    phone = await Phone.of(browser, gate)
    await phone.signs_in()
    begun, told = asyncio.Event(), asyncio.Event()

    async def late(route: Route) -> None:
        begun.set()
        await told.wait()
        await route.continue_()

    await phone.page.route("**/checkpoint/look", late)
    await phone.types(gate.later.number or "", PLATES[-1], "还没生效")
    await begun.wait()
    await expect(phone.page.locator("#differs")).to_be_hidden()  # by its number alone nobody knows its face
    await expect(phone.page.locator("#proofs")).to_contain_text("还没有联网复核")
    await phone.page.get_by_role("button", name="拦下核对").click()
    told.set()
    await expect(phone.page.locator("#proofs")).to_contain_text("已联网复核")
    await expect(phone.page.locator("#stop")).to_be_visible()
    await expect(phone.page.locator("#differs")).to_be_visible()
    assert phone.faults == []


async def test_phone_and_ledger_read_every_face_alike(gate: Gates, browser: Browser) -> None:
    """The scripts decode and hash as Python does; the page says so itself where no decoder was fetched."""
    phone = await Phone.of(browser, gate)
    await phone.opens()
    script = await phone.page.locator("script[type=module]").get_attribute("src")
    assert script is not None
    face_js = script.replace("checkpoint.js", "checkpoint_face.js")
    read = """async ([at, code, number, plate, bits]) => {
      const { read, checkOf } = await import(at);
      const known = JSON.parse(document.getElementById("known").textContent);
      return [read(code, known.colours)?.face ?? null, await checkOf(number, plate, bits)];
    }"""
    number, plate = gate.good.number or "", "吉A12345"
    found: Any = await phone.page.evaluate(read, [face_js, gate.code, number, plate, offline.BITS])
    assert found[0] == {
        "kind": "pass", "number": number, "plate": plate, "colour": "yellow", "origin": "210102",
        "destination": "220104", "via": [], "trailer": "吉A1234挂", "goods": gate.good.goods, "once": False,
        "from": int(gate.good.valid_from.timestamp() * 1000), "until": int(gate.good.valid_until.timestamp() * 1000),  # type: ignore[union-attr]
    }  # fmt: skip
    assert found[1] == offline.check_of(number, plate)
    for broken in (gate.code[:-1], gate.code + "A", gate.code[:40], "1" + gate.code[1:], "", "A" * 200):
        assert (await phone.page.evaluate(read, [face_js, broken, number, plate, 20]))[0] is None, broken
    app = await phone.page.request.get(str(gate.desk.server.make_url("/checkpoint/app.webmanifest")))
    assert json.loads(await app.text())["display"] == "standalone"


async def test_what_the_page_lacks_it_says_and_works_by_hand(
    gate: Gates, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoint, "decoder", lambda: None)
    phone = await Phone.of(browser, gate)
    await phone.opens()
    await expect(phone.page.locator("#camera-why")).to_contain_text("make assets")
    await expect(phone.page.locator("#camera")).to_be_hidden()
    await expect(phone.page.locator("#stranger")).to_be_visible()
    await phone.sees(gate.later.payload or "", "还没生效")

    await phone.page.goto(f"http://gate.example:{gate.desk.server.port}/checkpoint")
    await expect(phone.page.locator("#insecure")).to_contain_text("https")
    await phone.page.get_by_label("证号").fill(gate.later.number or "")
    await phone.page.get_by_label("车牌", exact=True).fill(PLATES[-1])
    await phone.page.get_by_role("button", name="核验", exact=True).click()
    await expect(phone.page.locator("h1")).to_contain_text("还没生效")
    assert phone.faults == []
