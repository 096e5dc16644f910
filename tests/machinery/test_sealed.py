"""What people told us rests sealed, and opens with the keys of this house alone."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from storage import sealed
from storage.database import Database
from storage.sealed import own_secret, seal, unseal, use_keys
from tests.conftest import StillClock
from tests.machinery.talk import Talk

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)


@pytest.fixture(autouse=True)
def the_key_of_the_tests() -> Iterator[None]:
    yield
    use_keys("a secret for tests")


@given(ANY_JSON)
def test_what_was_sealed_opens_again(value: object) -> None:
    assert unseal(seal(value)) == value


@pytest.mark.parametrize("odd", ["\ud83d", "\x00", "𝟙", {"\udfff": ["\ud800"]}])
def test_half_characters_can_be_sealed(odd: object) -> None:
    assert unseal(seal(odd)) == odd


def test_the_same_words_are_never_sealed_alike() -> None:
    assert len({seal("吉A12345") for _ in range(100)}) == 100
    assert "吉A12345".encode() not in seal("吉A12345")


@given(st.integers(0, 200), st.integers(1, 255))
def test_a_changed_byte_opens_nothing(where: int, change: int) -> None:
    damaged = bytearray(seal({"plate": "吉A12345"}))
    damaged[where % len(damaged)] ^= change
    with pytest.raises(ValueError, match="SECRET_KEY"):
        unseal(bytes(damaged))


@pytest.mark.parametrize("nothing", [b"", b"\x01", b"\x01" * 13, b"{}", bytes(100)])
def test_what_was_never_sealed_opens_nothing(nothing: bytes) -> None:
    with pytest.raises(ValueError, match="SECRET_KEY"):
        unseal(nothing)


def test_a_key_is_replaced_without_a_rewrite() -> None:
    use_keys("old")
    old = seal("told with the old key")
    use_keys("new", "old")
    new = seal("told with the new key")
    assert unseal(old) == "told with the old key"
    use_keys("new")
    assert unseal(new) == "told with the new key"
    with pytest.raises(ValueError, match="SECRET_KEY"):
        unseal(old)


async def test_words_rest_sealed_in_the_database(db: Database, clock: StillClock) -> None:
    talk = Talk(db, clock, [])
    await talk.say("吉A12345 secret words")
    async with db.read() as tx:
        raw = (await tx.execute(text("SELECT raw FROM inbox"))).scalar_one()
    assert b"secret words" not in bytes(raw)
    assert unseal(bytes(raw)) == {"text": "吉A12345 secret words"}


def test_the_house_makes_one_secret_and_keeps_it(tmp_path: Path) -> None:
    secret = own_secret(tmp_path)
    assert len(secret) == 64
    assert own_secret(tmp_path) == secret
    assert (tmp_path / "secret.key").stat().st_mode & 0o777 == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["secret.key"]


@pytest.mark.parametrize("damaged", ["", "\n", "abc", "0" * 63])
def test_a_damaged_secret_is_not_used(tmp_path: Path, damaged: str) -> None:
    (tmp_path / "secret.key").write_text(damaged)
    with pytest.raises(ValueError, match="damaged"):
        own_secret(tmp_path)


def test_processes_that_start_together_share_one_secret(tmp_path: Path) -> None:
    with multiprocessing.get_context("fork").Pool(4) as pool:
        secrets = pool.map(own_secret, [tmp_path] * 40)
    assert len(set(secrets)) == 1
    assert [file.name for file in tmp_path.iterdir()] == ["secret.key"]


def test_nothing_is_sealed_without_a_key() -> None:
    use_keys()
    with pytest.raises(IndexError):
        seal("words")
    assert sealed._ciphers == []
