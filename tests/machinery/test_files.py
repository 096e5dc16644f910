"""Files: pictures and nothing else, each content once."""

from __future__ import annotations

import os
import warnings
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from struct import pack
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from locales.words import Refusal
from storage import files
from tests.support.photo import png


def picture(kind: str, width: int = 40, height: int = 30) -> bytes:
    out = BytesIO()
    Image.effect_noise((width, height), 50).save(out, kind)
    return out.getvalue()


def huge_png(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is as large as that."""
    head = pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        pack(">I", len(body)) + name + body + pack(">I", crc32(name + body))
        for name, body in ((b"IHDR", head), (b"IDAT", b""), (b"IEND", b""))
    )


@pytest.mark.parametrize(
    ("kind", "media_type"),
    [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("GIF", "image/gif"), ("WEBP", "image/webp")],
)
def test_pictures_are_kept(tmp_path: Path, kind: str, media_type: str) -> None:
    content = picture(kind)
    kept = files.keep(tmp_path, content)
    assert (kept.media_type, kept.size) == (media_type, len(content))
    file = files.path(tmp_path, kept.sha256)
    assert file.read_bytes() == content
    assert file.parent.name == kept.sha256[:2]
    assert file.stat().st_mode & 0o077 == 0, "nobody else on this machine reads what people sent"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        b"%PDF-1.4",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"\x89PNG\r\n\x1a\n",
        png(1)[:30],
        picture("JPEG")[:15],
        picture("GIF")[:8],
        picture("WEBP")[:20],
        b"MZ" + bytes(500),
        b"GIF89a" + bytes(3),
        picture("BMP"),
        picture("TIFF"),
        picture("ICO"),
    ],
    ids=lambda content: content[:12].hex() or "empty",
)
def test_what_shows_no_picture_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(Refusal) as no:
        files.keep(tmp_path, content)
    assert no.value.key == "files.not_an_image"
    assert list(tmp_path.rglob("*")) == []


def test_a_picture_cut_short_is_kept_for_what_it_shows(tmp_path: Path) -> None:
    """A bad line cuts photos short, and half of a closed gate is evidence too; only its head must be whole."""
    whole = picture("JPEG", 400, 300)
    kept = files.keep(tmp_path, whole[: len(whole) // 2])
    assert kept.media_type == "image/jpeg"


@pytest.mark.parametrize(("width", "height"), [(10_001, 10_000), (100_000, 100_000), (2**31 - 1, 1), (1, 2**31 - 1)])
def test_a_picture_that_would_fill_the_memory_is_refused(tmp_path: Path, width: int, height: int) -> None:
    with pytest.raises(Refusal) as no:
        files.keep(tmp_path, huge_png(width, height))
    assert no.value.key == "files.not_an_image"


def test_the_largest_picture(tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert files.keep(tmp_path, huge_png(10_000, 10_000)).media_type == "image/png"


def test_ten_megabytes_and_not_a_byte_more(tmp_path: Path) -> None:
    content = png(1)
    exactly = content + bytes(files.LIMIT - len(content))
    assert files.keep(tmp_path, exactly).size == 10 * 1024 * 1024
    with pytest.raises(Refusal) as no:
        files.keep(tmp_path, exactly + b"\x00")
    assert (no.value.key, no.value.facts) == ("files.too_large", {"limit_mb": 10})


def test_one_content_is_one_file_however_often_it_comes(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        kept = list(threads.map(lambda n: files.keep(tmp_path, png(n % 3)), range(60)))
    assert len({k.sha256 for k in kept}) == 3
    stored = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert sorted(file.name for file in stored) == sorted({k.sha256 for k in kept}), "and nothing half-written is left"


def test_a_full_disk_leaves_no_half_of_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        files.keep(tmp_path, png(1))
    assert [file for file in tmp_path.rglob("*") if file.is_file()] == []


def test_looking_at_many_pictures_at_once_leaves_the_warnings_alone(tmp_path: Path) -> None:
    before = list(warnings.filters)
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda n: files.keep(tmp_path, png(n)), range(60)))
    assert list(warnings.filters) == before


@given(st.data())
def test_damaged_pictures_are_taken_or_refused_and_nothing_else(data: st.DataObject) -> None:
    content = bytearray(data.draw(st.sampled_from(DAMAGED)))
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    del content[data.draw(st.integers(10, len(content))) :]
    try:
        assert files.media_type(bytes(content)) in files.MEDIA_TYPES.values()
    except Refusal as no:
        assert no.key == "files.not_an_image"


DAMAGED = [picture(kind) for kind in ("PNG", "JPEG", "GIF", "WEBP")]
