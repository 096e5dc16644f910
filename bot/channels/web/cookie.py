"""The cookie that makes a browser a contact: a random address, signed, and nothing else."""

from __future__ import annotations

import hashlib
import secrets
from datetime import UTC, datetime, timedelta

from aiohttp import web
from itsdangerous import BadSignature, TimestampSigner

NAME = "changxing_contact"
LIFETIME = timedelta(days=365)
RENEWED_AFTER = timedelta(days=30)
"""A page opened after so long gets a fresh year, so that a driver who comes once a month is never forgotten."""


class ContactCookie:
    """Signs and reads the address of a web contact (22 characters of `token_urlsafe(16)`)."""

    def __init__(self, secret: str, *, secure: bool):
        self._signer = TimestampSigner(secret, salt="web.contact", key_derivation="hmac", digest_method=hashlib.sha256)
        self._secure = secure

    def address(self, request: web.Request) -> str | None:
        """The address that this browser has proven, or None without a cookie that we signed within the year."""
        return self._read(request)[0]

    def hand_out(self, request: web.Request, response: web.StreamResponse, fresh: str | None = None) -> None:
        """Give a browser without an address a new one; keep the address of one that has it, for another year.

        `fresh` is the new one, for a page that had to know it before (its forms are bound to it).
        """
        address, signed_at = self._read(request)
        if address and signed_at and datetime.now(UTC) - signed_at < RENEWED_AFTER:
            return
        response.set_cookie(
            NAME,
            self._signer.sign(address or fresh or secrets.token_urlsafe(16)).decode(),
            max_age=int(LIFETIME.total_seconds()),
            httponly=True,
            samesite="Lax",
            secure=self._secure,
        )

    def _read(self, request: web.Request) -> tuple[str | None, datetime | None]:
        signed = request.cookies.get(NAME)
        if not signed:
            return None, None
        try:
            address, at = self._signer.unsign(signed, max_age=int(LIFETIME.total_seconds()), return_timestamp=True)
        except BadSignature:
            return None, None
        return address.decode(), at
