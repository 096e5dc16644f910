"""What may be typed after `python -m bot`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import date
from pathlib import Path


def read(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """The command and its arguments; ends the program with a usage line when they make no sense."""
    parser = _parser()
    chosen, more = parser.parse_known_args(arguments)
    if more and not (hasattr(chosen, "known") and all("=" in one and not one.startswith("-") for one in more)):
        parser.error(f"unrecognized arguments: {' '.join(more)}")
    if more:
        chosen.known += more  # facts may stand behind the options
    return chosen


def _parser() -> argparse.ArgumentParser:
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
    day = commands.add_parser("dispatch", help="a day in numbers (日调度), frozen once it is over")
    day.add_argument("day", nargs="?", type=date.fromisoformat, metavar="DAY", help="2026-03-01; yesterday if none")
    day.add_argument("--place", metavar="DIVISION", help="six digits of GB/T 2260, or a name; the desk's own if none")
    form = day.add_mutually_exclusive_group()
    form.add_argument("--json", dest="as_json", action="store_true")
    form.add_argument("--xlsx", type=Path, metavar="FILE")
    _of_policy(commands)
    parse = commands.add_parser("parse", help="show what a parser makes of a text")
    parse.add_argument("kind")
    parse.add_argument("text", nargs="+")
    parse.add_argument("--json", dest="as_json", action="store_true")
    parse.add_argument("--language", choices=("zh", "en"), default="zh")
    return parser


def _of_policy(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Rule packs, the policy library and the service points."""
    packs = commands.add_parser("packs", help="rule packs: check them, list them, ask them, compare them")
    deeds = packs.add_subparsers(dest="deed", required=True, metavar="DEED")
    check = deeds.add_parser("check", help="load every pack, or these files, and run their cases")
    check.add_argument("files", nargs="*", type=Path)
    listed = deeds.add_parser("list", help="every pack, or those in force")
    listed.add_argument("--on", metavar="DATE")
    listed.add_argument("--place", metavar="DIVISION", help="six digits of GB/T 2260, or a name")
    listed.add_argument("--json", dest="as_json", action="store_true")
    explain = deeds.add_parser("explain", help="verdict, rules, citations and what is still unknown")
    explain.add_argument("scheme")
    explain.add_argument("known", nargs="*", metavar="FACT=VALUE")
    explain.add_argument("--on", metavar="DATE", help="as of this day; today when left out")
    explain.add_argument("--place", metavar="DIVISION", default="000000")
    explain.add_argument("--facts", action="store_true", help="list the facts that may be given")
    explain.add_argument(
        "--pack", type=Path, metavar="FILE", help="try this file, a template too, instead of the shelf"
    )
    explain.add_argument("--json", dest="as_json", action="store_true")
    explain.add_argument("--language", choices=("zh", "en"), default="zh")
    diff = deeds.add_parser("diff", help="what changed from one pack to another, in words")
    diff.add_argument("one", help="the id of a pack, or a file")
    diff.add_argument("other")
    diff.add_argument("--json", dest="as_json", action="store_true")
    diff.add_argument("--language", choices=("zh", "en"), default="zh")
    shape = deeds.add_parser("schema", help="the JSON Schema of the pack format")
    shape.set_defaults(as_json=True)
    library = commands.add_parser("library", help="published documents: take them in, search them")
    shelf = library.add_subparsers(dest="deed", required=True, metavar="DEED")
    taken = shelf.add_parser("import", help="take documents as published; names and numbers of people are masked")
    taken.add_argument("files", nargs="+", type=Path)
    taken.add_argument("--by", metavar="LOGIN", help="the administrator whose deed it is")
    for name in ("title", "number", "issuer"):
        taken.add_argument(f"--{name}", help=f"the {name} of the one document, where the text does not bear it")
    taken.add_argument("--date", dest="issued_on", type=date.fromisoformat, metavar="DATE", help="its date")
    shelf.add_parser("list", help="the documents on the shelf").add_argument(
        "--json", dest="as_json", action="store_true"
    )
    found = shelf.add_parser("search", help="the clauses that answer best")
    found.add_argument("text", nargs="+")
    found.add_argument("--limit", type=int, default=10)
    found.add_argument("--json", dest="as_json", action="store_true")
    points = commands.add_parser("points", help="the register of service points and checkpoints, as a sheet")
    points.add_argument("deed", choices=("import", "export"))
    points.add_argument("file", type=Path)
    points.add_argument("--by", metavar="LOGIN", help="the supervisor or administrator who imports")
