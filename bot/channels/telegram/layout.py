"""How a bubble looks in Telegram: messages of a bearable length, and one keyboard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from unicodedata import east_asian_width

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, KeyboardButton, ReplyKeyboardMarkup

from bot.channels import Bubble, Choice
from locales.words import translate

MOST_CHARACTERS = 4096
"""Per message (Bot API, sendMessage); Unicode characters, not UTF-16 units: 4,096 emoji were measured to pass."""
LONGEST_CAPTION = 1024
"""Characters beside a photo (Bot API, sendPhoto)."""
SHORT = 16
"""Columns that fit half the width of a phone: eight Chinese characters."""


@dataclass(frozen=True, slots=True)
class Part:
    """One message of a bubble: words, a photo, or a photo with words beside it."""

    text: str
    photo: bytes | None = None


def parts_of(bubble: Bubble, photo: bytes | None) -> list[Part]:
    """A bubble as the messages that Telegram takes: the words beside the photo where they fit there, else behind it."""
    words = split(bubble.text)
    if photo is None:
        return [Part(text) for text in words]
    if len(bubble.text) <= LONGEST_CAPTION:
        return [Part(words[0], photo)]
    return [Part("", photo), *(Part(text) for text in words)]


def split(text: str) -> list[str]:
    """The text as messages that Telegram takes, cut at line ends where there are any."""
    parts, text = [], text.strip("\n")
    while len(text) > MOST_CHARACTERS:
        end = text.rfind("\n", 1, MOST_CHARACTERS + 1)
        end = end if end > 0 else MOST_CHARACTERS
        parts.append(text[:end])
        text = text[end:].lstrip("\n")
    parts.append(text)
    return [part for part in parts if part.strip()] or [text]


def keyboard(bubble: Bubble) -> InlineKeyboardMarkup | ReplyKeyboardMarkup | None:
    """The one keyboard that a message may have: buttons under it, or, when a place is asked for, below the input line.

    Only the second can ask the phone where it is, and its other buttons only type their label.
    """
    if "position" in bubble.wants:
        where = KeyboardButton(translate(bubble.language, "telegram.position"), request_location=True)
        typed = [[KeyboardButton(choice.label) for choice in row] for row in _rows(bubble.choices)]
        return ReplyKeyboardMarkup([[where], *typed], resize_keyboard=True, one_time_keyboard=True)
    if not bubble.choices:
        return None
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(c.label, callback_data=c.payload) for c in row] for row in _rows(bubble.choices)]
    )


def _rows(choices: Sequence[Choice]) -> list[Sequence[Choice]]:
    columns = 2 if all(_width(choice.label) <= SHORT for choice in choices) else 1
    return [choices[start : start + columns] for start in range(0, len(choices), columns)]


def _width(label: str) -> int:
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in label)
