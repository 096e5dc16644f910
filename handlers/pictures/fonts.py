"""A font that has Chinese: FONT_FILE, or one that stands where systems keep theirs."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

log = structlog.get_logger()

FOLDERS = (
    "/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts", "/System/Library/Fonts",
    "/Library/Fonts", "~/Library/Fonts", "C:/Windows/Fonts",
)  # fmt: skip

NAMES = (
    "NotoSansCJK-Regular.ttc", "NotoSansCJKsc-Regular.otf", "NotoSansSC-Regular.otf", "NotoSansSC-Regular.ttf",
    "NotoSansSC[wght].ttf", "SourceHanSansCN-Regular.otf", "SourceHanSansSC-Regular.otf", "SourceHanSans.ttc",
    "HarmonyOS_Sans_SC_Regular.ttf", "MiSans-Regular.ttf", "wqy-microhei.ttc", "wqy-zenhei.ttc", "PingFang.ttc",
    "STHeiti Medium.ttc", "Hiragino Sans GB.ttc", "msyh.ttc", "simhei.ttf", "simsun.ttc", "DroidSansFallbackFull.ttf",
    "DroidSansFallback.ttf", "uming.ttc", "ukai.ttc",
)  # fmt: skip
"""Fonts with simplified Chinese as systems name them, the plainest to read first."""

_PROBE, _NOBODY = "证", "\ue0ff"
"""A character that the face needs, and one that no font draws: where both look alike, the font lacks the first."""

_chosen: list[Path] = []


def use(file: Path | None) -> None:
    """Which font pictures are drawn with; None looks for one in the system. Set once at the start."""
    _chosen[:] = [file] if file else []
    found.cache_clear()
    at.cache_clear()


@cache
def found() -> tuple[Path, int] | None:
    """The font and its face within the file, or None: then pictures are not drawn, and words go alone."""
    for file in _chosen or _known():
        face = _face(file)
        if face is not None:
            return file, face
    log.warning("no font for Chinese; pictures are left out", font_file=[str(file) for file in _chosen])
    return None


@lru_cache(maxsize=32)
def at(size: int) -> FreeTypeFont:
    """The font in this size, pixels; only where one was found."""
    from PIL import ImageFont  # here and below: a tenth of the time to start, for what few messages bring

    known = found()
    assert known is not None, "who draws has asked whether there is a font"
    return ImageFont.truetype(str(known[0]), size, index=known[1])


def _known() -> Iterator[Path]:
    """Fonts that we know by name, the best first."""
    here = [file for folder in FOLDERS for file in _files(Path(folder).expanduser())]
    for name in NAMES:
        yield from (file for file in here if file.name == name)


def _files(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*.[to]t[cf]") if file.is_file()) if folder.is_dir() else []


def _face(file: Path) -> int | None:
    """Which face of a file has simplified Chinese: of a collection the one that says SC, else the first that can."""
    from PIL import ImageFont

    able: list[int] = []
    for index in range(20):
        try:
            font = ImageFont.truetype(str(file), 24, index=index)
        except OSError:
            break
        if bytes(font.getmask(_PROBE)) == bytes(font.getmask(_NOBODY)):
            continue
        if " SC" in f" {font.getname()[0]}":
            return index
        able.append(index)
    return able[0] if able else None
