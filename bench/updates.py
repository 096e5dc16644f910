"""Invented updates, as Telegram would bring them."""

from __future__ import annotations

import json

ANSWERING = ("劝返", "WHERE", "返回", "返回")
"""What, where, and back: a form is filled and never submitted."""


def place(chat: int) -> str:
    """A place of this chat's own: 20 km from any other on the same road, so that no two reports look alike."""
    return f"S{100 + chat % 900} K{20 * (chat // 900)}+{chat % 10}00"


def words(text: str, chat: int) -> str:
    """A text of a plan as this chat says it."""
    return text.replace("WHERE", place(chat))


def update(number: int, chat: int, text: str) -> bytes:
    """A private message as the webhook gets it."""
    who = {"id": chat, "first_name": "师傅", "last_name": "李", "username": f"invented_{chat}"}
    message = {
        "message_id": number % 1_000_000,
        "from": {**who, "is_bot": False, "language_code": "zh-hans"},
        "chat": {**who, "type": "private"},
        "date": 1_772_337_600,
        "text": text,
    }
    return json.dumps({"update_id": number, "message": message}).encode()
