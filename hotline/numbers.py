"""Ticket numbers: `220100-20261121-1-000017` is division, local day, kind, serial and a check digit.

The layout is our own (no published rule fixes one); the check digit is ISO 7064 MOD 11,10 over all digits before it,
which finds every single wrong digit and nearly every swap of neighbours: numbers are read out over a telephone.
"""

from __future__ import annotations

import re
import secrets
from datetime import date

from hotline import catalogue
from locales.typed import normalise
from locales.words import Refusal

_NUMBER = re.compile(r"(?<!\d)(\d{6})[- ]?(\d{8})[- ]?(\d)[- ]?(\d{6,8})(?!\d)")
_CODE = re.compile(r"(?<![\d-])(\d{6})(?![\d-])")


def check_digit(digits: str) -> str:
    """The ISO 7064 MOD 11,10 check digit of a string of digits."""
    product = 10
    for digit in digits:
        total = (product + int(digit)) % 10 or 10
        product = total * 2 % 11
    return str((11 - product) % 10)


def form_number(division: str, day: date, kind: str, serial: int) -> str:
    """The number of the serial-th ticket of a division, local day and kind; five digits, more only past 99,999."""
    parts = (division, f"{day:%Y%m%d}", catalogue.load().digits[kind], f"{serial:05d}")
    return "-".join(parts) + check_digit("".join(parts))


def find_number(text: str) -> str | None:
    """The ticket number within a text, hyphens or not; raises Refusal when its check digit is wrong."""
    found = _NUMBER.search(normalise(text))
    if found is None:
        return None
    division, day, kind, rest = found.groups()
    if check_digit(division + day + kind + rest[:-1]) != rest[-1]:
        raise Refusal("ticket.number.refused", typed=found.group())
    return f"{division}-{day}-{kind}-{rest}"


def find_code(text: str) -> str | None:
    """The six-digit code that stands beside a number."""
    plain = normalise(text)
    found = _CODE.search(_NUMBER.sub(" ", plain))
    return found.group(1) if found else None


def new_code() -> str:
    """A fresh six-digit code: who has number and code may read the ticket from any channel."""
    return f"{secrets.randbelow(1_000_000):06d}"
