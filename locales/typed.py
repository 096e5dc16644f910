"""Text as people type it, made plain before anybody reads meaning into it."""

import re
import unicodedata

_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ud800-\udfff]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def normalise(text: str) -> str:
    """Full-width letters and digits become plain ones, invisible characters and half characters go, spaces are single.

    Line breaks stay; normalising twice changes nothing more.
    """
    plain = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text.replace("\r\n", "\n")))
    plain = _CONTROL.sub(" ", _INVISIBLE.sub("", plain))
    return "\n".join(" ".join(line.split()) for line in plain.split("\n")).strip()
