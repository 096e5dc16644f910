"""What the QR code holds: it comes back as it went in, no change of it goes unseen, and rubbish is only rubbish."""

from __future__ import annotations

import base64
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st

from hotline.passes.face import EPOCH, MOST_VIA, SIGNATURE, Face, address_of, from_bytes, read, sign, to_bytes
from storage.models import COLOURS

KEY, OTHER = (ec.derive_private_key(secret, ec.SECP256R1()) for secret in (220100, 441234))
KEYS = {3: KEY.public_key(), 9: OTHER.public_key()}
BASES = ("https://changxing.example.org", "http://127.0.0.1:8080", "https://example.org/Bureau/x", "https://例.example")

codes = st.integers(0, 999_999).map("{:06d}".format)
minutes = st.integers(0, 4 * 10**9).map(lambda count: EPOCH + timedelta(minutes=count))
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
faces = st.builds(
    Face,
    kind=st.sampled_from(["pass", "filing"]),
    number=st.integers(0, 10**12 - 1).map("{:012d}".format),
    plate=words.filter(bool),
    colour=st.sampled_from(COLOURS),
    origin=codes,
    destination=codes,
    valid_from=minutes,
    valid_until=minutes,
    via=st.lists(codes, max_size=MOST_VIA).map(tuple),
    trailer=words,
    goods=words,
    once=st.booleans(),
)
A_PASS = Face(
    "pass", "220100000017", "吉AD12345", "yellow_green", "210102", "220104", EPOCH, EPOCH + timedelta(days=10),
    ("130229", "120119"), "吉B1234挂", "daily",
)  # fmt: skip


@given(st.binary(max_size=150), st.integers(0, 255))
def test_bytes_of_no_face_are_refused_by_name(raw: bytes, key: int) -> None:
    for tried in (raw, bytes((1, key, 0)) + raw):
        with suppress(ValueError):
            face, known = from_bytes(tried)
            assert to_bytes(face, known) == tried or len(face.number) > 12


@given(faces, st.integers(0, 255))
def test_bytes_come_back(face: Face, key: int) -> None:
    assert from_bytes(to_bytes(face, key)) == (face, key)


@given(faces, st.sampled_from(BASES))
@settings(max_examples=30)
def test_a_signed_face_is_sound_wherever_it_is_read_from(face: Face, base: str) -> None:
    payload = sign(face, 3, KEY)
    address = address_of(payload, base)
    for text in (payload, payload.lower(), address, f" {address}\n", f"{address}?back=/x", f"{address}#/top"):
        seen = read(text, KEYS)
        assert (seen.state, seen.face, seen.key) == ("sound", face, 3)


@given(faces, st.data())
@settings(max_examples=100)
def test_any_flipped_bit_is_found(face: Face, data: Any) -> None:
    raw = bytearray(_bytes(sign(face, 3, KEY)))
    bit = data.draw(st.integers(0, len(raw) * 8 - 1))
    raw[bit // 8] ^= 1 << bit % 8
    assert read(_text(bytes(raw)), KEYS).state != "sound"


def test_each_bit_of_one_pass() -> None:
    raw = _bytes(sign(A_PASS, 3, KEY))
    states = set()
    for bit in range(0, len(raw) * 8):
        changed = bytearray(raw)
        changed[bit // 8] ^= 1 << bit % 8
        states.add(read(_text(bytes(changed)), KEYS).state)
    assert states == {"altered", "forged", "unknown"}


@pytest.mark.parametrize(
    ("key", "private", "state"), [(3, KEY, "sound"), (3, OTHER, "altered"), (9, OTHER, "sound"), (4, OTHER, "forged")]
)
def test_whose_key_it_was(key: int, private: ec.EllipticCurvePrivateKey, state: str) -> None:
    assert read(sign(A_PASS, key, private), KEYS).state == state


@pytest.mark.parametrize(
    "change",
    [
        {"plate": "吉AD12346"}, {"valid_until": A_PASS.valid_until + timedelta(days=1)}, {"destination": "220100"},
        {"goods": "medical"}, {"number": "220100000018"}, {"colour": "yellow"}, {"via": ()}, {"trailer": ""},
        {"kind": "filing"}, {"once": True},
    ],
)  # fmt: skip
def test_another_pass_does_not_take_its_signature(change: dict[str, Any]) -> None:
    signature = _bytes(sign(A_PASS, 3, KEY))[-SIGNATURE:]
    assert read(_text(to_bytes(replace(A_PASS, **change), 3) + signature), KEYS).state == "altered"


@given(st.text(max_size=300) | st.binary(max_size=200).map(lambda raw: base64.b32encode(raw).decode().rstrip("=")))
@settings(max_examples=300)
def test_rubbish_is_unknown_or_at_most_no_pass_of_ours(text: str) -> None:
    assert read(text, KEYS).state in ("unknown", "forged", "altered")


@given(st.data())
@settings(max_examples=100)
def test_what_is_cut_off_or_grown_is_no_pass(data: Any) -> None:
    payload = sign(A_PASS, 3, KEY)
    cut = data.draw(st.integers(0, len(payload) - 1))
    more = data.draw(st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", min_size=1, max_size=9))
    for text in (payload[:cut], payload[cut + 1 :], payload + more, payload[:cut] + more + payload[cut:]):
        assert read(text, KEYS).state != "sound" or text == payload


def test_one_pass_has_one_text() -> None:
    """Base32 leaves bits over in its last letter: another letter there is another text, and is not taken."""
    payload = sign(A_PASS, 3, KEY)
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    sound = [payload[:-1] + last for last in letters if read(payload[:-1] + last, KEYS).state == "sound"]
    assert sound == [payload]


@pytest.mark.parametrize(
    "wrong", [{"plate": "吉" * 90}, {"valid_from": EPOCH - timedelta(minutes=1)}, {"colour": "pink"}, {"via": ("x",)}]
)
def test_what_does_not_fit_is_never_written(wrong: dict[str, Any]) -> None:
    with pytest.raises((ValueError, OverflowError)):
        to_bytes(replace(A_PASS, **wrong), 3)


def test_the_address_is_dense_where_it_can_be() -> None:
    assert address_of("ABC", BASES[0]) == "HTTPS://CHANGXING.EXAMPLE.ORG/V/ABC"
    assert address_of("ABC", BASES[2]) == "https://example.org/Bureau/x/v/ABC"


def _bytes(payload: str) -> bytes:
    return base64.b32decode(payload + "=" * (-len(payload) % 8))


def _text(raw: bytes) -> str:
    return base64.b32encode(raw).decode().rstrip("=")
