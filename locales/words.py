"""A leaf that every room may import: a sentence is a key with its facts until somebody must read it."""

from __future__ import annotations

import gettext
import string
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time, format_timedelta
from babel.lists import format_list
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

LOCALES = Path(__file__).parent
LANGUAGES = tuple(sorted((p.name for p in LOCALES.iterdir() if any(p.glob("*.po"))), key=lambda tag: tag != "zh_CN"))
DEFAULT_LANGUAGE = LANGUAGES[0]
ON_A_BUTTON = 30
"""Characters of a long value that a button shows."""
SHANGHAI = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class Say:
    """A sentence that is not yet words: its key in the catalogues, and the facts it needs."""

    key: str
    facts: Mapping[str, Any] = field(default_factory=dict)


def say(key: str, **facts: Any) -> Say:
    """Shorthand for `Say`; facts are text, numbers, aware moments, timedeltas, other Says, or lists of these."""
    return Say(key, facts)


def together(*parts: Say, gap: str = "\n\n") -> Say:
    """Several sentences as one bubble; empty lines between them unless `gap` says otherwise."""
    return parts[0] if len(parts) == 1 else Say("", {"parts": list(parts), "gap": gap})


OWN_WORDS = "="
"""The key of a sentence that brings its words along."""


def in_each(texts: Mapping[str, str]) -> Say:
    """A sentence that stands in a pack and not in the catalogues: its words by language (`zh`, `en`)."""
    return Say(OWN_WORDS, {"texts": dict(texts)})


class Refusal(Exception):
    """The user may not do this, or not so; `say` is the sentence that tells what would be right."""

    def __init__(self, key: str, **facts: Any):
        super().__init__(key)
        self.key, self.facts = key, facts

    @property
    def say(self) -> Say:
        """The refusal as a sentence."""
        return Say(self.key, self.facts)


class Unworded(LookupError):
    """A key that the catalogue of this language lacks: a bug, which a test finds before users do."""


@cache
def _catalogue(language: str) -> tuple[gettext.GNUTranslations, frozenset[str]]:
    whole = Catalog(locale=language)
    for file in sorted((LOCALES / language).glob("*.po")):
        with file.open("rb") as opened:
            for message in read_po(opened, locale=language):
                if not message.id:
                    continue
                key = message.id if isinstance(message.id, str) else message.id[0]
                if key in whole:
                    raise ValueError(f"{file.name} words {key} a second time")
                whole[message.id] = message
    compiled = BytesIO()
    write_mo(compiled, whole)
    compiled.seek(0)
    keys = (m.id if isinstance(m.id, str) else m.id[0] for m in whole if m.id and _worded(m.string))
    return gettext.GNUTranslations(compiled), frozenset(keys)


def _worded(text: Any) -> bool:
    return bool(text) and (isinstance(text, str) or all(text))


def keys(language: str) -> frozenset[str]:
    """Every key that this language has words for."""
    return _catalogue(language)[1]


def has(language: str, key: str) -> bool:
    """Whether this language words the key."""
    return key in _catalogue(language)[1]


def translate(language: str, key: str, /, *, zone: tzinfo = SHANGHAI, now: datetime | None = None, **facts: Any) -> str:
    """The sentence `key` in this language; a key with plural forms chooses by the fact `count`.

    In the catalogue `{at:moment}`, `{at:date}`, `{at:time}`, `{at:relative}` say how a moment reads, `{list:lines}`,
    `{list:clauses}` and `{list:spaced}` how a list does, and `{any:short}` cuts to what fits on a button.
    """
    words, known = _catalogue(language)
    if key not in known:
        raise Unworded(f"{key} has no words in {language}")
    template = words.ngettext(key, key, int(facts["count"])) if "count" in facts else key
    if template == key:  # no plural forms; and `gettext` alone would always take the singular
        template = words.gettext(key)
    if "{" not in template:
        return template
    return _Writer(language, zone, now or datetime.now(UTC)).vformat(template, (), facts)


def _short(text: str) -> str:
    first, *more = text.split("\n")
    return first if not more and len(first) <= ON_A_BUTTON else first[: ON_A_BUTTON - 1].rstrip() + "…"


