"""One sealed column type: what people told us rests encrypted, and is read only through the key of this house."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path
from tempfile import mkstemp
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import LargeBinary
from sqlalchemy.types import TypeDecorator

_VERSION = b"\x01"
_NONCE = 12  # bytes, NIST SP 800-38D section 8.2
_SECRET = 32  # bytes
_ciphers: list[AESGCM] = []


def use_keys(*secrets: str) -> None:
    """Seal with the first secret; open with any of them, so that a key can be replaced without a rewrite."""
    _ciphers[:] = [AESGCM(_derive(secret)) for secret in secrets]


def _derive(secret: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"changxing sealed column").derive(secret.encode())


def seal(value: Any) -> bytes:
    """Any JSON value as sealed bytes."""
    nonce = os.urandom(_NONCE)
    plain = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(errors="surrogatepass")
    return _VERSION + nonce + _ciphers[0].encrypt(nonce, plain, _VERSION)


def unseal(sealed: bytes) -> Any:
    """The JSON value that was sealed; raises ValueError when no key of ours opens it."""
    for cipher in _ciphers:
        try:
            return json.loads(cipher.decrypt(sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :], sealed[:1]))
        except Exception:  # noqa: BLE001, S112 - InvalidTag and damaged bytes mean the same: not this key
            continue
    raise ValueError("sealed with a key that SECRET_KEY does not hold")


class Sealed(TypeDecorator[Any]):
    """A JSON value that rests as AES-256-GCM bytes."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> bytes | None:
        """Seal on the way in."""
        return None if value is None else seal(value)

    def process_result_value(self, value: Any, dialect: Any) -> Any:
        """Unseal on the way out."""
        return None if value is None else unseal(value)


def own_secret(folder: Path) -> str:
    """The secret kept in `folder/secret.key`, made at the first start with rights for its owner alone.

    Of processes that start together one makes it, whole before it has its name. Raises ValueError when it is damaged:
    a secret that is empty or cut short would seal what nobody can open later, or everybody can.
    """
    file = folder / "secret.key"
    if not file.exists():
        descriptor, fresh = mkstemp(dir=folder)  # with rights for its owner alone
        with os.fdopen(descriptor, "w") as opened:
            opened.write(os.urandom(_SECRET).hex())
        with suppress(FileExistsError):
            os.link(fresh, file)
        Path(fresh).unlink()
    secret = file.read_text("ascii").strip()
    if len(secret) != 2 * _SECRET:
        raise ValueError(f"{file} is damaged; put back the one from the backup, or give SECRET_KEY")
    return secret
