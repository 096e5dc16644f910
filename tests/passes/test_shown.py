"""A pass as it is held up: its page, its picture and its paper say how it stands now, and no more than stands on it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import zxingcpp
from PIL import Image

from bot.channels.telegram import Telegram
from bot.sender import Sender, by_account
from handlers import desk as house_desk
from handlers import pictures
from handlers.pictures import fonts
from hotline.passes import applying, deciding, face, keys
from hotline.passes.shown import LIVE, standing
from locales.words import SHANGHAI
from storage import turns
from storage.database import Database
from storage.models import PASS_STATES, Department, Outbox, Pass, Responsible, Staff
from tests.conftest import StillClock
from tests.staff.desk import Browser, Desk, assembled
from tests.support import passes as support
from tests.telegram.strict import Strict

pytestmark = pytest.mark.usefixtures("packs")

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What is drawn hangs on no database; that it is found does, and is tried on both."""

needs_font = pytest.mark.skipif(fonts.found() is None, reason="no font for Chinese is installed")


class Bureau:
    """One truck's passes, and whoever decides on them."""

    def __init__(self, desk: Desk, staff: dict[str, Staff]):
        self.desk, self.db, self.clock, self.staff = desk, desk.db, desk.clock, staff

    async def applied(self, **changed: Any) -> Pass:
        async with self.db.write() as tx:
            driver = await support.contact(tx, "driver", self.clock())
            return await applying.apply(tx, driver, support.wish(self.clock(), **changed), self.clock())

    async def issued(self, **changed: Any) -> Pass:
        pass_ = await self.applied(**changed)
        async with self.db.write() as tx:
            return await deciding.approve(tx, self.staff["li"], pass_.id or 0, self.clock())

    async def revoked(self, pass_: Pass) -> None:
        async with self.db.write() as tx:
            await deciding.revoke(tx, self.staff["zhou"], pass_.id or 0, "t#二", "张三换了车", self.clock())

    async def drawn(self, pass_: Pass, language: str = "zh_CN") -> bytes | None:
        async with self.db.read() as tx:
            return await pictures.draw(tx, {"kind": "pass", "pass": pass_.id}, language, self.clock())


@pytest_asyncio.fixture
async def bureau(
    db: Database, clock: StillClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Bureau]:
    standing_desk = assembled(db, clock, tmp_path)
    monkeypatch.setattr(house_desk, "_address", "https://changxing.example.org")
    async with db.write() as tx:
        staff = await support.hired(tx, clock(), serials=9)
        office = Department(code="txz", name="某市通行证办公室", division="220100", level="city", reached_by="值班电话")
        tx.add(office)
        await tx.flush()
        tx.add(Responsible(function="pass", division="220100", department_id=office.id or 0))
    yield Bureau(standing_desk, staff)
    await standing_desk.server.close()


async def page(browser: Browser, pass_: Pass, query: str = "") -> str:
    shown = await browser.get(f"/passes/{pass_.code}{query}")
    assert shown.status == 200
    return shown.html


def qr_of(picture: bytes) -> str | None:
    return next(
        (code.text for code in zxingcpp.read_barcodes(Image.open(BytesIO(picture)), zxingcpp.BarcodeFormat.QRCode)),
        None,
    )


async def test_a_pass_through_its_life(bureau: Bureau) -> None:
    """On its way, not yet begun, good, over: one address, and each time the word that counts."""
    later = await bureau.issued(from_wished=bureau.clock() + timedelta(days=1), trailer="吉B1234挂", via=("130229",))
    other = await bureau.applied(plate="吉A54321")
    async with bureau.desk.browser() as browser:
        waiting = await page(browser, other)
        assert "正在办" in waiting and "14:00 前有结果" in waiting and "证号" not in waiting
        before = await page(browser, later)
        assert "还没到时间" in before and "<svg" in before and 'class="pass amber"' in before
        bureau.clock.pass_(days=2)
        good = await page(browser, later)
        for shown in ("有效", "220100 000001", "吉A12345", "吉B1234挂", "沈阳市和平区", "玉田县", "朝阳区",
                      "农业生产物资", "某市通行证办公室", "值班电话", "不得转借", "pass green", "<svg"):  # fmt: skip
            assert shown in good
        assert "Valid" in await page(browser, later, "?lang=en")
        bureau.clock.pass_(days=30)
        over = await page(browser, later)
        assert "已到期" in over and "续办" in over and 'class="pass grey"' in over and "<svg" not in over


