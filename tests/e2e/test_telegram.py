"""The whole way against a Telegram that we did not write: report, ticket, answer and result arrive."""

from __future__ import annotations

import asyncio
import re
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.clerk import Clerk
from tests.support.process import free_port, running
from tests.telegram.emulator import Emulator

CHAT = 70_001
_tokens = count(900)


class Driver:
    """A driver in Telegram: what he does, and what he reads."""

    def __init__(self, emulator: Emulator, token: str):
        self.emulator, self.token = emulator, token
        self.read: list[dict[str, Any]] = []

    async def says(self, text: str) -> None:
        await self.emulator.says(self.token, CHAT, text)

    async def taps(self, label: str) -> None:
        rows = self.read[-1]["reply_markup"]["inline_keyboard"]
        payload = next(b["callback_data"] for row in rows for b in row if b["text"] == label)
        await self.emulator.presses(self.token, CHAT, payload)

    async def reads(self, part: str) -> str:
        """The next message that has these words in it."""
        async with asyncio.timeout(20):
            while True:
                for message in await self.emulator.said(self.token, CHAT):
                    self.read.append(message)
                    if part in message["text"]:
                        return str(message["text"])
                await asyncio.sleep(0.05)


@pytest.mark.parametrize("how", ["polling", "webhook"])
async def test_from_report_to_result(how: str, emulator: Emulator, tmp_path: Path) -> None:
    token = f"{next(_tokens)}:invented"
    settings = {"TELEGRAM_TOKEN": token, "TELEGRAM_API_BASE": emulator.base, "PORT": str(free_port())}
    if how == "webhook":
        settings |= {
            "PUBLIC_URL": f"http://127.0.0.1:{settings['PORT']}",
            "TELEGRAM_WEBHOOK_SECRET": "an-invented_secret",
        }
    driver = Driver(emulator, token)
    async with running(tmp_path, **settings) as house, Clerk(house) as clerk:
        await driver.says("/start")
        await driver.reads("畅行热线")
        await driver.taps("报告受阻")
        await driver.reads("遇到了什么情况")
        await driver.taps("劝返")
        await driver.reads("在哪里")
        await driver.says("G12长春东收费站")
        await driver.reads("请核对")
        await driver.taps("提交")
        said = await driver.reads("已收到")
        number = re.search(r"\d{6}-\d{8}-\d-\d{6}", said)
        assert number, said

        await clerk.signs_in()
        await clerk.acts(number.group(), "reply", "已联系收费站值班长，请稍等。")
        await clerk.acts(number.group(), "resolve", "已放行。")
        assert "已联系收费站值班长" in await driver.reads("有答复")
        assert "已放行" in await driver.reads("已办结")
