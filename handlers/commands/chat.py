"""`python -m bot chat`: the conversation in a terminal, on the same ledger as everybody else's."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from uuid import uuid4

from bot import logs
from bot.app import build
from bot.channels import Photo, Unavailable, Unreadable
from bot.channels.terminal import ADDRESS, HELP, Terminal, lines
from bot.settings import Settings
from handlers import desk
from handlers.rooms import ROOMS
from hotline.library.shelf import put_up_digests
from locales.words import Refusal, negotiate, render
from storage import attachments, contacts, files, turns
from storage.migrations import migrate


async def chat(settings: Settings, who: str, language: str | None, *, as_json: bool) -> int:
    """Play each line of standard input as a message; ends when input ends and every reply owed has been printed."""
    logs.set_up("error", readable=True)
    desk.use(settings)
    terminal = Terminal(who, as_json=as_json)
    house = build(settings, ROOMS, [terminal])
    prefers = negotiate(language, settings.default_language)
    await migrate(house.db.engine)
    async with house.db.write() as tx:
        await put_up_digests(tx, house.now())

    if language:
        async with house.db.write() as tx:
            known = await turns.find_contact(tx, terminal.name, terminal.account, ADDRESS)
            if known is not None:
                await contacts.set_language(tx, known, prefers)

    async def kept(path: Path) -> Photo:
        if not path.is_file():
            raise Refusal("files.not_an_image")
        stored = files.keep(house.files, path.read_bytes())
        async with house.db.write() as tx:
            number = await attachments.keep(tx, terminal.name, terminal.account, ADDRESS, stored, house.now())
        return Photo(str(path), number)

    talking = asyncio.create_task(house.sender.run())
    try:
        await house.sender.drain()
        source = lines(sys.stdin)
        while (line := await asyncio.to_thread(next, source, None)) is not None:
            photo: Photo | None = None
            try:
                if line.startswith("@photo "):
                    photo = await kept(Path(line.removeprefix("@photo ").strip()).expanduser())
                incoming = terminal.parse(line, uuid4().hex, prefers, photo)
                await house.receiver.receive(incoming)
            except Unreadable as unclear:
                print(str(unclear) or HELP, file=sys.stderr)
            except Refusal as no:
                print(render(prefers, no.say), file=sys.stderr)
            await house.sender.drain()
    except Unavailable:
        print("the database is away; please try again in a moment", file=sys.stderr)
        return 1
    finally:
        talking.cancel()
        await asyncio.gather(talking, return_exceptions=True)
        await house.sender.close()
        await house.db.close()
    return 0
