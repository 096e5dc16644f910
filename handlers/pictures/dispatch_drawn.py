"""Draws the day in numbers with Pillow: 1080 pixels wide, as high as its tables need."""

from __future__ import annotations

from io import BytesIO

from PIL import Image, ImageDraw
from PIL.ImageFont import FreeTypeFont

from handlers.pictures import fonts
from handlers.pictures.dispatch import Sheet, Table, Tile

WIDE, EDGE, GAP = 1080, 40, 14
GROUND, CARD, LINE, INK, QUIET = "#f4f5f3", "#ffffff", "#dde1dc", "#1a1f1c", "#5b645e"
ACCENT, ALARM, PALE, BAR = "#0b6b43", "#ad1f17", "#e6f2eb", "#8cc4a8"
"""The console's own colours in its light theme: a picture cannot know in which theme it is looked at."""

HEAD, TILE, ROW = 170, 148, 43
NAME, BARS = 280, 190
"""Pixels of a table's line for the name and the bar; its numbers share the rest."""


def png(sheet: Sheet) -> bytes:
    """The picture as a PNG of few colours, so that it is small on a slow network."""
    tables = [one for one in sheet.tables if one.lines]
    high = HEAD + 2 * (TILE + GAP) + sum(_height(one) for one in tables) + 64
    image = Image.new("RGB", (WIDE, high), GROUND)
    pen = ImageDraw.Draw(image)
    _head(pen, sheet)
    top = HEAD
    for place, tile in enumerate(sheet.tiles):
        wide = (WIDE - 2 * EDGE - 3 * GAP) // 4
        _tile(pen, tile, EDGE + place % 4 * (wide + GAP), top + place // 4 * (TILE + GAP), wide)
    top += 2 * (TILE + GAP)
    for table in tables:
        _table(pen, table, top)
        top += _height(table)
    pen.text((EDGE, top + 14), sheet.foot, font=fonts.at(24), fill=QUIET)
    out = BytesIO()
    image.quantize(64).save(out, "PNG", optimize=True)
    return out.getvalue()


def _head(pen: ImageDraw.ImageDraw, sheet: Sheet) -> None:
    pen.rectangle((0, 0, WIDE, 12), fill=ACCENT)
    pen.text((EDGE, 36), _fit(sheet.title, fonts.at(46), WIDE - 2 * EDGE), font=fonts.at(46), fill=INK, stroke_width=1)
    pen.text((EDGE, 106), sheet.day, font=fonts.at(32), fill=INK)
    pen.text((WIDE - EDGE, 112), sheet.stands, font=fonts.at(26), fill=QUIET, anchor="ra")


def _tile(pen: ImageDraw.ImageDraw, tile: Tile, left: int, top: int, wide: int) -> None:
    pen.rounded_rectangle((left, top, left + wide, top + TILE), 12, fill=CARD, outline=LINE)
    if tile.is_alarm:
        pen.rounded_rectangle((left, top, left + 8, top + TILE), 4, fill=ALARM)
    room = wide - 36
    pen.text((left + 18, top + 12), _fit(tile.what, fonts.at(26), room), font=fonts.at(26), fill=QUIET)
    number = f"{tile.count:,}"
    font = _small_enough(number, (52, 44, 36, 28), room)
    pen.text(
        (left + 18, top + 76), number, font=font, fill=ALARM if tile.is_alarm else INK, anchor="lm", stroke_width=1
    )
    before = f"{tile.before}  {tile.change}".rstrip()
    font = _small_enough(before, (24, 22, 20, 18), room)
    pen.text((left + 18, top + 108), _fit(before, font, room), font=font, fill=QUIET)


def _height(table: Table) -> int:
    return 62 + ROW * (len(table.lines) + 1) + (36 if table.more else 0)


def _table(pen: ImageDraw.ImageDraw, table: Table, top: int) -> None:
    pen.text((EDGE, top + 16), table.title, font=fonts.at(30), fill=INK, stroke_width=1)
    first = top + 62
    pen.rounded_rectangle((EDGE, first, WIDE - EDGE, first + ROW * (len(table.lines) + 1)), 12, fill=CARD, outline=LINE)
    begin, wide = EDGE + 20 + NAME + BARS, (WIDE - 2 * EDGE - 40 - NAME - BARS) // len(table.heads)
    rights = [begin + wide * (place + 1) for place in range(len(table.heads))]
    for right, head in zip(rights, table.heads, strict=True):
        font = _small_enough(head, (22, 20, 18), wide - 6)
        pen.text((right, first + ROW // 2), _fit(head, font, wide - 6), font=font, fill=QUIET, anchor="rm")
    most = max(numbers[0] for _, numbers in table.lines) or 1
    for place, (name, numbers) in enumerate(table.lines, 1):
        line = first + ROW * place
        pen.line((EDGE + 1, line, WIDE - EDGE - 1, line), fill=LINE)
        middle = line + ROW // 2
        pen.text((EDGE + 20, middle), _fit(name, fonts.at(26), NAME - 16), font=fonts.at(26), fill=INK, anchor="lm")
        left = EDGE + 20 + NAME
        pen.rounded_rectangle((left, middle - 9, left + BARS - 24, middle + 9), 5, fill=PALE)
        if numbers[0]:
            long = max(8, (BARS - 24) * numbers[0] // most)
            pen.rounded_rectangle((left, middle - 9, left + long, middle + 9), 5, fill=BAR)
        for right, number in zip(rights, numbers, strict=True):
            pen.text((right, middle), f"{number:,}", font=fonts.at(26), fill=INK if number else QUIET, anchor="rm")
    if table.more:
        pen.text((EDGE + 20, first + ROW * (len(table.lines) + 1) + 6), table.more, font=fonts.at(22), fill=QUIET)


def _small_enough(words: str, sizes: tuple[int, ...], room: int) -> FreeTypeFont:
    """The font in the largest of these sizes in which the words have room, or else in the smallest."""
    return next((fonts.at(size) for size in sizes if fonts.at(size).getlength(words) <= room), fonts.at(sizes[-1]))


def _fit(words: str, font: FreeTypeFont, room: int) -> str:
    """The words, cut where the room ends."""
    if font.getlength(words) <= room:
        return words
    while words and font.getlength(f"{words}…") > room:
        words = words[:-1]
    return f"{words}…"
