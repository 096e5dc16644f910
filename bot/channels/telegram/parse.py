"""What a driver did in Telegram, read from the raw update; pure, so that a stored update can be read again."""

from __future__ import annotations

import hashlib
import json
import math
import re
from dataclasses import replace
from datetime import datetime
from typing import Any

from telegram import CallbackQuery, Chat, ChatMember, ChatMemberUpdated, Location, Message, Update, User
from telegram.constants import MessageAttachmentType, MessageType

from bot.channels import Incoming, Photo, Position, Unreadable, pressed_or_text

NAME = "telegram"
ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")
MOST_PHOTO_BYTES = 10 * 2**20
"""We keep photos up to 10 MiB; Telegram itself lets bots download 20 MB (Bot API, getFile)."""

# What Pillow can open: an image that we could not look at would only disappoint later (HEIC among them).
_IMAGES = frozenset(f"image/{kind}" for kind in ("jpeg", "png", "webp", "bmp", "tiff"))
# python-telegram-bot does not check the types of fields; these are what hostile ones raise in it and in here.
_MALFORMED = (TypeError, ValueError, LookupError, AttributeError, ArithmeticError, OSError, RecursionError)
_COMMAND = re.compile(r"/(\w{1,32})(?:@(\w{1,64}))?(?=\s|$)", re.ASCII)
# Telegram's own remarks in a chat ("... pinned a message") are said by nobody, so nobody is answered.
_REMARKS = tuple(
    frozenset(MessageType)
    - frozenset(MessageAttachmentType)
    - {MessageType.TEXT, MessageType.CHECKLIST, MessageType.GIVEAWAY, MessageType.REPLY_TO_STORY}
    - {MessageType.EFFECT_ID, MessageType.SENDER_BOOST_COUNT}
    - {MessageType.SENDER_BUSINESS_BOT, MessageType.BUSINESS_CONNECTION_ID}
)


def parse(update: Any, account: str, *, username: str | None = None) -> Incoming | None:
    """One update as an Incoming, or None when it is none of our business; raises Unreadable when it is malformed.

    `username` is the bot's own, without '@'; while it is unknown, a command in a group counts as ours.
    A message that holds nothing we take (voice, sticker ...) has the text "", so that we can say what we do take.
    """
    try:
        typed = Update.de_json(update, None)
        bare = Incoming(NAME, account, "", str(_whole(typed.update_id)), raw=update)
        if typed.message:
            return _message(bare, typed.message, username)
        if typed.callback_query:
            return _callback(bare, typed.callback_query)
        if typed.edited_message:
            return _edited(bare, typed.edited_message)
        if typed.my_chat_member:
            return _membership(bare, typed.my_chat_member)
        return None
    except Unreadable:
        raise
    except _MALFORMED as malformed:
        raise Unreadable(f"not an update: {type(malformed).__name__}") from None


def understand(update: Any, account: str, *, username: str | None = None) -> Incoming | None:
    """Like `parse`, but what cannot be read is handed on as such, so that one bad update never stops the rest."""
    try:
        return parse(update, account, username=username)
    except Unreadable:
        return Incoming(NAME, account, "", _identity(update), raw=update, kind="unreadable")


def callback_id(update: Any) -> str | None:
    """The id under which Telegram waits for an acknowledgement of a pressed button, if the update is one."""
    query = update.get("callback_query") if isinstance(update, dict) else None
    found = query.get("id") if isinstance(query, dict) else None
    return found if isinstance(found, str) and found else None


def update_id(update: Any) -> int | None:
    """The update's own number: unique for one bot, but random again after a week of silence (Bot API, Update)."""
    found = update.get("update_id") if isinstance(update, dict) else None
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def _identity(update: Any) -> str:
    number = update_id(update)
    if number is not None:
        return str(number)
    return hashlib.sha256(json.dumps(update, sort_keys=True).encode()).hexdigest()


