"""A file as published becomes a document: what it is, from whom and when, and its clauses."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from hashlib import sha256
from types import MappingProxyType

from hotline.library import cleaning, masking, splitting
from hotline.library.splitting import Piece, number_of
from locales.words import Refusal

HEAD = 14
"""Lines at the beginning, and at the end, in which a document says what it is."""

LONGEST_TITLE = 120

_NUMBER = re.compile(
    r"^(?:发文字号|文\s*号)?[:：]?\s*([^\s，。:：]{1,24}[〔\[(（【]\s*(?:19|20)\d{2}\s*[〕\])）】]\s*第?\s*\d{1,5}\s*号)$"
)
_FIELD = re.compile(
    r"^(标\s*题|发文字号|文\s*号|发文机关|发布机构|发布单位|发布日期|成文日期|发文日期|印发日期|索\s*引\s*号|主题分类|有效性|来\s*源|发布时间|信息来源)\s*[:：|]\s*(.*)$"
)
_LETTERHEAD = re.compile(r"^([\u4e00-\u9fff]{3,40})文件$")
_DAY = re.compile(
    r"^[(（]?\s*((?:19|20)\d{2})\s*[年.\-/]\s*(\d{1,2})\s*[月.\-/]\s*(\d{1,2})\s*日?\s*(?:印发?|发布|颁布)?\s*[)）]?$"
)
_HAN_DAY = re.compile(
    r"^([二一][〇○零一二三四五六七八九]{3})年([一二三四五六七八九十]{1,2})月([一二三四五六七八九十]{1,3})日(?:印发?)?$"
)
_BODY = re.compile(
    r"^[\u4e00-\u9fff（）() ]{3,40}(?:局|厅|部|委|办|办公室|政府|委员会|指挥部|处|中心|公司"
    r"|专班|专班办公室|领导小组|会|院|署)$"
)
_SALUTATION = re.compile(r"^[^。！？]{2,120}[:：]$")
_SIGNED = re.compile(
    r"^[(（]?\s*(?:本报|本台|本网)?\s*(?:记者|通讯员|来源|责任编辑|编辑|作者|撰稿|摄影|审核|校对|供稿)[^。]{0,30}[)）]?$"
)
_CALLED = re.compile(r"《(.+?)》")


@dataclass(frozen=True)
class Published:
    """A document as it is taken into the library; what is not known is None."""

    title: str
    clauses: tuple[Piece, ...]
    number: str | None = None
    issuer: str | None = None
    issued_on: date | None = None
    division: str | None = None
    slug: str | None = None
    note: str | None = None
    source: str = "full"
    words: dict[str, str] = field(default_factory=dict)

    @property
    def hash(self) -> str:
        """The same for the same clauses and particulars, and for nothing else."""
        parts = [[p.anchor, p.path, p.heading, p.text, p.duty, self.words.get(p.anchor, "")] for p in self.clauses]
        told = (self.title, self.number, self.issuer, self.issued_on, parts)
        return sha256(repr(told).encode()).hexdigest()


def read(text: str, name: str = "", known: Mapping[str, object] = MappingProxyType({})) -> Published:
    """The document that a text is; `known` (title, number, issuer, issued_on) is surer than what stands in it.

    Raises Refusal for what is no document: empty, unreadable, without a title and without a name.
    """
    lines = masking.masked(cleaning.paragraphs(text))
    while lines and re.fullmatch(r"附\s*件\s*\d{0,2}", lines[0]):
        lines.pop(0)
    found, body = _told(cleaning.whole(lines, splitting.BEGINS))
    given = {key: value for key, value in known.items() if value}
    title = str(given.get("title") or found.get("title") or name).strip()[:LONGEST_TITLE]
    if not title:
        raise Refusal("library.no_title")
    clauses = tuple(splitting.split([line for line in body if not _repeats(line, title)]))
    if not any(piece.text or piece.heading for piece in clauses):
        raise Refusal("library.empty")
    document = Published(title, clauses, **{k: v for k, v in found.items() if k != "title"})  # type: ignore[arg-type]
    return replace(document, **{key: value for key, value in given.items() if key != "title"})  # type: ignore[arg-type]


def _told(lines: list[str]) -> tuple[dict[str, object], list[str]]:
    """What the head and the foot of a document say about it, and the lines that remain."""
    found: dict[str, object] = {}
    body: list[str] = []
    begun = False
    for place, line in enumerate(lines):
        begun = begun or bool(splitting.BEGINS.match(line))
        near = not begun and place < HEAD
        if _SIGNED.match(line) or (near and _field(line, found)):
            continue
        if near and (number := _NUMBER.match(line)):
            found.setdefault("number", _tidy_number(number[1]))
        elif near and (head := _LETTERHEAD.match(line)):
            found.setdefault("issuer", head[1])
        elif (day := _day(line)) is not None:
            found.setdefault("issued_on", day)
            if body and _BODY.match(body[-1]):
                found.setdefault("issuer", body.pop().replace(" ", ""))
        elif not begun and "title" not in found and _is_title(line):
            found["title"] = line
        elif near and (_SALUTATION.match(line) or _is_slight(line)) and not _BODY.match(line):
            continue
        else:
            body.append(line)
    while body and _BODY.match(body[-1]) and begun:
        found.setdefault("issuer", body.pop().replace(" ", ""))
    return found, [line for line in body if not (_BODY.match(line) and not splitting.BEGINS.match(line))]


def _field(line: str, found: dict[str, object]) -> bool:
    """A line of the table that a government's page puts above a document."""
    told = _FIELD.match(line)
    if told is None:
        return False
    name, value = re.sub(r"\s", "", told[1]), told[2].strip(" |")
    if name == "标题" and value:
        found.setdefault("title", value)
    elif name in ("发文字号", "文号") and (number := _NUMBER.match(value)):
        found.setdefault("number", _tidy_number(number[1]))
    elif name in ("发文机关", "发布机构", "发布单位") and value:
        found.setdefault("issuer", value)
    elif name in ("成文日期", "发文日期", "印发日期", "发布日期", "发布时间") and (day := _day(value.split(" ")[0])):
        found.setdefault("issued_on", day)
    return True


def _day(line: str) -> date | None:
    if found := _DAY.match(line):
        year, month, day = (int(part) for part in found.groups())
    elif found := _HAN_DAY.match(line):
        year = int(
            "".join(str("〇一二三四五六七八九".index(char.replace("○", "〇").replace("零", "〇"))) for char in found[1])
        )
        month, day = number_of(found[2]), number_of(found[3])
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _is_title(line: str) -> bool:
    return len(line) <= LONGEST_TITLE and line[-1] not in "。；，、！：:" and not splitting.BEGINS.match(line)


def _is_slight(line: str) -> bool:
    """A line before the first clause that is no sentence: the name of a column, a second title."""
    return len(line) <= LONGEST_TITLE and line[-1] not in "。；！？：:”" and "。" not in line


def _repeats(line: str, title: str) -> bool:
    """Whether a line says the title once more, whole or the name in it."""
    key = cleaning.letters(line)
    called = {cleaning.letters(title), *(cleaning.letters(one) for one in _CALLED.findall(title))}
    return key in called


def _tidy_number(written: str) -> str:
    """吉交发(2022)第3号 as it is cited: 吉交发〔2022〕3号."""
    inner = re.sub(r"[\[(（【]\s*(\d{4})\s*[\])）】]", r"〔\1〕", re.sub(r"\s", "", written))
    return inner.replace("〕第", "〕")
