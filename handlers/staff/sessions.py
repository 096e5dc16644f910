"""Who sits at this browser: a signed cookie that names a member of staff until the shift is over."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from aiohttp import web
from itsdangerous import BadSignature, URLSafeSerializer

from storage.models import Staff

NAME = "changxing_staff"
PATH = "/staff"
LIFETIME = timedelta(hours=12)
"""A long shift; whoever comes back tomorrow signs in again."""

NOBODY = 0


@dataclass(frozen=True, slots=True)
class Session:
    """Whose browser this is (NOBODY before the sign-in), by which epoch of theirs, and what its forms are bound to."""

    staff_id: int
    epoch: int
    nonce: str
    since: datetime

    def is_of(self, member: Staff | None) -> bool:
        """Whether this member of staff may still act through it: the same person, epoch unmoved, access not ended."""
        if member is None or member.disabled_at is not None:
            return False
        return self.staff_id == member.id and self.epoch == member.epoch


class Sessions:
    """Signs and reads the cookie, and the token that every form of a session carries."""

    def __init__(self, secret: str, *, secure: bool):
        self._secret, self._secure = secret, secure
        self._signer = URLSafeSerializer(
            secret, salt="staff.session", signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256}
        )

    def read(self, request: web.Request, now: datetime) -> Session | None:
        """The session of this browser; None when it has none of ours, or one that is over."""
        try:
            staff_id, epoch, nonce, since = self._signer.loads(request.cookies.get(NAME, ""))
        except (BadSignature, ValueError):
            return None
        began = datetime.fromtimestamp(since, UTC)
        return Session(staff_id, epoch, nonce, began) if now - began < LIFETIME else None

    def begin(self, member: Staff | None, now: datetime) -> Session:
        """A session with a nonce of its own; a form of an earlier one is worth nothing in it."""
        staff_id, epoch = (member.id or NOBODY, member.epoch) if member else (NOBODY, 0)
        return Session(staff_id, epoch, secrets.token_urlsafe(16), now.replace(microsecond=0))

    def hand_out(self, response: web.StreamResponse, session: Session) -> None:
        """Give the browser this session."""
        value = self._signer.dumps([session.staff_id, session.epoch, session.nonce, int(session.since.timestamp())])
        response.set_cookie(
            NAME, str(value), max_age=int(LIFETIME.total_seconds()), path=PATH,
            httponly=True, samesite="Lax", secure=self._secure,
        )  # fmt: skip

    def form_token(self, session: Session) -> str:
        """What each form of this session carries, so that no other site can send one (CSRF)."""
        return hmac.digest(self._secret.encode(), f"staff.form:{session.nonce}".encode(), "sha256").hex()

    def is_ours(self, session: Session, token: str) -> bool:
        """Whether a form came from a page of this session."""
        return hmac.compare_digest(self.form_token(session).encode(), token.encode())
