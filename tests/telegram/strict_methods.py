"""The methods of the Bot API that a text bot uses, with the real server's refusals, word for word where known."""

from __future__ import annotations

import json
import math
import re
import time
from collections import deque
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

from aiohttp import web
from PIL import Image

if TYPE_CHECKING:
    from tests.telegram.strict import Strict

_TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]{35}")
_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_SECRET = re.compile(r"[A-Za-z0-9_-]{0,256}")
_MOST_DOWNLOAD = 20 * 2**20
_MOST_PHOTO = 10 * 2**20


@dataclass(frozen=True)
class Sent:
    """One message that arrived at a user."""

    chat: int
    message_id: int
    text: str
    markup: dict[str, Any]
    at: float
    photo: bytes | None = None

    @property
    def buttons(self) -> dict[str, str]:
        """Label to callback_data of the buttons under the message."""
        rows = self.markup.get("inline_keyboard", [])
        return {button["text"]: button["callback_data"] for row in rows for button in row}


class Refused(Exception):
    """An answer with ok: false."""

    def __init__(self, status: int, description: str, **parameters: int):
        super().__init__(description)
        self.status, self.description, self.parameters = status, description, parameters


def bad(description: str) -> Refused:
    return Refused(400, f"Bad Request: {description}")


class Bucket:
    """So many at once, then one each so often."""

    def __init__(self, every: float, burst: int):
        self.every, self.burst, self.full_at = every, burst, 0.0

    def wait(self, now: float) -> float:
        """Seconds until the next may pass; takes a place if that is 0."""
        late = max(self.full_at, now) + self.every - now - self.every * self.burst
        if late <= 1e-9:
            self.full_at = max(self.full_at, now) + self.every
            return 0.0
        return late


class Window:
    """At most so many within any stretch of so many seconds."""

    def __init__(self, seconds: float, most: int):
        self.seconds, self.taken = seconds, deque[float](maxlen=most)

    def wait(self, now: float) -> float:
        """Seconds until the next may pass; takes a place if that is 0."""
        if len(self.taken) == self.taken.maxlen and (late := self.taken[0] + self.seconds - now) > 0:
            return late
        self.taken.append(now)
        return 0.0


