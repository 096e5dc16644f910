"""`python -m bot packs`: rule packs checked, listed, asked and compared from a terminal."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

from bot.settings import Settings
from handlers.staff.packs_diff import worded
from hotline.rules import others
from hotline.rules.account import account, pack_row
from hotline.rules.differences import differences
from hotline.rules.rulings import Ruling, allowed, place_code, read_value, rule_on
from hotline.rules.shelf import BadPack, Pack, Shelf, folders, load, read, use
from hotline.rules.written import Written
from locales.words import Refusal, negotiate, render, say


def packs(settings: Settings, chosen: argparse.Namespace) -> int:
    """Do one deed: 0 when it went well, 1 for a pack or a question that is not right, 2 for what cannot be read."""
    deeds: dict[str, Callable[[Settings, argparse.Namespace], int]] = {
        "check": _check, "list": _list, "explain": _explain, "diff": _diff, "schema": _schema,
    }  # fmt: skip
    try:
        use(settings.packs)
        return deeds[chosen.deed](settings, chosen)
    except BadPack as wrong:
        print(wrong)
    except Refusal as no:
        said = render(negotiate(getattr(chosen, "language", None), settings.default_language), no.say)
        print(_json({"refused": no.key, "text": said}) if chosen.as_json else said)
    return 1


def _check(settings: Settings, chosen: argparse.Namespace) -> int:
    """Everything that is wrong is told, not only the first of it."""
    ours = [file for folder in folders() for file in sorted(folder.rglob("*.toml"))]
    found = chosen.files or [*ours, *others.files()]
    faults = 0
    for file in found:
        if others.is_other(file):
            wrong = others.faults(file)
            faults += bool(wrong)
            print("\n".join(wrong) or f"{others.describe(file).id}\tok")
            continue
        try:
            pack = read(file)
        except (BadPack, OSError) as wrong:
            faults += 1
            print(wrong)
        else:
            print(f"{pack.id}\t{len(pack.written.rules)} rules\t{len(pack.written.cases)} cases\tok")
    if not chosen.files and not faults:
        load()
    return 1 if faults else 0


def _list(settings: Settings, chosen: argparse.Namespace) -> int:
    shelf = load()
    found: Iterable[Pack] = shelf.packs.values()
    if chosen.place:
        found = shelf.in_force(place_code(chosen.place), _day(settings, chosen.on))
    elif chosen.on:
        found = [pack for pack in found if pack.written.holds(_day(settings, chosen.on))]
    rows = [pack_row(pack) for pack in sorted(found, key=lambda pack: (pack.written.pack.scheme, pack.id))]
    if chosen.as_json:
        print(_json(rows))
    for row in rows if not chosen.as_json else ():
        where = ",".join(row["divisions"]) or "template"
        print(f"{row['scheme']:20} {row['id']:36} {where:16} {row['from']} .. {row['until'] or ''}\t{row['title']}")
    if not chosen.as_json and not chosen.place and not chosen.on:
        for other in (others.describe(file) for file in others.files()):
            print(f"{'-':20} {other.id:36} {render(settings.default_language, other.what)}")
    return 0


def _explain(settings: Settings, chosen: argparse.Namespace) -> int:
    day, place = _day(settings, chosen.on), place_code(chosen.place)
    shelf = _alone(read(chosen.pack), place) if chosen.pack else load()
    if chosen.facts:
        return _facts(shelf, chosen)
    ruling = rule_on(shelf, chosen.scheme, place, day, _known(shelf, chosen))
    told = account(ruling, chosen.language)
    print(_json(told) if chosen.as_json else "\n".join(_lines(ruling, told, chosen.language)))
    return 0


def _alone(pack: Pack, place: str) -> Shelf:
    """A shelf with this pack alone; a template is tried as if it held at the place that is asked about."""
    head = pack.written.pack
    if head.template:
        written = pack.written.model_copy(
            update={"pack": head.model_copy(update={"template": False, "divisions": (place,)})}
        )
        pack = Pack(written, pack.version, pack.file)
    return Shelf({pack.id: pack})


def _known(shelf: Shelf, chosen: argparse.Namespace) -> dict[str, Any]:
    """What was given as `name=value`; a fact that nobody knows (`name=unknown`) is left out."""
    facts = {name: fact for pack in shelf.of(chosen.scheme) for name, fact in pack.written.facts.items()}
    known: dict[str, Any] = {}
    for given in chosen.known:
        name, mark, typed = given.partition("=")
        if not mark or name not in facts:
            raise Refusal("rules.fact.unknown", name=name, known=sorted(facts))
        is_open = typed.strip().casefold() in ("unknown", "?", "") and typed not in (facts[name].options or ())
        if not is_open:
            try:
                known[name] = read_value(facts[name], typed)
            except (KeyError, ValueError):
                raise Refusal("rules.fact.refused", name=name, allowed=allowed(facts[name])) from None
    return known


def _facts(shelf: Shelf, chosen: argparse.Namespace) -> int:
    """Every fact of the scheme, with what it may be and how it is asked."""
    if chosen.scheme not in shelf.schemes():
        raise Refusal("rules.scheme.unknown", scheme=chosen.scheme, known=list(shelf.schemes()))
    rows: dict[str, dict[str, Any]] = {}
    for pack in shelf.of(chosen.scheme):
        for name, fact in pack.written.facts.items():
            row = rows.setdefault(name, {"name": name, "kind": fact.kind, "values": allowed(fact), "packs": []})
            row["unit"], row["ask"] = fact.unit, fact.ask.en if chosen.language == "en" else fact.ask.zh
            row["packs"].append(pack.id)
    if chosen.as_json:
        print(_json(list(rows.values())))
    for row in rows.values() if not chosen.as_json else ():
        print(f"{row['name']:24} {row['kind']:8} {row['values']:40} {row['ask']}")
    return 0


def _lines(ruling: Ruling, told: dict[str, Any], language: str) -> Iterable[str]:
    """The same for reading: the answer first, then why."""
    tag = negotiate(language)
    words = render(tag, say(f"rules.verdict.{told['verdict']}"))
    yield f"{told['verdict']}  {words}" + (f"  [{told['class']}]" if told["class"] else "")
    if ruling.ended:
        yield render(tag, say("rules.ended", title=ruling.ended.written.pack.title.say, last=_last(ruling.ended)))
    for rule in told["rules"]:
        yield f"- {rule['id']}: {rule['say']}" + (f" {rule['next']}" if rule["next"] else "")
        yield from (f"    {_cite(cite)}" for cite in rule["citations"])
    if told["not_stated"]:
        meaning = ruling.pack.written.parameters[told["not_stated"]].meaning.say
        yield render(tag, say("rules.not_stated", name=meaning))
    for name, mark in (("forbidden", "ground"), ("also", "kind"), ("overridden", "ground")):
        for one in told[name]:
            yield f"{name} {one[mark]}: {one['say']}"
            yield from (f"    {_cite(cite)}" for cite in one["citations"])
    if told["assumed"]:
        yield "assumed: " + ", ".join(f"{name}={_typed(value)}" for name, value in told["assumed"].items())
    if told["unknown"]:
        yield "unknown: " + ", ".join(told["unknown"]) + "  possible: " + ", ".join(told["possible"])
    yield from (f"pack {row['id']} {row['version']} {row['from']} .. {row['until'] or ''}" for row in told["packs"])


def _typed(value: Any) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _last(pack: Pack) -> str:
    until = pack.written.pack.until
    return date.fromordinal(until.toordinal() - 1).isoformat() if until else ""


def _cite(cite: dict[str, Any]) -> str:
    parts = [cite["title"], cite["number"], cite["issuer"], cite["date"], cite["item"] and f"#{cite['item']}"]
    return " ".join(str(part) for part in parts if part) + (" *" if cite["secondary"] else "")


def _diff(settings: Settings, chosen: argparse.Namespace) -> int:
    shelf = load()
    one, other = (_named(shelf, name) for name in (chosen.one, chosen.other))
    lines = [render(negotiate(chosen.language), worded(line, one, other)) for line in differences(one, other)]
    print(_json(lines) if chosen.as_json else "\n".join(lines))
    return 0


def _named(shelf: Shelf, name: str) -> Pack:
    if name in shelf.packs:
        return shelf.packs[name]
    if not Path(name).is_file():
        raise Refusal("rules.pack.unknown", name=name)
    return read(Path(name))


def _schema(_settings: Settings, _chosen: argparse.Namespace) -> int:
    print(json.dumps(Written.model_json_schema(by_alias=True), ensure_ascii=False, indent=2))
    return 0


def _day(settings: Settings, typed: str | None) -> date:
    if not typed:
        return datetime.now(settings.zone).date()
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise Refusal("rules.day.unread", typed=typed) from None


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
