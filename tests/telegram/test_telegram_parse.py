"""What a driver did in Telegram, read from updates shaped like the real ones; the people in them are invented."""

from __future__ import annotations

import copy
import json
import math
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels import Incoming, Photo, Position, Pressed, Unreadable
from bot.channels.telegram.parse import callback_id, parse, understand

UPDATES: dict[str, dict[str, Any]] = json.loads((Path(__file__).parent / "fixtures" / "updates.json").read_text())
SENT_AT = datetime(2025, 11, 21, 4, 40, tzinfo=UTC)
HERE = Position(43.886841, 125.324501)

TAKEN: dict[str, dict[str, Any]] = {
    "text": {"text": "G12 长春东收费站劝返，吉A12345"},
    "start with argument": {"text": "/start notice_7"},
    "command shouted": {"text": "/help"},
    "reply to us": {"text": "好的", "reply_to": "41"},
    "location": {"position": HERE},
    "live location": {"position": Position(43.9, 125.3)},
    "venue": {"position": Position(43.8, 125.4, label="长春东收费站 G12 珲乌高速")},
    "photo": {"text": "收费站的告示", "photos": (Photo("AgACAgUAAxkBAAI3"),)},
    "photo too large": {"photos": (Photo("AgACAgUAAxkBAAI4"),)},
    "image as file": {"photos": (Photo("BQACAgUAAxkBAAI6"),)},
    "other file": {"text": ""},
    "voice": {"text": ""},
    "sticker": {"text": ""},
    "kind of the future": {"text": ""},
    "edited": {"kind": "edited", "text": "是吉A12346", "sent_at": datetime(2025, 11, 21, 4, 41, 30, tzinfo=UTC)},
    "pressed": {"pressed": Pressed(12, "turned_back"), "reply_to": "41", "sent_at": None},
    "pressed under a message that is gone": {
        "pressed": Pressed(12, "turned_back"),
        "reply_to": "41",
        "sent_at": None,
    },
    "pressed a command": {"text": "/cancel", "reply_to": "41", "sent_at": None},
    "blocks": {"kind": "blocked", "sent_at": datetime(2025, 11, 21, 4, 41, 40, tzinfo=UTC)},
    "unblocks": {"kind": "unblocked", "sent_at": datetime(2025, 11, 21, 4, 41, 40, tzinfo=UTC)},
    "group command": {"kind": "group", "address": "-1001234567890"},
    "group command for us": {"kind": "group", "address": "-1001234567890"},
    "group mention": {"kind": "group", "address": "-1001234567890"},
}
IGNORED = {
    "live location moves",
    "pinned by Telegram's own remark",
    "pressed in a group",
    "added to a group",
    "group talk",
    "group command for another",
    "kind of update never asked for",
}
UNREADABLE = {"pressed what is not ours"}


def read(update: Any) -> Incoming | None:
    return parse(update, "main", username="changxing_test_bot")


def test_the_tables_speak_of_every_fixture() -> None:
    assert set(UPDATES) == set(TAKEN) | IGNORED | UNREADABLE


@pytest.mark.parametrize("what", sorted(TAKEN))
def test_taken(what: str) -> None:
    update = UPDATES[what]
    usual: dict[str, Any] = {"address": "700100200", "language": "zh-hans", "sent_at": SENT_AT}
    expected = Incoming(
        "telegram", "main", external_id=str(update["update_id"]), raw=update, **{**usual, **TAKEN[what]}
    )
    assert read(update) == expected


@pytest.mark.parametrize("what", sorted(IGNORED))
def test_ignored_politely(what: str) -> None:
    assert read(UPDATES[what]) is None


@pytest.mark.parametrize("what", sorted(UNREADABLE))
def test_unreadable(what: str) -> None:
    with pytest.raises(Unreadable):
        read(UPDATES[what])
    handed_on = understand(UPDATES[what], "main")
    assert handed_on is not None
    assert (handed_on.kind, handed_on.address) == ("unreadable", "")
    assert handed_on.external_id == str(UPDATES[what]["update_id"])


@pytest.mark.parametrize("what", sorted(UPDATES))
def test_the_raw_update_stays_as_it_came_and_no_name_is_kept(what: str) -> None:
    before = copy.deepcopy(UPDATES[what])
    incoming = understand(UPDATES[what], "main", username="changxing_test_bot")
    assert UPDATES[what] == before
    assert incoming is None or incoming.name is None


def test_while_our_name_is_unknown_commands_in_groups_are_ours() -> None:
    incoming = parse(UPDATES["group command for us"], "main")
    assert incoming is not None and incoming.kind == "group"
    assert parse(UPDATES["group mention"], "main") is None


def test_words_lose_what_no_database_stores() -> None:
    update = copy.deepcopy(UPDATES["text"])
    update["message"]["text"] = "吉A\x0012345\ud83d"
    incoming = read(update)
    assert incoming is not None and incoming.text == "吉A12345?"


MALFORMED: dict[str, Any] = {
    "nothing": {},
    "no object": 5,
    "a list": [],
    "id that is text": {**UPDATES["text"], "update_id": "880102"},
    "id that is a truth": {**UPDATES["text"], "update_id": True},
    "message that is text": {"update_id": 1, "message": "hello"},
    "message without chat": {"update_id": 1, "message": {"message_id": 1, "date": 1763700000, "text": "x"}},
}
BAD_FIELDS: dict[str, Any] = {
    "text": {"not": "text"},
    "chat": {"id": "seven", "type": "private"},
    "date": 10**17,
    "location": {"latitude": 91.0, "longitude": 0.0},
    "venue": {"location": {"latitude": math.nan, "longitude": 0.0}, "title": "x", "address": "y"},
    "photo": [{"file_id": "x", "file_unique_id": "x"}],
    "document": {"file_id": "x", "file_unique_id": "x", "mime_type": "image/png", "file_size": "big"},
    "reply_to_message": "41",
}
for field, value in BAD_FIELDS.items():
    message = {key: kept for key, kept in UPDATES["text"]["message"].items() if key != "text"}
    MALFORMED[f"a bad {field}"] = {"update_id": 1, "message": {**message, field: value}}


@pytest.mark.parametrize("what", sorted(MALFORMED))
def test_malformed_updates_are_unreadable_and_nothing_else(what: str) -> None:
    with pytest.raises(Unreadable):
        read(MALFORMED[what])


def test_what_lacks_even_an_id_is_known_by_its_content() -> None:
    one, again, other = (understand(update, "main") for update in ({"a": 1}, {"a": 1}, {"a": 2}))
    assert one is not None and again is not None and other is not None
    assert one.external_id == again.external_id != other.external_id
    assert len(one.external_id) == 64


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(data=st.data())
def test_any_field_of_any_update_may_be_anything(data: st.DataObject) -> None:
    update = copy.deepcopy(UPDATES[data.draw(st.sampled_from(sorted(UPDATES)))])
    inside: Any = update
    while True:
        key = data.draw(st.sampled_from(sorted(inside) if isinstance(inside, dict) else range(len(inside))))
        if isinstance(inside[key], dict | list) and inside[key] and data.draw(st.booleans()):
            inside = inside[key]
            continue
        inside[key] = data.draw(anything)
        break
    incoming = understand(update, "main", username="changxing_test_bot")
    assert incoming is None or isinstance(incoming.external_id, str)
    if incoming is not None and incoming.text is not None:
        incoming.text.encode()
    callback_id(update)
