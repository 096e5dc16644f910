"""What is held up at the roadside, drawn: a word that says how it stands, plate and way in large letters, the QR code.

900 pixels wide, so that Telegram and phones show it as it is; a module of the code has nine or ten.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from typing import Literal

from PIL import Image, ImageDraw

from handlers.pictures import codes, fonts

WIDTH, EDGE, CODE = 900, 44, 620
TALLEST = 3000
INNER = WIDTH - 2 * EDGE

Tone = Literal["green", "amber", "grey"]
Colour = str

TONES: dict[Tone, tuple[Colour, Colour]] = {
    "green": ("#0b6b43", "#e4f3ea"),
    "amber": ("#8a5a00", "#fdf1d8"),
    "grey": ("#5f6662", "#e9ebea"),
}
"""Head and ground; white on the first and ink on the second both pass 4.5:1."""

PLATES: dict[str, tuple[Colour, Colour]] = {
    "yellow": ("#f7c200", "#111111"),
    "blue": ("#1552b8", "#ffffff"),
    "green": ("#7fd6a5", "#111111"),
    "yellow_green": ("#c9dc4a", "#111111"),
    "white": ("#ffffff", "#111111"),
    "black": ("#1b1b1b", "#ffffff"),
}
"""Ground and letters of number plates (GA 36)."""

INK, QUIET = "#16201b", "#55605a"


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands on it, in words already; `code` is the address that the QR code holds, None where it has ended."""

    tone: Tone
    title: str
    word: str
    until: str
    plate: str
    colour: str
    way: str
    rows: tuple[tuple[str, str], ...]
    code: str | None
    foot: tuple[str, ...]


@lru_cache(maxsize=64)
def png(sheet: Sheet) -> bytes | None:
    """The picture; None without a font. Who asks again for the same gets the same."""
    if fonts.found() is None:
        return None
    image = Image.new("RGB", (WIDTH, TALLEST), TONES[sheet.tone][1])
    pen = _Pen(image)
    pen.draw(sheet)
    out = BytesIO()
    image.crop((0, 0, WIDTH, pen.y)).quantize(256, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(out, "PNG")
    return out.getvalue()


class _Pen:
    """Writes from top to bottom; `y` is where the next line begins."""

    def __init__(self, image: Image.Image):
        self.image, self.pen, self.y = image, ImageDraw.Draw(image), 0

    def draw(self, sheet: Sheet) -> None:
        head, _ = TONES[sheet.tone]
        self._head(sheet, head)
        self._plate(sheet)
        self.write(sheet.way, 40, INK, bold=True)
        self.y += 14
        for label, value in sheet.rows:
            self._row(label, value)
        self.y += 14
        if sheet.code:
            self._code(sheet.code)
        for line in sheet.foot:
            self.write(line, 27, QUIET, middle=True)
        self.y += 24

    def _head(self, sheet: Sheet, head: Colour) -> None:
        lines = [(sheet.title, 36), (sheet.word, 84), (sheet.until, 34)]
        tall = 40 + sum(len(list(_lines(text, size, INNER))) * int(size * 1.4) for text, size in lines)
        self.pen.rectangle((0, 0, WIDTH, tall), fill=head)
        self.y = 18
        for text, size in lines:
            self.write(text, size, "#ffffff", bold=size > 40, middle=True)
        self.y = tall + 26

    def _plate(self, sheet: Sheet) -> None:
        ground, letters = PLATES.get(sheet.colour, PLATES["white"])
        font = fonts.at(92)
        wide = int(font.getlength(sheet.plate)) + 72
        left = (WIDTH - wide) // 2
        box = (left, self.y, left + wide, self.y + 132)
        self.pen.rounded_rectangle(box, 16, fill=ground, outline=letters, width=4)
        self.pen.text((WIDTH // 2, self.y + 66), sheet.plate, letters, font, anchor="mm", stroke_width=1)
        self.y += 132 + 22

    def _row(self, label: str, value: str) -> None:
        top, column = self.y, 190
        self.write(label, 31, QUIET, wide=column - 16)
        below, self.y = self.y, top
        self.write(value, 31, INK, left=EDGE + column, wide=INNER - column)
        self.y = max(below, self.y) + 2

    def _code(self, address: str) -> None:
        code = codes.picture(address, CODE)
        left = (WIDTH - code.width) // 2
        self.pen.rounded_rectangle((left - 8, self.y, left + code.width + 8, self.y + code.height + 16), 12, "#ffffff")
        self.image.paste(code, (left, self.y + 8))
        self.y += code.height + 30

    def write(
        self, text: str, size: int, colour: Colour, *, bold: bool = False, middle: bool = False, left: int = EDGE,
        wide: int = INNER,
    ) -> None:  # fmt: skip
        """Words in as many lines as they need."""
        font = fonts.at(size)
        for line in _lines(text, size, wide):
            x = WIDTH // 2 if middle else left
            anchor = "ma" if middle else "la"
            self.pen.text((x, self.y), line, colour, font, anchor=anchor, stroke_width=1 if bold else 0)
            self.y += int(size * 1.4)


_CLOSING = frozenset("，。；：、！？）】」”,.;:!?)")
"""What never begins a line."""


def _lines(text: str, size: int, wide: int) -> Iterator[str]:
    """A text in lines of at most so many pixels: Chinese breaks anywhere, Latin words and numbers at blanks."""
    font, line = fonts.at(size), ""
    for word in _WORDS.findall(text):
        if line and font.getlength(line + word.rstrip()) > wide and word not in _CLOSING:
            yield line.rstrip()
            line = ""
        line += word if line else word.lstrip()
    if line:
        yield line.rstrip()


_WORDS = re.compile(r"[!-~]+\s*|\s+|.")
