"""`python -m bot parse KIND TEXT`: what any parser makes of a text."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from hotline.formats import PARSERS
from locales.words import Refusal, negotiate, render


def parse(kind: str, text: str, language: str, *, as_json: bool) -> int:
    """Print the value (exit code 0), or the sentence that says what would be right (1)."""
    if kind not in PARSERS:
        print(f"{kind}? {' '.join(sorted(PARSERS))}")
        return 2
    try:
        found = PARSERS[kind](text, datetime.now(UTC))
    except Refusal as no:
        said = render(negotiate(language), no.say)
        print(json.dumps({"refused": no.key, "text": said}, ensure_ascii=False) if as_json else said)
        return 1
    if as_json:
        print(json.dumps(found, ensure_ascii=False))
    else:
        print("\n".join(f"{name}: {value}" for name, value in found.items() if value is not None))
    return 0
