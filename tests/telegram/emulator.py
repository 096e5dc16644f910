"""The public emulator `telegram-test-api`, started by `emulator.js`: a server that we did not write ourselves.

`emulator` is a pytest fixture; import it into the conftest.py of whoever needs it. It installs the pinned package once.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import queue
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

HERE = Path(__file__).parent
SECONDS_TO_INSTALL = 180
SECONDS_TO_START = 15


@dataclass(frozen=True)
class Emulator:
    """A running emulator: `base` is what a bot takes for api.telegram.org; any token is a bot of its own."""

    base: str

    async def says(self, token: str, chat: int, text: str, **more: Any) -> None:
        """A user writes; `more` are further fields of the message, such as `date`."""
        await self._message(token, chat, text=text, **more)

    async def shares(self, token: str, chat: int, latitude: float, longitude: float) -> None:
        """A user sends a location."""
        await self._message(token, chat, location={"latitude": latitude, "longitude": longitude})

    async def presses(self, token: str, chat: int, data: str) -> None:
        """A user presses a button with this callback_data."""
        await self._post("sendCallback", {"botToken": token, "data": data, "message": _who(chat), **_who(chat)})

    async def said(self, token: str, chat: int) -> list[dict[str, Any]]:
        """What the bot sent to this chat since the last time we looked, as it sent it."""
        answer = await self._post("getUpdates", {"token": token, "chatId": chat})
        return [update["message"] for update in answer["result"]]

    async def _message(self, token: str, chat: int, **content: Any) -> None:
        await self._post("sendMessage", {"botToken": token, "date": int(time.time()), **_who(chat), **content})

    async def _post(self, path: str, body: dict[str, Any]) -> Any:
        async with aiohttp.request("POST", f"{self.base}/{path}", json=body) as answer:
            answer.raise_for_status()
            return await answer.json()


@pytest.fixture(scope="session")
def emulator() -> Iterator[Emulator]:
    """One emulator per test process; skips where there is no node, or no way to get the package."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip("the Telegram emulator needs node and npm, and they are not here")
    _install(npm)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with subprocess.Popen(
        [node, "emulator.js"],
        cwd=HERE,
        env={**os.environ, "PORT": str(port)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        try:
            yield Emulator(_listening(process))
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


def _install(npm: str) -> None:
    """`npm ci`, unless exactly this lock file is installed; one process at a time, for tests that run in parallel."""
    modules, wanted = HERE / "node_modules", hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
    with (HERE / "package-lock.json").open("rb") as door:
        fcntl.flock(door, fcntl.LOCK_EX)
        stamp = modules / ".installed"
        if stamp.exists() and stamp.read_text() == wanted:
            return
        try:
            subprocess.run(
                [npm, "ci", "--no-audit", "--no-fund"],
                cwd=HERE,
                check=True,
                capture_output=True,
                text=True,
                timeout=SECONDS_TO_INSTALL,
            )
        except subprocess.CalledProcessError as failure:
            pytest.skip(f"npm ci did not install the Telegram emulator: {failure.stderr[-400:]}")
        except subprocess.TimeoutExpired:
            pytest.skip("npm ci did not install the Telegram emulator in time")
        stamp.write_text(wanted)


def _listening(process: subprocess.Popen[str]) -> str:
    """The address that the emulator says it listens on."""
    lines: queue.Queue[str] = queue.Queue()
    threading.Thread(target=_drain, args=(process, lines), daemon=True).start()
    try:
        first = lines.get(timeout=SECONDS_TO_START)
    except queue.Empty:
        raise RuntimeError("the Telegram emulator did not start in time") from None
    word, _, address = first.strip().partition(" ")
    if word != "listening":
        raise RuntimeError(f"the Telegram emulator said: {first}")
    return address


def _drain(process: subprocess.Popen[str], lines: queue.Queue[str]) -> None:
    for line in process.stdout or ():
        lines.put(line)


def _who(chat: int) -> dict[str, Any]:
    person = {"id": chat, "is_bot": False, "first_name": "Invented", "language_code": "zh-hans"}
    return {"from": person, "chat": {"id": chat, "type": "private", "first_name": "Invented"}}
