"""The unified social credit code of a firm (统一社会信用代码, GB 32100-2015), as it is typed off a licence.

Eighteen signs of 31: no I, O, S, V or Z. The first two say who registered what, and are letters for some; the next six
are the division of that office; the last one is the check.
"""

import re

from hotline.formats.tidy import shown, tidy
from locales.words import Refusal

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
LENGTH = 18
WEIGHTS = tuple(pow(3, place, 31) for place in range(LENGTH - 1))
"""3^(i-1) mod 31 for the i-th sign, from the left (GB 32100-2015, 5.2)."""

_LOOKS_LIKE = str.maketrans("IOSZV", "1052U")
"""What somebody means who types a letter that no code has."""

_GAP = r"[\s.·•_—–-]"
_SIGN = "[0-9A-Z]"
_RUN = re.compile(rf"(?<!{_SIGN})(?:{_SIGN}{_GAP}{{0,2}}){{{LENGTH - 1}}}{_SIGN}(?!{_SIGN})")
_NEAR = re.compile(rf"(?:{_SIGN}{_GAP}?){{5,40}}")


def parse_credit_code(text: str) -> str:
    """The code in the text, in capitals and without gaps; words around it do no harm.

    Raises Refusal: none, several, too short or long, an old 15-digit number, a letter that no code has, a wrong check.
    """
    plain = tidy(text).upper()
    whole = re.sub(_GAP, "", plain)
    found = [whole] if is_credit_code(whole) else list(dict.fromkeys(find_credit_codes(plain)))
    if len(found) > 1:
        raise Refusal("credit_code.several")
    if not found:
        raise _why_not(plain)
    return found[0]


def find_credit_codes(text: str) -> list[str]:
    """Every code inside free words, in order."""
    runs = (re.sub(_GAP, "", found[0]) for found in _RUN.finditer(tidy(text).upper()))
    return [run for run in runs if is_credit_code(run)]


def is_credit_code(code: str) -> bool:
    """Whether these eighteen signs are a code: each of the alphabet, and the last one the check of the rest."""
    return len(code) == LENGTH and set(code) <= set(ALPHABET) and code[-1] == check_of(code[:-1])


def check_of(body: str) -> str:
    """The last sign of the code that begins with these seventeen."""
    total = sum(ALPHABET.index(sign) * weight for sign, weight in zip(body, WEIGHTS, strict=True))
    return ALPHABET[-total % 31]


def division_in(code: str) -> str | None:
    """The six digits of the division whose office registered it, as they stand in the code; None for letters."""
    return code[2:8] if code[2:8].isdecimal() else None


def _why_not(plain: str) -> Refusal:
    """The sentence that helps most: what is wrong with the nearest thing to a code."""
    near = max((re.sub(_GAP, "", found[0]) for found in _NEAR.finditer(plain)), key=_likeness, default="")
    if not near:
        return Refusal("credit_code.refused", typed=shown(plain))
    if len(near) == 15 and near.isdecimal():
        return Refusal("credit_code.old", typed=near)
    if len(near) != LENGTH:
        return Refusal("credit_code.length", typed=shown(near), count=len(near))
    instead = near.translate(_LOOKS_LIKE)
    if instead != near and is_credit_code(instead):
        return Refusal("credit_code.letters", typed=near, instead=instead)
    if instead != near:
        return Refusal("credit_code.no_such_letters", typed=near)
    return Refusal("credit_code.check", typed=near)


def _likeness(run: str) -> tuple[bool, int]:
    """How much a run of letters and digits looks like a code: digits in it, and a length near to eighteen."""
    return any(sign.isdecimal() for sign in run), -abs(len(run) - LENGTH)
