"""Names of people, and how they are shown to those who need not know them."""

from __future__ import annotations

from hotline.formats.tidy import shown, tidy
from locales.words import Refusal

LONGEST = 30
"""Characters: Uyghur and Tibetan names are long; four Chinese characters are already many."""


def parse_name(text: str) -> str:
    """Somebody's name on one line; raises Refusal for none, for figures, and for what is too long for one."""
    plain = tidy(text)
    if not any(sign.isalpha() for sign in plain) or any(sign.isdigit() for sign in plain) or len(plain) > LONGEST:
        raise Refusal("name.refused", typed=shown(plain), longest=LONGEST)
    return plain


def mask_name(name: str) -> str:
    """The first character alone: `张*`."""
    return f"{name[:1]}*"
