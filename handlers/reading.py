"""Sentences as one visitor reads them: a list of fifty tickets says the same few hundred things over and over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Any

from locales.words import Say, render, say, translate

A_DAY = timedelta(days=1)

KEPT = 8192
"""Sentences of each kind that are remembered: some hundred pages of them, in about two megabytes."""

_PLAIN = (str, int, float, type(None))


@dataclass(frozen=True, slots=True)
class Reading:
    """A language, a zone and a moment of reading.

    What hangs on no clock is worded once for everybody who reads this language; a page of fifty rows took twice as long
    when each number in it was formatted anew.
    """

    language: str
    zone: tzinfo
    now: datetime

    def render(self, spoken: Say | str) -> str:
        """A `Say` as words; text that is words already stays as it is."""
        if isinstance(spoken, str):
            return spoken
        try:
            return _plain(self.language, _frozen(spoken))
        except _NotPlain:
            return render(self.language, spoken, zone=self.zone, now=self.now)

    def words(self, key: str, /, **facts: Any) -> str:
        """The sentence `key` with these facts."""
        return self.render(Say(key, facts)) if facts else _word(self.language, key)

    def full(self, at: datetime) -> str:
        """A moment with its day, whatever day it is today."""
        return _full(self.language, self.zone, at)

    def ago(self, at: datetime) -> str:
        """A moment as a clerk reads it at a glance: just now, minutes or hours ago, and after a day its date."""
        if abs(self.now - at) < timedelta(minutes=1):
            return self.render(say("console.just_now"))
        if abs(self.now - at) < A_DAY:
            return translate(self.language, "console.ago", zone=self.zone, now=self.now, at=at)
        return _day(self.language, self.zone, self.now.astimezone(self.zone).date(), at)


class _NotPlain(Exception):
    """A sentence with a moment in it, which reads otherwise at another time or elsewhere."""


def _frozen(spoken: Any) -> Any:
    """A sentence as a key that holds each value's kind, because 1 and True are equal and read differently."""
    if isinstance(spoken, _PLAIN):
        return (type(spoken), spoken)
    if isinstance(spoken, Say):
        return (Say, spoken.key, *((name, _frozen(value)) for name, value in spoken.facts.items()))
    if isinstance(spoken, list | tuple):
        return (list, *map(_frozen, spoken))
    raise _NotPlain


def _thawed(frozen: Any) -> Any:
    kind, *rest = frozen
    if kind is Say:
        return Say(rest[0], {name: _thawed(value) for name, value in rest[1:]})
    return [_thawed(value) for value in rest] if kind is list else rest[0]


@lru_cache(KEPT)
def _word(language: str, key: str) -> str:
    return translate(language, key)


@lru_cache(KEPT)
def _plain(language: str, frozen: Any) -> str:
    return render(language, _thawed(frozen))


@lru_cache(KEPT)
def _full(language: str, zone: tzinfo, at: datetime) -> str:
    return translate(language, "console.full", zone=zone, at=at)


@lru_cache(KEPT)
def _day(language: str, zone: tzinfo, today: date, at: datetime) -> str:
    noon = datetime(today.year, today.month, today.day, 12, tzinfo=zone)
    return translate(language, "console.moment", zone=zone, now=noon, at=at)
