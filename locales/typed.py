"""Text as people type it, made plain before anybody reads meaning into it."""

import re
import unicodedata

_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def normalise(text: str) -> str:
    """Full-width letters and digits become plain ones, invisible characters go, spaces are single.

    Line breaks stay; the length never grows beyond what NFKC makes of it.
    """
    plain = _CONTROL.sub(" ", _INVISIBLE.sub("", unicodedata.normalize("NFKC", text.replace("\r\n", "\n"))))
    return "\n".join(" ".join(line.split()) for line in plain.split("\n")).strip()
