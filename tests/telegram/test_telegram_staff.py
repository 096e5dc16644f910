"""A clerk on Telegram: buttons under a summons, and a reply to it that answers the ticket."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from storage import attachments
from storage import tickets as ledger
from storage.database import Database
from tests.support import photo, staff_chat, staff_turns
from tests.support.channels import CHATS, SECRET, by_telegram

CLERK, DRIVER = "王", "司机"


async def test_a_reply_to_a_summons_answers_the_ticket(db: Database, clock: Any, tmp_path: Path) -> None:
    async with by_telegram(db, clock, tmp_path) as way:
        async with db.write() as tx:
            line = staff_chat.LINE.match("王 shows ABCD2345")
            assert line
            await staff_chat.act(tx, line, await staff_turns.member(tx, CLERK, clock()), clock())
        await way.say(CLERK, "/link ABCD2345", "zh")
        await way.say(DRIVER, "G12长春东收费站不让下，吉A12345", "zh")
        await way.hear()
        await way.say(DRIVER, "提交", "zh")
        await way.hear()
        summons = next(m for m in reversed(way.provider.sent) if m.chat == CHATS[CLERK])
        assert list(summons.buttons) == ["接单", "回复", "转办"]
        replied = {
            "reply_to_message": {
                "message_id": summons.message_id,
                "date": 0,
                "chat": {"id": CHATS[CLERK], "type": "private"},
            }
        }
        way.provider.shows(CHATS[CLERK], photo.png(1), caption="请走右侧车道", **replied)
        update = json.loads(json.dumps(way.provider.delivery.pending.popitem()[1]))
        await way.client.post("/telegram/main", json=update, headers={"X-Telegram-Bot-Api-Secret-Token": SECRET})
        await way.house.fetcher.fetch_due()
        heard = {bubble.who: bubble.text for bubble in await way.hear()}
        assert "请走右侧车道" in heard[DRIVER]
        assert heard[CLERK].startswith("已回复")
    async with db.read() as tx:
        [answered] = [e for e in await ledger.events(tx, 1) if e.kind == "answered"]
        assert answered.actor.startswith("staff:")
        assert [p.status for p in await attachments.of_ticket(tx, 1)] == ["stored"]
