"""Passwords of those who work at the desk: argon2id, with the library's own current parameters."""

from __future__ import annotations

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from locales.words import Refusal

SHORTEST = 10
"""Characters; length is what protects (NIST SP 800-63B section 5.1.1.2 asks for at least 8)."""

_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


def seal(password: str) -> str:
    """The hash to be stored; raises Refusal when the password is too short."""
    if len(password) < SHORTEST:
        raise Refusal("staff.password.short", shortest=SHORTEST)
    return _hasher().hash(password)


def is_right(stored: str | None, password: str) -> bool:
    """Whether a password is the one; takes as long for a name that nobody has."""
    try:
        return _hasher().verify(stored or _nobody(), password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobody() -> str:
    return _hasher().hash(secrets.token_urlsafe(16))


def one_time() -> str:
    """A password to be changed at the first sign-in: four groups, easy to read out, 80 bits."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4))
