"""A document's paragraphs become its clauses: 一、 (一) 1. (1) ① 第三条, nested as they are printed.

A clause is named as people name it, "二(一)4"; its anchor, "2-1-4", is the same in ASCII, and stays what it is as long
as the number that is printed does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from hotline.library.cleaning import BROKEN

_HAN = "[一二三四五六七八九十百零〇]+"
_KINDS: tuple[tuple[str, str], ...] = (
    ("chapter", rf"第({_HAN}|\d+)章[ 　:：、]*"),
    ("section", rf"第({_HAN}|\d+)节[ 　:：、]*"),
    ("article", rf"第({_HAN}|\d+)条[ 　:：、]*"),
    ("han", rf"({_HAN})[、.．](?! *[、.．])"),
    ("bracket", rf"[(（]({_HAN})[)）][、.．]?"),
    ("digit", r"(\d{1,3})[.．、](?!\d)"),
    ("digit_bracket", r"[(（]?(\d{1,2})[)）][、.．]?"),
    ("circled", r"([①-⑳])"),
)
"""Widest first: each kind lies within those before it."""

INLINE = "inline"
ANNEX = "annex"
PREFACE = "preface"

_RANK = {name: place for place, name in enumerate((ANNEX, *(name for name, _ in _KINDS), INLINE))}
_PATTERNS = {name: re.compile(rf"\s*{written}\s*") for name, written in _KINDS}
BEGINS = re.compile(r"\s*(?:" + "|".join(re.sub(r"\((?!\?)", "(?:", written) for _, written in _KINDS) + r"|附\s*件)")
"""How a paragraph starts that cannot be the rest of the one before."""

_ANNEX = re.compile(r"^附\s*(?:件|表)\s*(\d{0,2})\s*([:：])?\s*(.*)$")
_STEP = re.compile(rf"附件(目录|\d*)|第({_HAN}|\d+)([章节条])|[(（]({_HAN}|\d+)[)）]|({_HAN})|(\d+)|([①-⑳])")
_POINTS = re.compile(r"(?:^|(?<=[，。；：,;:]))([一二三四五六七八九十])([要是])(?=[\u4e00-\u9fff])")
_DUTY = re.compile(r"[(（〔\[【]\s*(?=(?:责任|牵头|配合)(?:部门|单位|科室|处室|领导|人)?\s*[:：])")
_LED_BY = re.compile(r"[(（〔]([^()（）〔〕]{4,160}(?:牵头|负责|配合)[^()（）〔〕]{0,120})[)）〕]$", re.MULTILINE)
_HEADING = re.compile(r"^([^。！？；\n]{2,34})。(?=.)")

LONGEST_HEADING = BROKEN + 8
"""Characters of a numbered line that may be a heading although no text stands beside it."""

SHORT = 14
"""Characters of one that may be a heading although it ends like a sentence: 三、工作要求。"""


@dataclass(slots=True)
class Piece:
    """One clause while it is read; `trail` are the headings above it."""

    anchor: str
    path: str
    heading: str = ""
    trail: tuple[str, ...] = ()
    lines: list[str] = field(default_factory=list)
    duty: str = ""

    @property
    def text(self) -> str:
        """Its own words, a paragraph a line."""
        return "\n".join(self.lines)


@dataclass(frozen=True, slots=True)
class _Level:
    kind: str
    label: str
    part: str
    heading: str


def number_of(written: str) -> int:
    """The number that 三, 十二, 二十, 12 or ③ writes; 0 for what is none."""
    if written.isdecimal():
        return int(written)
    if "①" <= written[:1] <= "⑳":
        return ord(written[0]) - ord("①") + 1
    digits = {char: place for place, char in enumerate("零一二三四五六七八九")} | {"〇": 0}
    total, last = 0, 0
    for char in written:
        if char in digits:
            last = digits[char]
        elif char in "十百":
            total += (last or 1) * (10 if char == "十" else 100)
            last = 0
    return total + last


def anchor_of(path: str) -> str:
    """The anchor of a clause that people name by its path: 二(一)4 is 2-1-4, 第三条(二) is a3-2, 第1段 is p1."""
    if (paragraph := re.fullmatch(r"第(\d+)段", path)) is not None:
        return f"p{paragraph[1]}"
    parts = []
    for found in _STEP.finditer(path):
        annex, wide, sign, *plain = found.groups()
        if wide:
            parts.append({"章": "c", "节": "s", "条": "a"}[sign] + str(number_of(wide)))
        elif annex is not None:
            parts.append("x0" if annex == "目录" else "x" + (annex or "1"))
        else:
            parts.append(str(number_of(next(one for one in plain if one))))
    return "-".join(parts)


def split(lines: list[str]) -> list[Piece]:
    """The clauses in their order; anchors are unique, and every word of the paragraphs is in one of them."""
    pieces: list[Piece] = []
    levels: list[_Level] = []
    listing = False
    for line in lines:
        if (annex := _ANNEX.match(line)) and len(line) <= 80:
            listing = bool(annex[2])
            levels = [
                _Level(ANNEX, *(("附件目录", "x0") if listing else ("附件" + annex[1], "x" + (annex[1] or "1"))), "")
            ]
            pieces.append(_piece(pieces, levels, annex[3]))
            continue
        marker = None if listing and re.match(r"\s*\d", line) else _marker(line, levels, pieces)
        if marker is None:
            _goes_on(pieces, levels, line)
            continue
        kind, written, rest = marker
        listing = False
        while levels and _RANK[levels[-1].kind] >= _RANK[kind]:
            levels.pop()
        heading, text = _parted(rest)
        levels.append(_Level(kind, *_named(kind, written), heading))
        piece = _piece(pieces, levels, text)
        piece.heading = heading
        pieces.append(piece)
    return list(_ended(pieces))


def _marker(line: str, levels: list[_Level], pieces: list[Piece]) -> tuple[str, str, str] | None:
    for kind, _ in _KINDS:
        found = _PATTERNS[kind].match(line)
        if found is None or not line[found.end() :].strip():
            continue
        if kind == "digit_bracket" and not (levels or number_of(found[1]) == 1):
            continue
        if kind == "article" and line[found.end() : found.end() + 1] in "的、和至或":
            continue
        return kind, found[1], line[found.end() :].strip()
    return None


def _named(kind: str, written: str) -> tuple[str, str]:
    """How a level reads, and how it is written in an anchor."""
    number = number_of(written)
    match kind:
        case "chapter" | "section" | "article":
            sign = {"chapter": "章", "section": "节", "article": "条"}[kind]
            return f"第{written}{sign}", f"{kind[0]}{number}"
        case "bracket":
            return f"({written})", str(number)
        case "digit_bracket":
            return f"({number})", str(number)
        case _:
            return written, str(number)


def _parted(rest: str) -> tuple[str, str]:
    """What stands after a number: a heading and its text; a short line without a final mark is a heading alone."""
    if (found := _HEADING.match(rest)) and not _DUTY.search(found[1]):
        return found[1].strip(), rest[found.end() :].strip()
    bare = rest.rstrip("。：: ")
    is_sentence = rest[-1] in "，、" or (rest[-1] in "。；！？" and (len(bare) > SHORT or "，" in bare))
    return ("", rest) if is_sentence or len(bare) > LONGEST_HEADING or "。" in bare else (bare, "")


def _piece(pieces: list[Piece], levels: list[_Level], text: str) -> Piece:
    named = [level for level in levels if level.kind not in ("chapter", "section")]
    if levels[-1].kind in ("chapter", "section"):
        named = [levels[-1]] if levels[-1].kind == "chapter" else levels[-2:]
    path, anchor = "", ""
    for level in named:
        apart = "·" if path and (level.kind == INLINE or (path.startswith("附件") and "·" not in path)) else ""
        apart = "." if path and path[-1].isdigit() and level.label[0].isdigit() else apart
        path += apart + level.label
        anchor += ("-" if anchor else "") + level.part
    trail = tuple(level.heading for level in levels[:-1] if level.heading)
    return Piece(_free(pieces, anchor), path, "", trail, [text] if text else [])


def _free(pieces: list[Piece], anchor: str) -> str:
    taken = {piece.anchor for piece in pieces}
    if anchor not in taken:
        return anchor
    return next(one for n in range(2, 10_000) if (one := f"{anchor}_{n}") not in taken)


def _goes_on(pieces: list[Piece], levels: list[_Level], line: str) -> None:
    """A paragraph without a number belongs to the clause before it; before the first one, it is a clause itself."""
    if levels:
        pieces[-1].lines.append(line)
        return
    serial = 1 + sum(piece.path.startswith("第") for piece in pieces)
    points = list(_points(line))
    if not points:
        pieces.append(Piece(_free(pieces, f"p{serial}"), f"第{serial}段", "", (), [line]))
        return
    if before := line[: points[0][1]].strip("，。；：,;: "):
        pieces.append(Piece(_free(pieces, f"p{serial}"), f"第{serial}段", "", (), [before + "："]))
    for (written, start, _), after in zip(points, [*points[1:], None], strict=True):
        text = line[start + 2 : after[1] if after else None].strip("，；： ")
        heading, rest = _parted(text)
        pieces.append(Piece(_free(pieces, str(number_of(written))), written, heading, (), [rest] if rest else []))


def _points(line: str) -> Iterator[tuple[str, int, str]]:
    """一要…。二要…。三要…: where each of at least three points in a row begins."""
    found = [(one[1], one.start(1), one[2]) for one in _POINTS.finditer(line)]
    wanted = 1
    row: list[tuple[str, int, str]] = []
    for written, start, verb in found:
        if number_of(written) == wanted and (not row or verb == row[0][2]):
            row.append((written, start, verb))
            wanted += 1
    if len(row) >= 3:
        yield from row


def _ended(pieces: list[Piece]) -> Iterator[Piece]:
    """Each clause with what it says about who is responsible set apart."""
    for piece in pieces:
        text = piece.text
        if found := _DUTY.search(text):
            piece.duty = text[found.end() :].strip().rstrip("）)〕]】")
            text = text[: found.start()]
        elif found := _LED_BY.search(text):
            piece.duty, text = found[1], text[: found.start()] + text[found.end() :]
        piece.lines = [line for line in text.strip().split("\n") if line]
        if not piece.heading and not piece.lines and piece.duty:
            piece.lines, piece.duty = [piece.duty], ""
        yield piece
