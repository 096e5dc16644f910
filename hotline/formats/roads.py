"""Roads by number, or by the name of a national expressway: G12, 珲乌高速, 102国道, 国道102, S210, G4W2."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from hotline.formats.numerals import spoken_to_figures
from hotline.formats.tidy import shown, tidy
from locales.words import Refusal

Kind = Literal[
    "national_expressway",
    "national_road",
    "provincial_expressway",
    "provincial_road",
    "county_road",
    "township_road",
    "village_road",
    "special_road",
]

_TABLE = tomllib.loads(Path(__file__).with_name("roads.toml").read_text(encoding="utf-8"))
NAMES: dict[str, str] = _TABLE["names"]
"""Number to name of the national expressways that `roads.toml` knows."""
FORMER: dict[str, str] = _TABLE["former"]
_NUMBERS = {name: number for number, name in NAMES.items()}
_LOWER: dict[str, Kind] = {"X": "county_road", "Y": "township_road", "C": "village_road", "Z": "special_road"}
_NOUNS = {"国道": "G", "省道": "S", "县道": "X", "乡道": "Y", "村道": "C", "专用公路": "Z"}

_NUMBER = re.compile(r"[GS][0-9]{1,4}|[XYCZ][0-9]{3}")
"""GB/T 917-2017: G and S with three digits are ordinary roads, with one, two or four expressways; X, Y, C, Z three."""

_SIGN = re.compile(
    rf"(?<![A-Za-z0-9])(?:(?:{'|'.join(_NOUNS)}) ?)?(?:(?P<letter>[GSgs]) ?-? ?|(?P<lower>[XYCZxycz]))"
    r"(?P<digits>[0-9]{1,4})(?P<old>[ENSWensw][0-9]?(?![0-9A-Za-z]))?(?![0-9]|次)"
)
_NOUN_FIRST = re.compile(rf"(?P<noun>{'|'.join(_NOUNS)}) ?(?P<digits>[0-9]{{3}})(?![0-9])")
_NOUN_LAST = re.compile(rf"(?<![A-Za-z0-9])(?P<digits>[0-9]{{3}}) ?(?P<noun>{'|'.join(_NOUNS)})")
_EXPRESSWAY = "高速公路|高速"
_SHORTS = "|".join(sorted((name.removesuffix("高速") for name in _NUMBERS), key=len, reverse=True))
_RINGS = "|".join(name.removesuffix("高速") for name in _NUMBERS if name.endswith("环线高速"))
_NAMED = re.compile(rf"(?P<name>{_SHORTS})(?:{_EXPRESSWAY})|(?P<ring>{_RINGS})")
_SHORT = re.compile(rf"^\|?(?P<name>{_SHORTS})线?(?= ?(?:[ZYzy]?[Kk] ?[0-9]|[0-9]{{1,4}}(?:\+|公里))|$)")
_OTHER_NAME = re.compile(rf"(?P<own>[一-龥]{{2,12}}?)(?:{_EXPRESSWAY}|快速路|环线)(?!口|路口|[出入]口)")
_BEFORE_NAME = re.compile(
    "在|被|我们?|不[让给准](?:我们?|大?车|大?货车)?[下上走过进]?|堵|去|往|到(?!保)|从(?!化|江)|的|了|是|让(?!胡路|湖路)|还有|然后|请问|[这那]个|[这那]条|什么|哪[个条]?"
    "|收费站|服务区|停车区|方向|[出入]口|走"
)
_NOT_A_NAME = re.compile(
    "[下上走进出个这那全到条过离]$|^(?:你好|准备|马上|没有|不能|已经|前面|整个|全部|附近|封闭|关闭)"
)
_LEFT_OVER = re.compile(rf"^ ?(?:{'|'.join(_NOUNS)}|{_EXPRESSWAY}|公路|线(?![路上下]))")
_BESIDE = "[ ()/,、-]{0,2}"


@dataclass(frozen=True, slots=True)
class Road:
    """A road: its number as the sign has it, the name when it is known, and the kind that the number tells."""

    number: str
    name: str | None
    kind: Kind

    def __str__(self) -> str:
        return self.number

    def to_json(self) -> dict[str, Any]:
        """JSON-safe: number, name, kind; an unknown name is left out."""
        return {name: value for name in self.__slots__ if (value := getattr(self, name)) is not None}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "Road":
        """The road that `to_json` wrote."""
        return cls(value["number"], value.get("name"), value["kind"])


def parse_road(text: str) -> Road:
    """The one road that the text names; raises Refusal when it names none, or none by number.

    A number that is written wins over a name beside it, because the number is what the sign says.
    """
    plain = tidy(text)
    number, name, rest = cut_road(plain)
    if number is None and name is not None:
        raise Refusal("road.name_only", name=shown(name))
    if number is None:
        raise Refusal("road.refused", typed=shown(plain))
    other = cut_road(rest)[0]
    if other not in (None, number):
        raise Refusal("road.several", first=number, second=other)
    return road(number, name)


def road(number: str, name: str | None = None) -> Road:
    """The road with this number; `name` serves where the table has none."""
    return Road(number, NAMES.get(number, name), kind_of(number))


def kind_of(number: str) -> Kind:
    """The kind by letter and count of digits (GB/T 917-2017)."""
    if number[0] in _LOWER:
        return _LOWER[number[0]]
    ordinary = len(number) == 4
    if number[0] == "G":
        return "national_road" if ordinary else "national_expressway"
    return "provincial_road" if ordinary else "provincial_expressway"


def cut_road(plain: str) -> tuple[str | None, str | None, str]:
    """Number and name of the first road in tidy text, and the text with them replaced by `|`.

    A name that the table lacks (机场高速) is given without a number; it is for places, which need none.
    """
    number, text = _cut_number(spoken_to_figures(plain))
    known = _NAMED.search(text) or _SHORT.search(text)
    span = known.span() if known else _other_name(text)
    if span is None or (number is not None and not _beside(text, *span)):
        return number, NAMES.get(number or ""), text
    name = text[slice(*span)]
    if known is not None:
        name = f"{known['name'] or known['ring']}高速" if known.re is _NAMED else f"{known['name']}高速"
        number = number or _NUMBERS[name]
    return number, NAMES.get(number or "", name), _cut(text, *span)


def cut_other_roads(text: str) -> str:
    """The text with every further road number replaced by `|`, so that none gets into the name of a facility."""
    return _SIGN.sub(lambda sign: "|" if _number(sign) else sign[0], text)


def _beside(text: str, start: int, end: int) -> bool:
    """Whether the name stands beside the number, which is a `|` by now: another road's name may come later."""
    return bool(re.search(rf"\|{_BESIDE}$", text[:start]) or re.match(rf"{_BESIDE}\|", text[end:]))


