"""Builds the house from its settings: database, channels, the way in, the way out, the clock, and the web server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, cast

import structlog
from aiohttp import web

from bot.channels import Channel, Channels
from bot.channels.web import Web, add_routes
from bot.clock import Clock, Job
from bot.conversation import Form
from bot.dialogue import Dialogue, FreeReply
from bot.fetcher import Fetcher
from bot.health import add_health
from bot.pictures import Draw
from bot.receive import Receiver
from bot.sender import Sender, by_account
from bot.settings import Settings
from storage import sealed
from storage.database import Database
from storage.migrations import migrate

if TYPE_CHECKING:
    from bot.channels.telegram import Telegram

log = structlog.get_logger()


@dataclass(frozen=True)
class Rooms:
    """What the doors bring: the business's forms, answers, jobs, pages, pictures; the machinery knows none of them."""

    forms: Mapping[str, Form] = field(default_factory=dict)
    replies: Sequence[FreeReply] = ()
    jobs: Sequence[Job] = ()
    pages: Callable[[web.Application, House], None] | None = None
    draw: Draw | None = None


@dataclass
class House:
    """One process of the house, assembled."""

    settings: Settings
    db: Database
    receiver: Receiver
    channels: Channels
    sender: Sender
    fetcher: Fetcher
    clock: Clock
    secret: str
    now: Callable[[], datetime]

    @property
    def files(self) -> Path:
        """Where photos are kept."""
        return self.settings.var / "files"


def utc_now() -> datetime:
    """Now, aware and in UTC: the clock of every process that is no test."""
    return datetime.now(UTC)


def secret_of(settings: Settings) -> str:
    """SECRET_KEY, or the key that this house made for itself at its first start; columns are sealed with it."""
    settings.var.mkdir(parents=True, exist_ok=True)
    secrets = [s for s in settings.secret_key.split(",") if s] or [sealed.own_secret(settings.var)]
    sealed.use_keys(*secrets)
    return secrets[0]


def build(
    settings: Settings, rooms: Rooms, channels: Sequence[Channel], now: Callable[[], datetime] = utc_now
) -> House:
    """Assemble a house that serves these channels."""
    secret = secret_of(settings)
    db = Database(settings.database_url)
    served = by_account(channels)
    receiver = Receiver(db, Dialogue(rooms.forms, rooms.replies), now, settings.default_language)
    return House(
        settings,
        db,
        receiver,
        served,
        Sender(db, served, now, settings.zone, rooms.draw),
        Fetcher(db, served, settings.var / "files", now),
        Clock(db, rooms.jobs, now, settings.zone),
        secret,
        now,
    )


def channels_of(settings: Settings, forms: Mapping[str, Form]) -> list[Channel]:
    """The channels that the settings connect: web chat always, Telegram when there is a token."""
    found: list[Channel] = [Web(settings.web_account)]
    if settings.telegram_token:
        from bot.channels.telegram import COMMANDS, Telegram

        secret = settings.telegram_webhook_secret
        hook = f"{settings.public_url}/telegram/{settings.telegram_account}" if secret else None
        found.append(
            Telegram(
                settings.telegram_account,
                settings.telegram_token,
                settings.telegram_api_base,
                webhook_url=hook,
                secret=secret or None,
                commands=[
                    *(f.name for f in sorted(forms.values(), key=lambda f: f.menu or 0) if f.menu is not None),
                    *COMMANDS,
                ],
                proxy=settings.telegram_proxy or None,
            )
        )
    return found


def application(house: House, rooms: Rooms) -> web.Application:
    """The web server of a house, with everything that runs beside it."""
    app = web.Application(client_max_size=1024 * 1024)
    settings = house.settings
    add_health(app, house.db, house.channels, house.now)
    add_routes(
        app,
        db=house.db,
        receive=house.receiver.receive,
        secret=house.secret,
        files=house.files,
        public_url=settings.public_url,
        default_language=settings.default_language,
        account=settings.web_account,
        draw=rooms.draw,
    )
    if rooms.pages is not None:
        rooms.pages(app, house)
    if settings.telegram_webhook_secret and (bots := _bots(house)):
        from bot.channels.telegram import routes

        for bot in bots:
            app.add_routes(routes(bot, house.receiver.receive, settings.telegram_webhook_secret))

    async def life(_app: web.Application) -> AsyncIterator[None]:
        async with running(house):
            yield

    app.cleanup_ctx.append(life)
    return app


@asynccontextmanager
async def running(house: House) -> AsyncIterator[None]:
    """Migrate, start what runs in the background, and stop it in the order in which nothing is lost."""
    await migrate(house.db.engine)
    await house.db.start()
    for bot in _bots(house):
        await bot.start()
    tasks = _pollers(house)
    if house.settings.send:
        tasks += [
            asyncio.create_task(house.sender.run(), name="sender"),
            asyncio.create_task(house.fetcher.run(), name="fetcher"),
        ]
        house.clock.start()
    for task in tasks:
        task.add_done_callback(_say_if_it_fell)
    try:
        yield
    finally:
        house.clock.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await house.sender.close()
        for bot in _bots(house):
            await bot.close()
        await house.db.close()


def _bots(house: House) -> list[Telegram]:
    """The Telegram bots; without one their library is not even loaded, which is a fifth of the time to start."""
    return [cast("Telegram", channel) for channel in house.channels.values() if channel.name == "telegram"]


def _pollers(house: House) -> list[asyncio.Task[None]]:
    if house.settings.telegram_webhook_secret or not (bots := _bots(house)):
        return []
    from bot.channels.telegram import listen

    return [asyncio.create_task(listen(bot, house.receiver.receive), name=f"poll {bot.account}") for bot in bots]


def _say_if_it_fell(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        log.critical("a background task fell", task=task.get_name(), exc_info=error)
        raise SystemExit(f"{task.get_name()} fell: {error}") from error