class Methods:
    """Each is named `do_` and the method in small letters, because the Bot API does not mind the case."""

    def __init__(self, telegram: Strict):
        self.telegram = telegram
        self.queries: set[str] = set()
        self._bot_pace = Window(1.0, 30)
        self._chat_pace: dict[int, Bucket] = {}

    async def call(self, token: str, method: str, given: dict[str, Any]) -> Any:
        """The result of the call; raises Refused."""
        if not _TOKEN.fullmatch(token):
            raise Refused(404, "Not Found")
        if token != self.telegram.token:
            raise Refused(401, "Unauthorized")
        known = getattr(self, f"do_{method.lower()}", None)
        if known is None:
            raise Refused(404, "Not Found: method not found")
        return await known(given)

    async def do_getme(self, _: dict[str, Any]) -> Any:
        return {
            "id": int(self.telegram.token.partition(":")[0]),
            "is_bot": True,
            "first_name": "Changxing",
            "username": self.telegram.username,
            "can_join_groups": True,
            "can_read_all_group_messages": False,
            "supports_inline_queries": False,
        }

    async def do_sendmessage(self, given: dict[str, Any]) -> Any:
        chat, text = self._chat(given), given.get("text", "")
        if not isinstance(text, str) or not text.strip():
            raise bad("message text is empty")
        if len(text) > 4096:
            raise bad("message is too long")
        if given.get("parse_mode"):
            raise bad("this stand-in knows no parse_mode, and we use none")
        return await self._arrived(chat, text, _markup(given.get("reply_markup"), private=chat > 0))

    async def do_sendphoto(self, given: dict[str, Any]) -> Any:
        """Only uploads: we send neither file ids nor addresses. Sizes: Bot API, sendPhoto."""
        chat, caption, photo = self._chat(given), given.get("caption") or "", given.get("photo")
        if not isinstance(photo, web.FileField):
            raise bad("there is no photo in the request")
        content = photo.file.read()
        if len(content) > _MOST_PHOTO:
            raise bad("file is too big")
        try:
            width, height = Image.open(BytesIO(content)).size
        except OSError:
            raise bad("IMAGE_PROCESS_FAILED") from None
        if width + height > 10_000 or max(width, height) > 20 * min(width, height):
            raise bad("PHOTO_INVALID_DIMENSIONS")
        if len(caption) > 1024:
            raise bad("message caption is too long")
        if given.get("parse_mode"):
            raise bad("this stand-in knows no parse_mode, and we use none")
        return await self._arrived(chat, caption, _markup(given.get("reply_markup"), private=chat > 0), content)

    async def _arrived(self, chat: int, text: str, markup: dict[str, Any], photo: bytes | None = None) -> Any:
        if chat in self.telegram.blocked:
            raise Refused(403, "Forbidden: bot was blocked by the user")
        self._keep_pace(chat)
        sent = Sent(chat, self.telegram.next_id("message"), text, markup, time.time(), photo)
        self.telegram.sent.append(sent)
        shown = {"reply_markup": markup} if "inline_keyboard" in markup else {}
        kind = "private" if chat > 0 else "supergroup"
        where = {"id": chat, "type": kind, "first_name": "Invented"}
        return {
            "message_id": sent.message_id,
            "from": await self.do_getme({}),
            "chat": where,
            "date": int(sent.at),
            **(self.telegram.sizes(photo) | {"caption": text} if photo else {"text": text}),
            **shown,
        }

    async def do_answercallbackquery(self, given: dict[str, Any]) -> Any:
        query = str(given.get("callback_query_id", ""))
        if query not in self.queries:
            raise bad("query is too old and response timeout expired or query ID is invalid")
        if len(given.get("text") or "") > 200:
            raise bad("MESSAGE_TOO_LONG")
        self.queries.discard(query)
        self.telegram.acknowledged.append(query)
        return True

    async def do_getfile(self, given: dict[str, Any]) -> Any:
        file_id = given.get("file_id") or ""
        if not file_id:
            raise bad("file_id not specified")
        if file_id not in self.telegram.files:
            raise bad("invalid file_id")
        size = self.telegram.files[file_id][1]
        if size > _MOST_DOWNLOAD:
            raise bad("file is too big")
        path = f"photos/{file_id}.jpg"
        return {"file_id": file_id, "file_unique_id": file_id[-8:], "file_size": size, "file_path": path}

    async def do_setmycommands(self, given: dict[str, Any]) -> Any:
        commands, language = _json(given.get("commands"), []), given.get("language_code") or ""
        if not isinstance(commands, list) or len(commands) > 100:
            raise bad("expected at most 100 commands")
        if language and not re.fullmatch("[a-z]{2}", language):
            raise bad("invalid language code specified")
        for command in commands:
            if not _COMMAND.fullmatch(command["command"]):
                raise bad("BOT_COMMAND_INVALID")
            if not 1 <= len(command["description"]) <= 256:
                raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
        self.telegram.commands[language] = commands
        return True

    async def do_setwebhook(self, given: dict[str, Any]) -> Any:
        url, secret = given.get("url") or "", given.get("secret_token") or ""
        if url and not re.fullmatch(r"https?://[^\s/]+(/\S*)?", url):
            raise bad("invalid webhook URL specified")
        if len(secret) > 256:
            raise bad("secret token is too long")
        if not _SECRET.fullmatch(secret):
            raise bad("secret token contains unallowed characters")
        await self.telegram.delivery.set_webhook(url, secret, _json(given.get("allowed_updates"), None))
        return True

    async def do_deletewebhook(self, given: dict[str, Any]) -> Any:
        await self.telegram.delivery.set_webhook("", "", None)
        if _json(given.get("drop_pending_updates"), False):
            self.telegram.delivery.pending.clear()
        return True

    async def do_getwebhookinfo(self, _: dict[str, Any]) -> Any:
        delivery = self.telegram.delivery
        known = {"url": delivery.url, "has_custom_certificate": False}
        return {**known, "pending_update_count": len(delivery.pending)}

    async def do_getupdates(self, given: dict[str, Any]) -> Any:
        offset, limit, wait = (int(given.get(name) or 0) for name in ("offset", "limit", "timeout"))
        allowed = _json(given.get("allowed_updates"), None)
        return await self.telegram.delivery.ask(offset, min(max(limit or 100, 1), 100), min(wait, 50), allowed)

    def _chat(self, given: dict[str, Any]) -> int:
        wanted = str(given.get("chat_id") or "")
        if not wanted:
            raise bad("chat_id is empty")
        if not re.fullmatch(r"-?\d{1,19}", wanted) or int(wanted) not in self.telegram.chats:
            raise bad("chat not found")
        return int(wanted)

    def _keep_pace(self, chat: int) -> None:
        if not self.telegram.paced:
            return
        now = time.monotonic()
        line = self._chat_pace.setdefault(chat, Bucket(1.0, 3))
        wait = line.wait(now) or self._bot_pace.wait(now)
        if wait:
            seconds = max(1, math.ceil(wait))
            raise Refused(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)


async def arguments(request: web.Request) -> dict[str, Any]:
    """What was asked, from the query, a form or JSON alike."""
    given: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        body = await request.read()
        given |= json.loads(body) if body else {}
    elif request.can_read_body:
        given |= dict(await request.post())
    return given


def _json(value: Any, absent: Any) -> Any:
    """A structure as it is in JSON bodies, or as text in forms."""
    if value is None or value == "":
        return absent
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise bad("can't parse JSON") from None


def _markup(given: Any, *, private: bool) -> dict[str, Any]:
    markup = _json(given, {})
    if not isinstance(markup, dict):
        raise bad("object expected as reply markup")
    inline, keys = markup.get("inline_keyboard"), markup.get("keyboard")
    for button in _buttons(inline):
        if not isinstance(button.get("text"), str) or not button["text"].strip():
            raise bad('can\'t parse inline keyboard button: Field "text" must be non-empty')
        data = button.get("callback_data")
        if not data:
            raise bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
        if len(str(data).encode()) > 64:
            raise bad("BUTTON_DATA_INVALID")
    for button in _buttons(keys):
        if not isinstance(button.get("text"), str) or not button["text"].strip():
            raise bad('can\'t parse keyboard button: Field "text" must be non-empty')
        if button.get("request_location") and not private:
            raise bad("location can be requested in private chats only")
    return markup


def _buttons(rows: Any) -> list[dict[str, Any]]:
    rows = [] if rows is None else rows
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad("can't parse reply keyboard markup JSON object")
    buttons = [button for row in rows for button in row]
    if len(buttons) > 100 or any(len(row) > 8 for row in rows):
        raise bad("reply markup is too long")
    return buttons
