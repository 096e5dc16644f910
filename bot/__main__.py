"""The front door: `python -m bot run | chat | migrate | staff | ...`; the only file that knows every room."""

from __future__ import annotations

import argparse
import asyncio
import gc
import sys
from collections.abc import Sequence
from pathlib import Path

from bot import settings as setting


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m bot", description="Changxing (畅行): keeps freight moving")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    run = commands.add_parser("run", help="serve web chat, console and messengers")
    run.add_argument("--demo", action="store_true", help="with a day's worth of invented tickets")
    chat = commands.add_parser("chat", help="talk to the desk in this terminal, one message a line")
    chat.add_argument("--as", dest="who", default="me", help="who is talking; each name has a conversation of its own")
    chat.add_argument("--language", choices=("zh", "en"), help="language of the first contact")
    chat.add_argument("--json", dest="as_json", action="store_true", help="print each reply as one JSON line")
    commands.add_parser("migrate", help="bring the database to the newest shape")
    commands.add_parser("reindex", help="let every ticket be found by the words it has now")
    staff = commands.add_parser("staff", help="add or list those who work at the desk, or give a new password")
    staff.add_argument("deed", choices=("add", "list", "password", "disable"))
    staff.add_argument("login", nargs="?")
    staff.add_argument("--name")
    staff.add_argument("--role", choices=("clerk", "handler", "supervisor", "checkpoint", "admin"), default="clerk")
    staff.add_argument("--department", metavar="CODE", help="where somebody handles tickets")
    directory = commands.add_parser("directory", help="the organisation directory as sheets, out of or into a folder")
    directory.add_argument("deed", choices=("export", "import"))
    directory.add_argument("folder", type=Path)
    directory.add_argument("--by", metavar="LOGIN", help="the administrator whose deed an import is")
    register = commands.add_parser("facilities", help="the register of toll stations and service areas, as a sheet")
    register.add_argument("deed", choices=("import", "export"))
    register.add_argument("file", type=Path)
    register.add_argument("--by", metavar="LOGIN", help="the supervisor or administrator who imports")
    parse = commands.add_parser("parse", help="show what a parser makes of a text")
    parse.add_argument("kind")
    parse.add_argument("text", nargs="+")
    parse.add_argument("--json", dest="as_json", action="store_true")
    parse.add_argument("--language", choices=("zh", "en"), default="zh")
    chosen = parser.parse_args(arguments)
    if chosen.command == "parse":
        from handlers.commands.parse import parse as parse_text

        return parse_text(chosen.kind, " ".join(chosen.text), chosen.language, as_json=chosen.as_json)
    settings = setting.load()
    match chosen.command:
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
        case "facilities":
            from handlers.commands.facilities import facilities

            return asyncio.run(facilities(settings, chosen.deed, chosen.file, chosen.by))
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
