"""The pictures of the console that docs/console.md shows are those that are taken."""

from __future__ import annotations

import re

from tests.browser.busy_day import SOME_DAY
from tests.browser.pictures import FOLDER, shots


def test_every_page_is_shown_in_light_and_dark() -> None:
    shown = re.findall(r"pictures/(console-[a-z-]+\.png)", (FOLDER.parent / "console.md").read_text("utf-8"))
    taken = [f"console-{one.name}{ending}.png" for one in shots(SOME_DAY) for ending in ("-dark", "")]
    assert shown == taken
    assert sorted(taken) == sorted(file.name for file in FOLDER.glob("console-*.png"))
