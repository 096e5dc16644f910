"""Files that people sent, kept by what is in them: one content, one file, named by its SHA-256."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from io import BytesIO
from itertools import islice
from pathlib import Path
from tempfile import NamedTemporaryFile

from locales.words import Refusal

LIMIT = 10 * 1024 * 1024
"""Bytes of one file."""

MEDIA_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "GIF": "image/gif"}
"""What is taken, by what the content shows; names and declared types are not believed."""

MOST_PIXELS = 100_000_000
"""More than a phone's camera puts into 10 MB; beyond it an image is taken for an attack on memory."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A stored file: its SHA-256 in hex, its media type, its size in bytes."""

    sha256: str
    media_type: str
    size: int


def media_type(content: bytes) -> str:
    """The media type that the content itself shows; raises Refusal for anything but an image."""
    from PIL import Image, UnidentifiedImageError  # a tenth of the time to start, for what few messages bring

    Image.MAX_IMAGE_PIXELS = None  # we count ourselves: Pillow only warns, and what warns is shared by all threads
    try:
        with Image.open(BytesIO(content), formats=tuple(MEDIA_TYPES)) as image:
            found, pixels = MEDIA_TYPES.get(image.format or ""), image.width * image.height
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Warning):
        raise Refusal("files.not_an_image") from None
    if found is None or pixels > MOST_PIXELS:
        raise Refusal("files.not_an_image")
    return found


def keep(folder: Path, content: bytes) -> Kept:
    """Store content, once however often it comes; raises Refusal when it is too large or no image."""
    if len(content) > LIMIT:
        raise Refusal("files.too_large", limit_mb=LIMIT // 1024 // 1024)
    kept = Kept(hashlib.sha256(content).hexdigest(), media_type(content), len(content))
    target = path(folder, kept.sha256)
    try:
        os.utime(target)  # young again, so that a sweep that is under way leaves it
    except FileNotFoundError:
        target.parent.mkdir(parents=True, exist_ok=True)
        _write(target, content)
    return kept


def _write(target: Path, content: bytes) -> None:
    """Under another name first, so that no half of a file ever bears the name of the whole."""
    with NamedTemporaryFile(dir=target.parent, delete=False) as fresh:
        try:
            fresh.write(content)
            fresh.flush()
            os.fsync(fresh.fileno())
            Path(fresh.name).replace(target)
        except BaseException:
            Path(fresh.name).unlink(missing_ok=True)
            raise


def path(folder: Path, sha256: str) -> Path:
    """Where the file with this SHA-256 lies."""
    return folder / sha256[:2] / sha256


def old_ones(folder: Path, before: float, limit: int = 5000) -> list[str]:
    """The SHA-256 of files last kept before that (seconds since 1970), at most `limit` of them."""
    files = (f for f in folder.glob("??/*") if len(f.name) == _DIGEST and f.stat().st_mtime < before)
    return [f.name for f in islice(files, limit)]


def drop(folder: Path, sha256: str) -> None:
    """Remove a file that nobody holds."""
    path(folder, sha256).unlink(missing_ok=True)


_DIGEST = 64
