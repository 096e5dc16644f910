"""What can be asked for by name, at any time: slash commands, and the plain words for them in every language."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from bot.conversation import Form
from locales.typed import normalise
from locales.words import LANGUAGES, has, translate

OURS = ("start", "menu", "help", "language", "back", "skip", "cancel")
"""The commands of the machinery; each form adds its own name."""


def recognise(text: str, forms: Mapping[str, Form]) -> tuple[str, str] | None:
    """The command that a text is, and the words after it; None when it is none of ours."""
    typed = normalise(text)
    if typed.startswith("/"):
        name, _, rest = typed[1:].partition(" ")
        name = name.partition("@")[0].casefold()
        return (name, rest.strip()) if name in OURS or name in forms else ("unknown", rest)
    named = _words(tuple(sorted(forms))).get(typed.casefold().rstrip("。.!！"))
    if named is None:
        return None
    name, _, rest = named.partition(" ")
    return name, rest


@cache
def _words(forms: tuple[str, ...]) -> dict[str, str]:
    """Words to commands; the name of a language is the command that switches to it."""
    named = {f"command.{name}": name for name in (*OURS, *forms)}
    named |= {f"language.{tag}": f"language {tag}" for tag in LANGUAGES}
    found: dict[str, str] = {}
    for language in LANGUAGES:
        for key, command in named.items():
            for worded in (key, f"{key}.also"):
                if has(language, worded):
                    words = translate(language, worded).split("|")
                    found |= {normalise(word).casefold(): command for word in words if word}
    return found
