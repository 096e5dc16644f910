"""Packs without rules of passage, checked and listed like those that have some: catalogue, calendar, text modules.

Each is read by the code that uses it, so that nothing passes here which would stop the desk later.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from hotline import calendar, catalogue, macros
from hotline.clocks import due
from hotline.rules.shelf import BadPack
from locales.words import LANGUAGES, SHANGHAI, Refusal, Say, render, say

TIMES = ("first", "next", "resolution")


@dataclass(frozen=True, slots=True)
class Other:
    """A pack that is no rule pack; `what` says in a line what is in it, `secondary` is what we know by hearsay only."""

    id: str
    file: Path
    version: str
    what: Say
    sources: tuple[str, ...]
    secondary: tuple[str, ...]


def files() -> tuple[Path, ...]:
    """Every such pack of the shelf."""
    return (catalogue.PACK, *sorted(calendar.FOLDER.glob("*.toml")), macros.PACK)


def is_other(file: Path) -> bool:
    """Whether a file is such a pack by what stands in it, or, when it cannot be read, by its name."""
    return _kind(file) is not None


def faults(file: Path) -> list[str]:
    """What is wrong in a file, each in a sentence with file, table and reason."""
    try:
        match _kind(file):
            case "catalogue":
                return [f"{file.name}: {fault}" for fault in _of_catalogue(file)]
            case "calendar":
                calendar.read(file)
                return []
            case "macros":
                return [f"{file.name}: {fault}" for fault in _of_macros(file)]
        return [f"{file.name}: no catalogue, calendar or text modules"]
    except (catalogue.BadPack, calendar.BadCalendar) as error:
        return [str(error)]
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        return [f"{file.name}: {error}"]


def describe(file: Path) -> Other:
    """What a sound file holds; raises BadPack."""
    if found := faults(file):
        raise BadPack("\n".join(found))
    raw = file.read_bytes()
    version, pack = sha256(raw).hexdigest()[:12], tomllib.loads(raw.decode())
    match _kind(file):
        case "catalogue":
            matters = sum(len(kind["what"]) for kind in pack["kinds"].values())
            known = pack["sources"].values()
            titles = tuple(one["title"] for one in known)
            secondary = tuple(one["title"] for one in known if one.get("secondary"))
            what = say("packs.catalogue", kinds=len(pack["kinds"]), matters=matters)
            return Other("catalogue", file, version, what, titles, secondary)
        case "calendar":
            days = calendar.read(file)
            what = say("packs.calendar", off=len(days.off), work=len(days.work), hours=len(days.hours))
            return Other(f"calendar-{file.stem}", file, version, what, days.sources, ())
    return Other("macros", file, version, say("packs.macros", modules=len(pack["macros"])), (), ())


def _kind(file: Path) -> str | None:
    try:
        pack = tomllib.loads(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        by_name = {catalogue.PACK.name: "catalogue", macros.PACK.name: "macros"}
        return "calendar" if file.parent.name == calendar.FOLDER.name else by_name.get(file.name)
    by_table = {"kinds": "catalogue", "macros": "macros", "hours": "calendar", "days": "calendar"}
    return next((kind for table, kind in by_table.items() if table in pack), None)


def _of_catalogue(file: Path) -> Iterator[str]:
    """Its rules, and its cases: by when a matter is due that was reported at a moment."""
    known = catalogue.load.__wrapped__(file)
    for case in tomllib.loads(file.read_text("utf-8")).get("cases", ()):
        name = case.get("name", "?")
        yield from (f"case {name!r}: {fault}" for fault in _case(known, case))


def _case(known: catalogue.Catalogue, case: Mapping[str, Any]) -> Iterator[str]:
    if strange := set(case) - {"name", "kind", "what", "at", *TIMES}:
        yield f"unknown words {sorted(strange)}"
        return
    rule, at = known.rules.get((case.get("kind", ""), case.get("what", ""))), case.get("at")
    if rule is None or not isinstance(at, datetime):
        yield f"no matter {case.get('kind')}.{case.get('what')} of this catalogue, or no moment `at`"
        return
    if not set(case) & set(TIMES):
        yield "says nothing of when it is due"
    for name in TIMES:
        wanted = case.get(name)
        found = due(at.replace(tzinfo=SHANGHAI), getattr(rule, name), calendar.load()).astimezone(SHANGHAI)
        if wanted is not None and wanted != found.replace(tzinfo=None):
            yield f"{name} is due {found:%Y-%m-%d %H:%M}, not {wanted}"


def _of_macros(file: Path) -> Iterator[str]:
    pack = tomllib.loads(file.read_text("utf-8"))
    kinds = {kind for kind, _ in catalogue.load().rules}
    names: Counter[tuple[str, str]] = Counter()
    for table, module in pack["macros"].items():
        where = f"macros.{table}"
        if strange := set(module) - {"kind", *LANGUAGES}:
            yield f"{where}: unknown words {sorted(strange)}"
        if module.get("kind") not in {None, *kinds}:
            yield f"{where}: kind {module['kind']!r} is no kind of the catalogue"
        for language in LANGUAGES:
            words = module.get(language, {})
            if set(words) != {"name", "text"}:
                yield f"{where}.{language}: needs a name and a text, and nothing else"
                continue
            names[language, words["name"]] += 1
            try:
                macros.checked(words["name"], language, words["text"])
            except Refusal as refused:
                yield f"{where}.{language}: {render('en', refused.say)}"
    yield from (f"macros: {count} are called {name!r}" for (_, name), count in names.items() if count > 1)
