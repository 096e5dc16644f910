"""Telegram, by the Bot API: private chats only; in a group the bot asks to be written to privately.

    parse.py     a raw update as an Incoming, or as unreadable; pure
    poll.py      asks for updates (`listen`), for a bot that Telegram cannot call
    webhook.py   takes updates (`routes`), for one that it can
    channel.py   `Telegram`: sends, fetches, acknowledges, introduces itself
    layout.py    a bubble as messages and a keyboard
    failures.py  Telegram's refusals as SendError
    request.py   python-telegram-bot's transport over aiohttp

A process either listens or has routes for an account, never both: Telegram answers getUpdates with 409 while a webhook
is set. Limits and behaviour are those of Bot API 10.0 and of tdlib/telegram-bot-api, its server.
"""

from bot.channels.telegram.channel import COMMANDS, Telegram
from bot.channels.telegram.poll import Receive, listen
from bot.channels.telegram.webhook import routes

__all__ = ["COMMANDS", "Receive", "Telegram", "listen", "routes"]
