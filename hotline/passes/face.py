"""What the QR code of a pass or a filing holds: its face in few bytes, signed, so that it can be checked offline.

The bytes: version, key, flags, number (8), valid from and until (4 each, minutes since 2020 in UTC), origin and
destination (3 each), how many places between and these (3 each), colour, then plate, trailer and goods, each with its
length before it; then the signature (r and s, 32 each) over all that. As text it is base32 without padding, which QR
codes hold in their dense alphanumeric mode, after the address of the page that checks it online.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.hashes import SHA256

from storage.models import COLOURS

VERSION = 1
EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SIGNATURE = 64  # bytes: r and s of P-256, as WebCrypto takes them
MOST_VIA = 8
PATH = "/V/"
"""In capitals, which the dense mode needs; the page answers to small letters too."""

_CURVE = ec.SECP256R1()
_SIGN = ec.ECDSA(SHA256())


@dataclass(frozen=True, slots=True)
class Face:
    """What is shown at the roadside; times are aware and whole minutes, `number` is digits alone."""

    kind: Literal["pass", "filing"]
    number: str
    plate: str
    colour: str
    origin: str
    destination: str
    valid_from: datetime
    valid_until: datetime
    via: tuple[str, ...] = ()
    trailer: str = ""
    goods: str = ""
    once: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """A code that was read: `sound`, `altered` (our key, and the signature does not fit), `forged` (no key of ours).

    `unknown` is none of our codes at all; then there is no face.
    """

    state: Literal["sound", "altered", "forged", "unknown"]
    face: Face | None = None
    key: int = 0


def to_bytes(face: Face, key: int) -> bytes:
    """The face without its signature. Raises ValueError for one that does not fit."""
    flags = (face.kind == "filing") | face.once << 1
    parts = [bytes((VERSION, key, flags)), int(face.number).to_bytes(8)]
    parts += [_minutes(at).to_bytes(4) for at in (face.valid_from, face.valid_until)]
    parts += [int(code).to_bytes(3) for code in (face.origin, face.destination)]
    parts += [bytes((len(face.via),)), *(int(code).to_bytes(3) for code in face.via)]
    parts += [bytes((COLOURS.index(face.colour),))]
    for words in (face.plate, face.trailer, face.goods):
        raw = words.encode()
        parts += [bytes((len(raw),)), raw]
    return b"".join(parts)


def from_bytes(raw: bytes) -> tuple[Face, int]:
    """The face and the number of its key. Raises ValueError for what was never written by `to_bytes`."""
    rest = memoryview(raw)

    def take(count: int) -> bytes:
        nonlocal rest
        if len(rest) < count:
            raise ValueError("too short")
        taken, rest = bytes(rest[:count]), rest[count:]
        return taken

    version, key, flags = take(3)
    if version != VERSION or flags > 3:
        raise ValueError("another version")
    number = int.from_bytes(take(8))
    valid_from, valid_until = (_moment(take(4)) for _ in range(2))
    origin, destination = (_code(take(3)) for _ in range(2))
    via = tuple(_code(take(3)) for _ in range(take(1)[0]))
    colour = take(1)[0]
    plate, trailer, goods = (take(take(1)[0]).decode() for _ in range(3))
    if rest or len(via) > MOST_VIA or colour >= len(COLOURS) or not plate:
        raise ValueError("not of this form")
    face = Face(
        kind="filing" if flags & 1 else "pass",
        number=f"{number:012d}",
        plate=plate,
        colour=COLOURS[colour],
        origin=origin,
        destination=destination,
        valid_from=valid_from,
        valid_until=valid_until,
        via=via,
        trailer=trailer,
        goods=goods,
        once=bool(flags & 2),
    )
    return face, key


def sign(face: Face, key: int, private: ec.EllipticCurvePrivateKey) -> str:
    """The text of the code, without the address: base32 of face and signature."""
    body = to_bytes(face, key)
    r, s = utils.decode_dss_signature(private.sign(body, _SIGN))
    return base64.b32encode(body + r.to_bytes(32) + s.to_bytes(32)).decode().rstrip("=")


def read(text: str, keys: Mapping[int, ec.EllipticCurvePublicKey]) -> Seen:
    """What a code says, and whether one of these keys signed it; takes the whole address or what follows it."""
    plain = text.strip().upper().partition("#")[0].partition("?")[0].rpartition("/")[2]
    try:
        raw = base64.b32decode(plain + "=" * (-len(plain) % 8))
        if len(raw) <= SIGNATURE or base64.b32encode(raw).decode().rstrip("=") != plain:
            return Seen("unknown")
        body, signature = raw[:-SIGNATURE], raw[-SIGNATURE:]
        face, key = from_bytes(body)
    except (binascii.Error, ValueError):
        return Seen("unknown")
    if key not in keys:
        return Seen("forged", face, key)
    r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
    try:
        keys[key].verify(utils.encode_dss_signature(r, s), body, _SIGN)
    except InvalidSignature:
        return Seen("altered", face, key)
    return Seen("sound", face, key)


def address_of(payload: str, base: str) -> str:
    """What the QR code holds: the page that checks it, then the payload; in capitals where the address bears it."""
    there = urlsplit(base)
    plain = there.path in ("", "/") and not there.query
    return f"{base.upper() if plain else base}{PATH if plain else PATH.lower()}{payload}"


def _minutes(at: datetime) -> int:
    return int((at - EPOCH) // MINUTE)


def _moment(raw: bytes) -> datetime:
    try:
        return EPOCH + int.from_bytes(raw) * MINUTE
    except OverflowError:
        raise ValueError("after the year 9999") from None


def _code(raw: bytes) -> str:
    return f"{int.from_bytes(raw):06d}"
