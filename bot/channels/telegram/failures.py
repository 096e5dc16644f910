"""What Telegram's refusals mean for a message that we owe."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import structlog
from telegram.error import (
    BadRequest,
    ChatMigrated,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.channels import Gone, Later, Rejected, SendError, Unknown
from bot.channels.telegram.request import AnswerLost, NeverSent, TooLarge

# python-telegram-bot's own switch to the type that its next major version returns; without it each 429 is a warning.
os.environ.setdefault("PTB_TIMEDELTA", "true")

log = structlog.get_logger()

A_MOMENT = timedelta(seconds=5)
UNTIL_SOMEBODY_LOOKS = timedelta(minutes=10)
TOKEN_REFUSED = (InvalidToken, EndPointNotFound)
NONSENSE = (TypeError, ValueError, LookupError, AttributeError, ArithmeticError)
"""What python-telegram-bot raises at an answer that is JSON, but not what the Bot API documents."""

# Client.cpp of tdlib/telegram-bot-api answers these with 400 where nobody is (any longer) behind the chat id.
_NOBODY = ("chat not found", "private chat not found", "user not found", "peer_id_invalid", "chat_id is empty")


def send_error(failure: TelegramError) -> SendError:
    """The same failure in the words of the seam; its text holds no token, no chat and nothing that anybody wrote."""
    why = _why(failure)
    match failure:
        case RetryAfter():
            return Later(_wait(failure), why)
        case Forbidden():  # blocked, deactivated, kicked, never started
            return Gone(why)
        case InvalidToken() | EndPointNotFound():
            return Later(UNTIL_SOMEBODY_LOOKS, why, everyone=True)
        case BadRequest() if "temporarily unavailable" in failure.message.lower():
            return Later(timedelta(minutes=1), why)
        case BadRequest():
            return Gone(why) if failure.message.lower().startswith(_NOBODY) else Rejected(why)
        case ChatMigrated() | TooLarge():
            return Rejected(why)
        case NeverSent():
            return Later(A_MOMENT, why, everyone=True)
        case TimedOut() | AnswerLost():
            return Unknown(why)
        case NetworkError():  # Telegram answered, with 5xx
            return Later(A_MOMENT, why)
    return Unknown(why)


@contextmanager
def as_send_errors(account: str) -> Iterator[None]:
    """Around calls to Telegram: what they raise leaves as SendError."""
    try:
        yield
    except TelegramError as failure:
        if isinstance(failure, TOKEN_REFUSED):
            log.error("telegram.token_refused", account=account)
        raise send_error(failure) from None
    except NONSENSE as nonsense:
        raise Unknown(f"an answer that nobody documents: {type(nonsense).__name__}") from None


def _why(failure: TelegramError) -> str:
    """Only a 400 or 403 says more than its name, in Telegram's fixed phrases; unreadable answers are cut off."""
    name = type(failure).__name__
    if not isinstance(failure, BadRequest | Forbidden):
        return name
    return f"{name}: {failure.message.partition('. Parsing')[0][:120]}"


def _wait(flood: RetryAfter) -> timedelta:
    wait = flood.retry_after
    return wait if isinstance(wait, timedelta) else timedelta(seconds=wait)
