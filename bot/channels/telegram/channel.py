"""One Telegram bot: says bubbles, fetches photos, and introduces itself to Telegram when it starts."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import structlog
from telegram import Bot, BotCommand, InlineKeyboardMarkup, LinkPreviewOptions, ReplyKeyboardMarkup
from telegram.error import InvalidToken, TelegramError

from bot.channels import Bubble, Gone, Later, Pace, Rejected, SendError
from bot.channels.telegram.failures import A_MOMENT, NONSENSE, as_send_errors
from bot.channels.telegram.layout import Part, keyboard, parts_of
from bot.channels.telegram.parse import ALLOWED_UPDATES, MOST_PHOTO_BYTES, NAME, callback_id
from bot.channels.telegram.request import AiohttpRequest
from locales.words import DEFAULT_LANGUAGE, LANGUAGES, has, translate

log = structlog.get_logger()

PUBLIC_API = "https://api.telegram.org"
COMMANDS = ("menu", "help", "back", "cancel")
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
_HALFWAY_AT_MOST = 1000


class Telegram:
    """A bot by its token; `api_base` is Telegram's server or a local one, without a final slash.

    With `webhook_url` (https, and `secret` of 1-256 characters A-Z a-z 0-9 _ -) Telegram calls us; without, we ask it.
    `commands` are names without '/'; each is described by `telegram.command.NAME`, or else by its plain `command.NAME`.
    """

    name = NAME
    # core.telegram.org/bots/faq: "avoid sending more than one message per second" in one chat, short bursts allowed;
    # "no more than 30 messages per second" for one bot: 5 at once and 25 a second never are more than 30 in any second.
    pace = Pace(per_chat=timedelta(seconds=1), chat_burst=3, per_account=timedelta(milliseconds=40), account_burst=5)

    def __init__(
        self,
        account: str,
        token: str,
        api_base: str = PUBLIC_API,
        *,
        webhook_url: str | None = None,
        secret: str | None = None,
        commands: Sequence[str] = COMMANDS,
        proxy: str | None = None,
        first_wait: timedelta = timedelta(seconds=2),
    ):
        if webhook_url and not secret:
            raise ValueError("a webhook without a secret would believe anybody")
        # Below this python-telegram-bot logs the token within its URLs, and what people wrote.
        logging.getLogger("telegram").setLevel(logging.WARNING)
        self.account = account
        self._request = AiohttpRequest(proxy=proxy)
        self.bot = Bot(
            token,
            base_url=f"{api_base}/bot",
            base_file_url=f"{api_base}/file/bot",
            request=self._request,
            get_updates_request=self._request,
        )
        self._webhook_url, self._secret, self._commands = webhook_url, secret, tuple(commands)
        self._first_wait = first_wait
        self._introducing: asyncio.Task[None] | None = None
        self._halfway: dict[tuple[str, int], int] = {}
        self.username: str | None = None

    async def start(self) -> None:
        """Learn our name, set webhook and commands; what fails is tried again behind the scenes until it works."""
        await self._request.initialize()
        if not await self._introduced():
            self._introducing = asyncio.create_task(self._introduce())

    async def close(self) -> None:
        """Let go of the connections; Telegram keeps webhook and commands."""
        if self._introducing is not None:
            self._introducing.cancel()
            await asyncio.gather(self._introducing, return_exceptions=True)
        await self.bot.shutdown()
        await self._request.shutdown()

    async def send(self, address: str, bubble: Bubble) -> str:
        """Say one bubble, as several messages if it is long; returns the id of the last, which has the buttons.

        A picture goes ahead of the words, or with them where they fit beside it. Raises SendError. What was said of a
        long bubble before an error is not said again by this process.
        """
        line = (address, bubble.row)
        said = self._halfway.pop(line, 0)
        parts = parts_of(bubble, await self._picture(bubble, said))
        said = min(said, len(parts) - 1)
        while True:
            last = said == len(parts) - 1
            try:
                message = await self._say(address, parts[said], keyboard(bubble) if last else None)
            except (SendError, asyncio.CancelledError):
                self._remember(line, said)
                raise
            if last:
                return message
            said += 1

    async def fetch(self, ref: str) -> bytes:
        """The bytes of the photo with this file id, at most 10 MiB; raises SendError."""
        with as_send_errors(self.account):
            file = await self.bot.get_file(ref)
        if (file.file_size or 0) > MOST_PHOTO_BYTES or not file.file_path:
            raise Rejected("a file that we do not take")
        with as_send_errors(self.account):
            try:
                content = bytes(await file.download_as_bytearray())
            except InvalidToken:  # how PTB reads a 404: the link lives an hour, the next try gets a new one
                raise Later(A_MOMENT, "the link to the file has expired") from None
        if len(content) > MOST_PHOTO_BYTES:
            raise Rejected("a file that we do not take")
        return content

    async def acknowledge(self, update: Any) -> None:
        """Stop the spinner on a pressed button; when that fails the spinner turns a little longer, and no more."""
        query = callback_id(update)
        if query is None:
            return
        try:
            await self.bot.answer_callback_query(query)
        except (TelegramError, *NONSENSE) as failure:
            log.info("telegram.not_acknowledged", account=self.account, error=type(failure).__name__)

    async def _picture(self, bubble: Bubble, said: int) -> bytes | None:
        """The picture of a bubble; of one that was stopped halfway it is with its reader already."""
        return await bubble.picture() if bubble.picture and not said else b"" if bubble.picture else None

    async def _say(self, address: str, part: Part, markup: InlineKeyboardMarkup | ReplyKeyboardMarkup | None) -> str:
        """One message. A picture that Telegram will not take costs nobody the words."""
        if part.photo is not None:
            try:
                return await self._show(address, part, markup)
            except Gone:
                raise
            except Rejected as no:
                log.error("telegram.photo_refused", account=self.account, problem=str(no))
                if not part.text:
                    return ""
        with as_send_errors(self.account):
            message = await self.bot.send_message(
                address, part.text, reply_markup=markup, link_preview_options=_NO_PREVIEW
            )
            return str(message.message_id)

    async def _show(self, address: str, part: Part, markup: InlineKeyboardMarkup | ReplyKeyboardMarkup | None) -> str:
        with as_send_errors(self.account):
            message = await self.bot.send_photo(
                address, part.photo or b"", caption=part.text or None, reply_markup=markup, filename="picture.png"
            )
            return str(message.message_id)

    def _remember(self, line: tuple[str, int], said: int) -> None:
        if said:
            if len(self._halfway) >= _HALFWAY_AT_MOST:
                self._halfway.pop(next(iter(self._halfway)))
            self._halfway[line] = said

    async def _introduce(self) -> None:
        wait = self._first_wait
        while True:
            await asyncio.sleep(wait.total_seconds())
            if await self._introduced():
                return
            wait = min(wait * 2, timedelta(minutes=5))

    async def _introduced(self) -> bool:
        try:
            await self.bot.initialize()
            self.username = self.bot.username
            if self._webhook_url:
                await self.bot.set_webhook(
                    self._webhook_url, secret_token=self._secret, allowed_updates=ALLOWED_UPDATES
                )
            else:
                await self.bot.delete_webhook()
            for language in ("", *LANGUAGES):
                await self._set_commands(language)
        except (TelegramError, *NONSENSE) as failure:  # its text may hold the token
            log.error("telegram.not_introduced", account=self.account, error=type(failure).__name__)
            return False
        log.info("telegram.introduced", account=self.account, webhook=bool(self._webhook_url))
        return True

    async def _set_commands(self, language: str) -> None:
        """Telegram knows languages by two letters, so `zh` is every Chinese; "" is for whoever has none of ours."""
        words = language or DEFAULT_LANGUAGE
        commands = [BotCommand(name, translate(words, _described(words, name))) for name in self._commands]
        await self.bot.set_my_commands(commands, language_code=language.partition("_")[0] or None)


def _described(language: str, name: str) -> str:
    own = f"telegram.command.{name}"
    return own if has(language, own) else f"command.{name}"
