"""`python -m bot run`: web chat, console and messengers in one process."""

from __future__ import annotations

import asyncio
import gc
import signal
import sys
from dataclasses import replace
from pathlib import Path

from aiohttp import web
from sqlalchemy.exc import DBAPIError

from bot import logs
from bot.app import House, application, build, channels_of
from bot.settings import Settings
from handlers import desk, jobs
from handlers.commands.staff import add
from handlers.pages import add_pages
from handlers.pictures import fonts
from handlers.rooms import ROOMS
from hotline.library.shelf import put_up_digests
from hotline.rules import shelf
from storage import staff as people
from storage.migrations import migrate

DEMO_PACKS = Path(__file__).with_name("demo_packs")
"""Invented packs, in force today, so that a newcomer can apply for a pass."""


def run(settings: Settings, *, demo: bool) -> int:
    """Serve until stopped; returns 1 when the port or the database is not to be had."""
    logs.set_up(settings.log_level, readable=sys.stderr.isatty())
    try:
        desk.use(settings, *((DEMO_PACKS,) if demo else ()))
        fonts.use(settings.font_file)
        asyncio.run(_serve(settings, demo=demo))
    except KeyboardInterrupt:
        return 0
    except shelf.BadPack as wrong:
        print(wrong, file=sys.stderr)
        return 1
    except OSError as taken:
        print(f"cannot serve on {settings.host}:{settings.port} ({taken.strerror}); set HOST and PORT", file=sys.stderr)
        return 1
    return 0


async def _serve(settings: Settings, *, demo: bool) -> None:
    made = replace(ROOMS, pages=add_pages, jobs=jobs.at(settings.dispatch_at))
    house = build(settings, made, channels_of(settings, made.forms))
    try:
        await migrate(house.db.engine)
        async with house.db.write() as tx:
            await put_up_digests(tx, house.now())
    except (OSError, DBAPIError) as away:
        raise SystemExit(f"DATABASE_URL: the database does not answer ({type(away).__name__}).") from None
    password = await _first_administrator(house)
    if demo:
        from handlers.commands.demo import invent

        await invent(house)
    runner = web.AppRunner(application(house, made), access_log=None, shutdown_timeout=10)
    await runner.setup()
    try:
        gc.freeze()  # what a house is made of lives as long as it does; to look for garbage there took 150 ms of a page
        await web.TCPSite(runner, settings.host, settings.port).start()
        _announce(settings, runner, password)
        await _stopped()
    finally:
        await runner.cleanup()


async def _stopped() -> None:
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    await stop.wait()


async def _first_administrator(house: House) -> str | None:
    async with house.db.write() as tx:
        if not await people.is_empty(tx):
            return None
        return await add(tx, house.settings, "admin", "管理员", "admin", house.now())


def _announce(settings: Settings, runner: web.AppRunner, password: str | None) -> None:
    port = runner.addresses[0][1]
    here = settings.public_url or f"http://{settings.host}:{port}"
    print(f"畅行 Changxing\n  chat     {here}/\n  console  {here}/staff/", flush=True)
    if password:
        print(f"  first sign-in: admin / {password} (shown once, to be changed there)", flush=True)