def _cut_number(text: str) -> tuple[str | None, str]:
    found = sorted(
        (match.start(), match.end(), number)
        for rule in (_SIGN, _NOUN_FIRST, _NOUN_LAST)
        for match in rule.finditer(text)
        if (number := _number(match)) is not None
    )
    if not found:
        return None, text
    start, end, number = found[0]
    end = next((e for s, e, n in found if s == start and n == number and e > end), end)
    return number, _cut(text, start, end)


def _number(match: re.Match[str]) -> str | None:
    said = match.groupdict()
    letter = (said.get("letter") or said.get("lower") or _NOUNS[said["noun"]]).upper()
    old = letter + said["digits"] + (said.get("old") or "").upper()
    number = FORMER.get(old, letter + said["digits"])
    return number if _NUMBER.fullmatch(number) and int(said["digits"]) > 0 else None


def _cut(text: str, start: int, end: int) -> str:
    after = text[end:]
    while left_over := _LEFT_OVER.match(after):
        after = after[left_over.end() :]
    return f"{text[:start]}|{after}"


def _other_name(text: str) -> tuple[int, int] | None:
    for match in _OTHER_NAME.finditer(text):
        before = list(_BEFORE_NAME.finditer(match["own"]))
        own = match["own"][before[-1].end() :] if before else match["own"]
        if len(own) >= 2 and not _NOT_A_NAME.search(own):
            return match.end("own") - len(own), match.end()
    return None
