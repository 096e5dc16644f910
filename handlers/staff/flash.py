"""What was done, said once on the page that follows: a signed cookie between a POST and its GET."""

from __future__ import annotations

import hashlib
import json

from aiohttp import web
from itsdangerous import BadSignature, URLSafeSerializer

from locales.words import Say, from_json, to_json

NAME = "changxing_said"
PATH = "/staff"
SECONDS = 60


def _signer(secret: str) -> URLSafeSerializer:
    signing = {"key_derivation": "hmac", "digest_method": hashlib.sha256}
    return URLSafeSerializer(secret, salt="staff.flash", signer_kwargs=signing, serializer=json)


def leave(response: web.StreamResponse, said: Say, secret: str, *, secure: bool) -> None:
    """Leave a sentence for the next page."""
    value = str(_signer(secret).dumps(to_json(said)))
    response.set_cookie(NAME, value, max_age=SECONDS, path=PATH, httponly=True, samesite="Lax", secure=secure)


def read(request: web.Request, secret: str) -> Say | None:
    """The sentence that was left for this page, if any."""
    try:
        said = from_json(_signer(secret).loads(request.cookies.get(NAME, "")))
    except BadSignature:
        return None
    return said if isinstance(said, Say) else None


def forget(response: web.StreamResponse) -> None:
    """It has been shown."""
    response.del_cookie(NAME, path=PATH)
