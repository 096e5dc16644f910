"""A file that somebody uploads as his sheet, opened in a process of its own: cells out, or the sentence why not."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog

from locales.words import Refusal

log = structlog.get_logger()

PATIENCE = 20.0
"""Seconds on the wall; of the processor it gets eight."""

ROOT = Path(__file__).parents[2]
Cell = str | float | datetime | None

WHY_NOT = {"old", "other", "macros", "heavy", "broken", "empty"}


@dataclass(frozen=True, slots=True)
class Opened:
    """The rows that have something in them, each with its number in the file; which rows are merged; whether more."""

    rows: list[tuple[int, list[Cell]]]
    merged: list[tuple[int, int]]
    more: bool


async def cells(content: bytes) -> Opened:
    """What stands in the first visible sheet; raises Refusal for what is no sheet that we open."""
    if not content:
        raise Refusal("sheet.file.missing")
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-I", "-c", _START, str(ROOT),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
        env={name: os.environ[name] for name in ("PATH", "LANG", "SYSTEMROOT") if name in os.environ},
    )  # fmt: skip
    try:
        out, _ = await asyncio.wait_for(child.communicate(content), PATIENCE)
    except TimeoutError:
        out = b""
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    try:
        found: dict[str, Any] = json.loads(out) if out and child.returncode == 0 else {"no": "heavy"}
    except ValueError:
        found = {"no": "broken"}
    if "no" in found:
        why = found["no"] if found["no"] in WHY_NOT else "broken"
        log.info("sheet not opened", why=why, size=len(content), code=child.returncode)
        raise Refusal(f"sheet.file.{why}")
    rows: list[tuple[int, list[Cell]]] = [(int(number), [_cell(one) for one in line]) for number, line in found["rows"]]
    return Opened(rows, [(first, last) for first, last in found["merged"]], bool(found["more"]))


_START = (
    "import sys; sys.path.insert(0, sys.argv[1]); from handlers.firm_pages.sheet_child import main; sys.exit(main())"
)


def _cell(value: object) -> Cell:
    if isinstance(value, dict):
        return datetime.fromisoformat(value["at"])
    return value if isinstance(value, str | int | float) else None