@on_sqlite
async def test_nobody_is_named_on_it_and_nobody_keeps_it(bureau: Bureau) -> None:
    pass_ = await bureau.issued()
    await bureau.revoked(pass_)
    async with bureau.desk.browser() as browser:
        answer = await browser.get(f"/passes/{pass_.code.lower()}")
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "noindex" in answer.headers["X-Robots-Tag"]
        assert "已注销" in answer.text and "<svg" not in answer.html
        assert "张三" not in answer.html, "neither the crew nor what a reviewer wrote"
        for code in ("ABCDEFGHJKMN", "000000000000"):
            assert (await browser.get(f"/passes/{code}")).status == 404
            assert (await browser.get(f"/passes/{code}/picture.png")).status == 404


@on_sqlite
@needs_font
async def test_the_picture_holds_what_was_signed(bureau: Bureau) -> None:
    pass_ = await bureau.issued()
    picture = await bureau.drawn(pass_)
    assert picture is not None and len(picture) < 200_000
    image = Image.open(BytesIO(picture))
    assert image.format == "PNG" and image.width == 900 and image.height < 1800
    async with bureau.db.read() as tx:
        seen = face.read(qr_of(picture) or "", await keys.public(tx))
    assert seen.state == "sound" and seen.face is not None
    assert (seen.face.number, seen.face.plate) == (pass_.number, pass_.plate)
    assert await bureau.drawn(pass_) is picture, "who asks again waits for nothing"
    assert await bureau.drawn(pass_, "en") != picture
    async with bureau.desk.browser() as browser:
        kept = await browser.client.get(f"/passes/{pass_.code}/picture.png", headers={"Accept-Language": "zh-CN"})
        assert await kept.read() == picture
        assert f"{pass_.number}.png" in kept.headers["Content-Disposition"]
    await bureau.revoked(pass_)
    ended = await bureau.drawn(pass_)
    assert ended is not None and qr_of(ended) is None, "an officer without a network may not know that it has ended"


@on_sqlite
@needs_font
async def test_it_arrives_in_telegram_with_its_words_and_buttons(bureau: Bureau) -> None:
    async with Strict() as telegram:
        telegram.chats.add(7)
        channel = Telegram("main", telegram.token, telegram.base)
        await channel.start()
        async with bureau.db.write() as tx:
            driver = await turns.contact_at(tx, "telegram", "main", "7", "zh_CN", bureau.clock())
            pass_ = await applying.apply(tx, driver, support.wish(bureau.clock()), bureau.clock())
            await deciding.approve(tx, bureau.staff["li"], pass_.id or 0, bureau.clock())
        out = Sender(bureau.db, by_account([channel]), bureau.clock, SHANGHAI, pictures.draw)
        await out.drain()
        await out.close()
        await channel.close()
    (message,) = telegram.sent
    assert "办好了" in message.text and "/mypasses " + pass_.code in message.buttons.values()
    assert message.photo is not None and qr_of(message.photo)


@on_sqlite
async def test_where_there_is_nothing_to_draw(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    waiting = await bureau.applied(plate="吉A54321")
    assert await bureau.drawn(waiting) is None
    issued = await bureau.issued(trailer="吉B9999挂")
    monkeypatch.setattr(fonts, "found", lambda: None)
    assert await bureau.drawn(issued) is None
    async with bureau.db.read() as tx:
        assert await pictures.draw(tx, {"kind": "pass", "pass": 999}, "zh_CN", bureau.clock()) is None
        assert await pictures.draw(tx, {"kind": "of old"}, "zh_CN", bureau.clock()) is None
    async with bureau.desk.browser() as browser:
        shown = await page(browser, issued)
        assert "<svg" in shown and "picture.png" not in shown
        assert (await browser.get(f"/passes/{issued.code}/picture.png")).status == 404


@on_sqlite
async def test_who_applied_is_shown_it(bureau: Bureau) -> None:
    pass_ = await bureau.issued()
    async with bureau.db.read() as tx:
        row = (await tx.get_one(Outbox, 1)).picture
    assert row == {"kind": "pass", "pass": pass_.id}


def test_every_state_has_a_standing(clock: StillClock) -> None:
    now = clock()
    for state in PASS_STATES:
        pass_ = Pass(state=state, valid_from=now, valid_until=now + timedelta(days=1))
        assert (standing(pass_, now) in LIVE) == (state == "issued")
        assert standing(pass_, now + timedelta(days=1)) not in LIVE, "the last moment is no longer in it"
