"""The key pairs that sign passes: one signs, the old ones go on to prove what they signed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from weakref import WeakKeyDictionary

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from sqlalchemy.ext.asyncio import AsyncSession

from hotline import rights
from hotline.passes.face import Face, Seen, read, sign
from locales.words import Refusal
from storage import audit
from storage import keys as kept
from storage.models import SigningKey, Staff

_CURVE = ec.SECP256R1()


async def signed(tx: AsyncSession, face: Face, now: datetime) -> str:
    """The face signed with the current key; the first one is made when there is none."""
    key = await kept.current(tx) or await _fresh(tx, now)
    private = load_pem_private_key(key.private.encode(), password=None)
    assert isinstance(private, ec.EllipticCurvePrivateKey)
    return sign(face, key.id or 0, private)


async def rotate(tx: AsyncSession, by: Staff, now: datetime) -> SigningKey:
    """A new key signs from now on; what the old ones signed stays good. Raises Refusal after the 255th."""
    if not rights.may(by, "rotate_key"):
        raise Refusal("pass.not_yours")
    await kept.hold(tx)
    made = await _fresh(tx, now)
    await audit.record(tx, by.id or 0, "pass.key_made", now, key=made.id)
    return made


async def public(tx: AsyncSession) -> Mapping[int, ec.EllipticCurvePublicKey]:
    """Every key that ever signed, by its number."""
    return {number: point(public) for number, public in (await kept.points(tx)).items()}


_KNOWN: WeakKeyDictionary[object, Mapping[int, ec.EllipticCurvePublicKey]] = WeakKeyDictionary()
"""The public keys of each ledger of this process, as they were last read: a key never changes, new ones come."""


async def proven(tx: AsyncSession, code: str) -> Seen:
    """What a code says; a look into the ledger is needed only when the keys at hand do not prove it."""
    seen = read(code, _KNOWN.get(tx.get_bind(), {}))
    if seen.state in ("sound", "unknown"):
        return seen
    _KNOWN[tx.get_bind()] = known = await public(tx)
    return read(code, known)


@cache
def point(text: str) -> ec.EllipticCurvePublicKey:
    """A public key from the hexadecimal of its uncompressed point, as WebCrypto takes it (`raw`)."""
    return ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, bytes.fromhex(text))


async def _fresh(tx: AsyncSession, now: datetime) -> SigningKey:
    private = ec.generate_private_key(_CURVE)
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    raw = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint).hex()
    return await kept.replace(tx, SigningKey(public=raw, private=pem, made_at=now), now)
