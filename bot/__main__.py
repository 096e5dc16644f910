"""The front door: `python -m bot run | chat | migrate | staff | ...`; the only file that knows every room."""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import Sequence

from bot import settings as setting
from bot.arguments import read


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    chosen = read(arguments)
    if chosen.command == "parse":
        from handlers.commands.parse import parse as parse_text

        return parse_text(chosen.kind, " ".join(chosen.text), chosen.language, as_json=chosen.as_json)
    settings = setting.load()
    match chosen.command:
        case "packs":
            from handlers.commands.packs import packs

            return packs(settings, chosen)
        case "library":
            from handlers.commands.library import library

            return asyncio.run(library(settings, chosen))
        case "run":
            return _serve(settings, demo=chosen.demo)
        case "chat":
            from handlers.commands.chat import chat as talk

            return asyncio.run(talk(settings, chosen.who, chosen.language, as_json=chosen.as_json))
        case "migrate":
            from handlers.commands.migrate import migrate

            return asyncio.run(migrate(settings))
        case "reindex":
            from handlers.commands.reindex import reindex

            return asyncio.run(reindex(settings))
        case "dispatch":
            from handlers.commands.dispatch import show

            return asyncio.run(show(settings, chosen.day, chosen.place, chosen.xlsx, as_json=chosen.as_json))
        case "facilities" | "points":
            from handlers.commands.registers import register

            return asyncio.run(register(settings, chosen.command, chosen.deed, chosen.file, chosen.by))
        case "staff":
            from handlers.commands.staff import staff as manage

            return asyncio.run(manage(settings, chosen.deed, chosen.login, chosen.name, chosen.role, chosen.department))
        case "directory":
            from handlers.commands.directory import directory as keep

            return asyncio.run(keep(settings, chosen.deed, chosen.folder, chosen.by))
    return 2


def _serve(settings: setting.Settings, *, demo: bool) -> int:
    gc.disable()  # thousands of classes are made and nothing is garbage: a tenth of the time to start
    from handlers.commands.run import run

    gc.enable()
    return run(settings, demo=demo)


if __name__ == "__main__":
    sys.exit(main())
