"""Mobile numbers, and how they and plates are shown to those who need not know them."""

import re

from hotline.formats.numerals import digits_spoken
from hotline.formats.tidy import shown, tidy
from locales.words import Refusal

MOBILE = re.compile(r"(?<![0-9])(?:(?:\+ ?86|0086|86)[ -]*)?(1[3-9][0-9](?:[ ·.-]{0,2}[0-9]){8})(?![0-9])")
"""`^1[3-9]\\d{9}$`, loose on purpose because prefixes change, with the gaps that people type."""


def parse_mobile(text: str) -> str:
    """Eleven digits of a mainland mobile number; +86, 0086, spaces, dashes and words around it do no harm.

    Raises Refusal when there is none, or more than one.
    """
    plain = tidy(text)
    found = {re.sub("[^0-9]", "", number) for number in MOBILE.findall(digits_spoken(plain))}
    if len(found) > 1:
        raise Refusal("mobile.several")
    if not found:
        raise Refusal("mobile.refused", typed=shown(plain))
    return found.pop()


def mask_mobile(mobile: str) -> str:
    """The first three and the last four: `138****5678`; anything shorter than a mobile number is hidden whole."""
    return f"{mobile[:3]}****{mobile[-4:]}" if len(mobile) >= 11 else "*" * len(mobile)


def mask_plate(plate: str) -> str:
    """The first two and the last two, for lists: `吉A***45`; anything shorter than a plate is hidden whole."""
    return f"{plate[:2]}{'*' * (len(plate) - 4)}{plate[-2:]}" if len(plate) >= 7 else "*" * len(plate)
