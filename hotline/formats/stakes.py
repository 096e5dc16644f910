"""Kilometre stakes: K123+400, ZK12+050, k123.4, 123公里400米, 桩号123+400."""

import re
from dataclasses import dataclass
from typing import Any, Literal

from hotline.formats.numerals import spoken_to_figures
from hotline.formats.tidy import shown, tidy
from locales.words import Refusal

Line = Literal["left", "right"]
_LINES: dict[str, Line] = {"Z": "left", "Y": "right"}
_LETTERS = {None: "", "left": "Z", "right": "Y"}

_PLUS = r" ?(?:\+|加|公里加?) ?"
_METRES = r"(?P<metres>[0-9]{1,3})(?:\.[0-9]+)?(?![0-9]|\.[0-9])"
_WITH_K = re.compile(
    rf"(?<![A-Za-z0-9])(?P<line>[ZYzy])?[Kk] ?(?P<km>[0-9]{{1,4}})(?:\.(?P<tenths>[0-9]{{1,3}})|{_PLUS}{_METRES}"
    r"| (?P<apart>[0-9]{3})(?![0-9公千]|\.[0-9]))? ?(?:公里|千米|km|KM)?"
    r"(?:处|米|[Mm](?![A-Za-z]))?(?![0-9]|[+.][0-9]|次)"
)
_WITHOUT_K = re.compile(rf"(?<![A-Za-z0-9.+])(?P<km>[0-9]{{1,4}}) ?(?:\+|加) ?{_METRES}(?:米处?|处)?")
_NOT_A_DISTANCE = r"(?<!堵)(?<!堵了)(?<!长)(?<!前方)(?<!前面)(?<!大概)(?<!还有)(?<!离)(?<!走了)(?<!开了)(?<!排了)"
_KILOMETRES = re.compile(
    rf"(?<![A-Za-z0-9.+]){_NOT_A_DISTANCE}(?P<km>[0-9]{{1,4}})(?:\.(?P<tenths>[0-9]{{1,3}}))? ?(?:公里|千米|[Kk][Mm])"
    r"(?: ?(?:加 ?(?P<metres>[0-9]{1,3})(?![0-9])米?|(?P<and_metres>[0-9]{1,3})米))?处?(?![长多外远]|左右|的)"
)


@dataclass(frozen=True, slots=True)
class Stake:
    """A point of a road: metres from its kilometre 0, and the line when the stake names one (Z left, Y right)."""

    metres: int
    line: Line | None = None

    def __str__(self) -> str:
        return format_stake(self.metres, self.line)

    def to_json(self) -> dict[str, Any]:
        """JSON-safe: metres, line; an unknown line is left out."""
        return {name: value for name in self.__slots__ if (value := getattr(self, name)) is not None}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "Stake":
        """The stake that `to_json` wrote."""
        return cls(value["metres"], value.get("line"))


def parse_stake(text: str) -> Stake:
    """The stake that the text is; raises Refusal otherwise. `K123.4` is 123.4 km, because that is how it is meant.

    `^[ZY]?K(\\d{1,4})(?:\\+(\\d{1,3})(?:\\.\\d+)?)?$`; metres are taken as written (K123+40 is 40 m), centimetres
    dropped.
    """
    plain = re.sub("^(?:桩号|里程桩|公里桩|里程)[是为: ]*", "", spoken_to_figures(tidy(text)))
    for rule in (_WITH_K, _WITHOUT_K, _KILOMETRES):
        if match := rule.fullmatch(plain):
            return _stake(match)
    if match := _WITH_K.search(plain):
        return _stake(match)
    raise Refusal("stake.refused", typed=shown(plain))


def format_stake(metres: int, line: str | None = None) -> str:
    """`K123+400` for 123400 m; `ZK` and `YK` for the left and the right line."""
    return f"{_LETTERS[line]}K{metres // 1000}+{metres % 1000:03d}"


def cut_stake(text: str) -> tuple[Stake | None, str]:
    """The first stake inside free words (figures, not numerals), and the words with it replaced by `|`.

    Kilometres without a K count only right behind a road (`|`, where it was cut out) or before 处, 桩 or metres:
    `堵了3公里` is a length.
    """
    for rule in (_WITH_K, _WITHOUT_K, _KILOMETRES):
        for match in rule.finditer(text):
            if rule is _KILOMETRES and not (_behind_road(text, match.start()) or _says_point(match)):
                continue
            before = re.sub("(?:桩号|里程桩|公里桩|里程)[是为: ]*$", "", text[: match.start()])
            return _stake(match), f"{before}|{text[match.end() :]}"
    return None, text


def _behind_road(text: str, start: int) -> bool:
    return bool(re.search(r"\| ?(?:[一-龥]{1,6}方向 ?)?(?:的|在)?$|(?:桩号|里程桩|公里桩)[是为: ]*$", text[:start]))


def _says_point(match: re.Match[str]) -> bool:
    return bool(match["metres"] or match["and_metres"] or match[0].endswith("处"))


def _stake(match: re.Match[str]) -> Stake:
    said = match.groupdict()
    metres = next(filter(None, map(said.get, ("metres", "and_metres", "apart"))), None)
    metres = metres or (said.get("tenths") or "").ljust(3, "0")
    return Stake(int(said["km"]) * 1000 + int(metres), _LINES.get((said.get("line") or "").upper()))