def _message(bare: Incoming, message: Message, username: str | None) -> Incoming | None:
    bare = _from(bare, message.chat, message.from_user, message.date)
    words = _clean(message.text if message.text is not None else message.caption)
    if message.chat.type != Chat.PRIVATE:
        return replace(bare, kind="group") if _calls_us(words or "", username) else None
    position, photos = _position(message), _photos(message)
    if words is None and position is None and not photos:
        if any(message[remark] for remark in _REMARKS):
            return None
        words = ""
    return replace(bare, text=_plain_command(words), position=position, photos=photos, reply_to=_answered(message))


def _edited(bare: Incoming, message: Message) -> Incoming | None:
    if message.chat.type != Chat.PRIVATE or message.location:  # a live location is "edited" every few seconds
        return None
    bare = _from(bare, message.chat, message.from_user, message.edit_date or message.date)
    words = _clean(message.text if message.text is not None else message.caption)
    return replace(bare, kind="edited", text=words, photos=_photos(message), reply_to=_answered(message))


def _callback(bare: Incoming, query: CallbackQuery) -> Incoming | None:
    payload = _clean(query.data)
    if query.message is None or payload is None or query.message.chat.type != Chat.PRIVATE:
        return None
    pressed, text = pressed_or_text(payload)
    bare = _from(bare, query.message.chat, query.from_user, None)
    return replace(bare, pressed=pressed, text=text, reply_to=str(_whole(query.message.message_id)))


def _membership(bare: Incoming, change: ChatMemberUpdated) -> Incoming | None:
    """In a private chat this comes only when the user blocks or unblocks the bot (Bot API, Update.my_chat_member)."""
    if change.chat.type != Chat.PRIVATE:
        return None
    bare = _from(bare, change.chat, change.from_user, change.date)
    match change.new_chat_member.status:
        case ChatMember.BANNED:
            return replace(bare, kind="blocked")
        case ChatMember.MEMBER:
            return replace(bare, kind="unblocked")
    return None


def _from(bare: Incoming, chat: Chat, user: User | None, at: datetime | None) -> Incoming:
    language = _clean(user.language_code) if user else None
    return replace(bare, address=str(_whole(chat.id)), language=language, sent_at=at)


def _answered(message: Message) -> str | None:
    answered = message.reply_to_message
    return str(_whole(answered.message_id)) if answered else None


def _position(message: Message) -> Position | None:
    venue = message.venue
    where: Location | None = venue.location if venue else message.location
    if where is None:
        return None
    latitude, longitude = float(where.latitude), float(where.longitude)
    if not (math.isfinite(latitude) and abs(latitude) <= 90 and math.isfinite(longitude) and abs(longitude) <= 180):
        raise Unreadable("a place that is not on the earth")
    label = " ".join(filter(None, (_clean(venue.title), _clean(venue.address)))) if venue else None
    return Position(latitude, longitude, "wgs84", label or None)


def _photos(message: Message) -> tuple[Photo, ...]:
    """The largest size that we may keep: Telegram offers each photo in several."""
    sizes = [size for size in message.photo if (size.file_size or 0) <= MOST_PHOTO_BYTES]
    if sizes:
        return (Photo(max(sizes, key=lambda size: size.width * size.height).file_id),)
    file = message.document
    if file and file.mime_type in _IMAGES and (file.file_size or 0) <= MOST_PHOTO_BYTES:
        return (Photo(file.file_id),)
    return ()


def _calls_us(words: str, username: str | None) -> bool:
    command = _COMMAND.match(words)
    if command:
        return username is None or command[2] is None or command[2].lower() == username.lower()
    return username is not None and bool(re.search(rf"(?<!\w)@{re.escape(username)}(?!\w)", words, re.IGNORECASE))


def _plain_command(words: str | None) -> str | None:
    command = _COMMAND.match(words) if words else None
    return f"/{command[1].lower()}{words[command.end() :]}" if words and command else words


def _clean(words: Any) -> str | None:
    """The text without what no database stores: NUL and halves of surrogate pairs."""
    if words is None:
        return None
    if not isinstance(words, str):
        raise Unreadable("words that are no text")
    return words.replace("\x00", "").encode("utf-8", "replace").decode()


def _whole(number: Any) -> int:
    if not isinstance(number, int) or isinstance(number, bool):
        raise Unreadable("an id that is no number")
    return number