@cache
def _locale(language: str) -> Locale:
    """Babel looks for the files of a locale each time it is asked for one; that was a quarter of a turn."""
    return Locale.parse(language)


def render(language: str, spoken: Say | str, *, zone: tzinfo = SHANGHAI, now: datetime | None = None) -> str:
    """A `Say` as words in this language; text that is already words stays as it is."""
    return _Writer(language, zone, now or datetime.now(UTC)).format_field(spoken, "")


class _Writer(string.Formatter):
    """Formats the facts of a sentence the way its language writes them."""

    def __init__(self, language: str, zone: tzinfo, now: datetime):
        self.language, self.zone, self.now = language, zone, now
        self.locale = _locale(language)

    def format_field(self, value: Any, format_spec: str) -> str:
        if format_spec == "short":
            return _short(self.format_field(value, ""))
        match value:
            case Say(key="", facts=facts):
                return str(facts["gap"]).join(self.format_field(p, "") for p in facts["parts"])
            case Say(key="=", facts=facts):
                texts = facts["texts"]
                return str(texts.get(self.locale.language) or next(iter(texts.values())))
            case Say():
                return translate(self.language, value.key, zone=self.zone, now=self.now, **value.facts)
            case datetime():
                return self._moment(value, format_spec or "moment")
            case timedelta():
                return format_timedelta(value, threshold=1, locale=self.locale)
            case list() | tuple():
                parts = [self.format_field(v, "") for v in value]
                if format_spec == "lines":
                    return "\n".join(parts)
                if format_spec == "spaced":
                    return " ".join(parts)
                if format_spec == "clauses":
                    return ("；" if self.locale.language == "zh" else "; ").join(parts)
                return format_list(parts, locale=self.locale)
            case bool() | str():
                return str(value)
            case int() | float():
                return format_decimal(value, locale=self.locale) if not format_spec else format(value, format_spec)
        return str(value)

    def _moment(self, at: datetime, how: str) -> str:
        local = at.astimezone(self.zone)
        if how == "relative":
            return format_timedelta(
                at - self.now, granularity="minute", add_direction=True, threshold=1.2, locale=self.locale
            )
        if how == "time":
            return format_time(local, "HH:mm", locale=self.locale)
        if how == "date":
            return format_date(local, "medium", locale=self.locale)
        today = self.now.astimezone(self.zone).date()
        if local.date() == today:
            return format_time(local, "HH:mm", locale=self.locale)
        skeleton = self.locale.datetime_skeletons["MMMd" if local.year == today.year else "yMMMd"]
        day = format_date(local, skeleton.pattern, locale=self.locale)
        return f"{day} {format_time(local, 'HH:mm', locale=self.locale)}"


def negotiate(wanted: str | None, default: str = DEFAULT_LANGUAGE) -> str:
    """The language of ours nearest to what a browser or a messenger asks for (`zh-Hans-CN`, `en;q=0.8`)."""
    for part in (wanted or "").split(","):
        tag = part.split(";")[0].strip().replace("_", "-")
        primary = tag.split("-")[0].lower()
        for ours in LANGUAGES:
            if primary and ours.split("_")[0] == primary:
                return ours
    return default


def to_json(value: Any) -> Any:
    """Facts as JSON that remembers what kind each is; `from_json` gives them back."""
    match value:
        case Say():
            return {"say": value.key, "facts": {k: to_json(v) for k, v in value.facts.items()}}
        case datetime():
            return {"moment": value.astimezone(UTC).isoformat()}
        case timedelta():
            return {"seconds": value.total_seconds()}
        case Mapping():
            return {"map": {k: to_json(v) for k, v in value.items()}}
        case list() | tuple():
            return [to_json(v) for v in value]
    return value


def from_json(value: Any) -> Any:
    """The facts that `to_json` wrote."""
    match value:
        case {"say": key, "facts": facts}:
            return Say(key, {k: from_json(v) for k, v in facts.items()})
        case {"moment": at}:
            return datetime.fromisoformat(at)
        case {"seconds": seconds}:
            return timedelta(seconds=seconds)
        case {"map": items}:
            return {k: from_json(v) for k, v in items.items()}
        case list():
            return [from_json(v) for v in value]
    return value
