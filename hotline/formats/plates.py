"""Number plates of trucks and trailers, as drivers type them.

Taken: the plates of GA 36 that a freight truck carries, also the mainland plates of trucks from Hong Kong and Macau
(粤Z....港/澳). Not taken, with a sentence of their own: police, learner, embassy, consulate and military plates.
Colour is no part of a number: the same string exists in two colours.
"""

import re
from dataclasses import dataclass
from typing import Any, Literal

from hotline.formats.numerals import DIGITS, digits_spoken
from hotline.formats.tidy import shown, tidy
from locales.words import Refusal

PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
NEW_ENERGY_LETTERS = "ABCDEFGHJK"
"""D and F by the rule of 2016; the series were widened to A-E (electric) and F-K (other) when those ran out."""

Kind = Literal["ordinary", "trailer", "new_energy_small", "new_energy_large", "cross_border"]

_SERIAL = "[A-HJ-NP-Z0-9]"
_ISSUER = f"[{PROVINCES}][A-HJ-NP-Z]"
PATTERNS: dict[Kind, re.Pattern[str]] = {
    "new_energy_small": re.compile(f"{_ISSUER}[{NEW_ENERGY_LETTERS}]{_SERIAL}[0-9]{{4}}"),
    "new_energy_large": re.compile(f"{_ISSUER}[0-9]{{5}}[{NEW_ENERGY_LETTERS}]"),
    "trailer": re.compile(f"{_ISSUER}{_SERIAL}{{4}}挂"),
    "cross_border": re.compile(f"粤Z{_SERIAL}{{4}}[港澳]"),
    "ordinary": re.compile(f"{_ISSUER}{_SERIAL}{{5}}"),
}

_TRADITIONAL = str.maketrans("滬雲遼魯蘇贛晉陝閩貴粵瓊寧掛", "沪云辽鲁苏赣晋陕闽贵粤琼宁挂")
_GAP = r"[\s.·•・●‧∙⋅_—–-]"
_SPOKEN = "".join(DIGITS)
_FREE = re.compile(
    rf"(?P<province>[{PROVINCES}]){_GAP}{{0,2}}(?P<letter>[A-Za-z]){_GAP}{{0,3}}"
    rf"(?P<serial>[A-Za-z0-9]{{4,6}}(?![A-Za-z0-9])|[A-Za-z]?[{_SPOKEN}]{{4,6}}[A-Za-z]?(?![{_SPOKEN}]))"
    rf"(?:{_GAP}{{0,2}}(?P<last>[挂港澳]))?(?!\+|公里|千米|国道|省道|高速|\.[0-9])"
)
_AFTER_ANOTHER_WORD = re.compile(f"[车:]|{_GAP}?[{PROVINCES}]")
"""What shows that a 挂 before it is no part of the plate: 挂车, 挂:, 挂吉B1234挂."""
_LOOKS_LIKE = re.compile(rf"([A-Z]){_SERIAL}{{5}}")
_OTHER_SERVICE = re.compile(r"[学警领使]$|^[使军空海]|^WJ")


@dataclass(frozen=True, slots=True)
class Plate:
    """A plate without gaps (`吉A12345`), its kind, and the trailer's plate when both were given."""

    number: str
    kind: Kind
    trailer: str | None = None

    def __str__(self) -> str:
        return f"{self.number}/{self.trailer}" if self.trailer else self.number

    def to_json(self) -> dict[str, Any]:
        """JSON-safe: number, kind, trailer; what is not known is left out."""
        return {name: value for name in self.__slots__ if (value := getattr(self, name)) is not None}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "Plate":
        """The plate that `to_json` wrote."""
        return cls(**value)


def parse_plate(text: str) -> Plate:
    """The truck's plate in the text; a trailer's beside it is kept with it, and alone is a plate of its own.

    Raises Refusal: no plate, several trucks, a letter I or O, no province, too short or long, not a freight plate.
    """
    plain = tidy(text)
    whole = _plate(_compact(plain))
    found = [whole] if whole else [plate for plate, _ in find_plates(plain)]
    trucks = list(dict.fromkeys(p.number for p in found if p.kind != "trailer"))
    trailers = list(dict.fromkeys(p.number for p in found if p.kind == "trailer"))
    if len(trucks) > 1 or len(trailers) > 1:
        raise Refusal("plate.several")
    if not found:
        raise _why_not(plain)
    if not trucks:
        return found[0]
    truck = next(p for p in found if p.kind != "trailer")
    return Plate(truck.number, truck.kind, trailers[0] if trailers else None)


def find_plate(text: str) -> tuple[Plate, tuple[int, int]] | None:
    """The first plate inside free words, trucks before trailers, with its span in `tidy(text)`; None without one."""
    found = find_plates(text)
    trucks = [(plate, span) for plate, span in found if plate.kind != "trailer"]
    trailers = [(plate, span) for plate, span in found if plate.kind == "trailer"]
    if trucks and trailers:
        plate, span = trucks[0]
        return Plate(plate.number, plate.kind, trailers[0][0].number), span
    return next(iter(trucks + trailers), None)


def find_plates(text: str) -> list[tuple[Plate, tuple[int, int]]]:
    """Every plate inside free words in order, each with its span in `tidy(text)`."""
    plates = []
    for match in _FREE.finditer(tidy(text).translate(_TRADITIONAL)):
        compact = (match["province"] + match["letter"] + digits_spoken(match["serial"])).upper()
        plate, end = _plate(compact + (match["last"] or "")), match.end()
        if plate is None and (match["last"] in ("港", "澳") or _AFTER_ANOTHER_WORD.match(match.string, end)):
            plate, end = _plate(compact), match.end("serial")
        if plate is not None:
            plates.append((plate, (match.start(), end)))
    return plates


def _plate(compact: str) -> Plate | None:
    return next((Plate(compact, kind) for kind, rule in PATTERNS.items() if rule.fullmatch(compact)), None)


def _compact(plain: str) -> str:
    return digits_spoken(re.sub(_GAP, "", plain).translate(_TRADITIONAL)).upper()


def _why_not(plain: str) -> Refusal:
    """The sentence that helps most: what is wrong with the nearest thing to a plate."""
    compact = _compact(plain)
    typed = shown(plain)
    near = re.fullmatch(rf"([{PROVINCES}])([A-Z])([A-Z0-9]{{2,9}})(挂?)", compact)
    if _OTHER_SERVICE.search(compact) and re.search("[A-Z0-9]{4}", compact):
        return Refusal("plate.not_freight", typed=typed)
    if near is None:
        no_province = re.fullmatch(f"{_SERIAL}{{6,7}}挂?", compact) and _LOOKS_LIKE.match(compact)
        return Refusal("plate.no_province" if no_province else "plate.refused", typed=typed)
    if near[2] in "IO":
        return Refusal("plate.issuer", typed=typed)
    instead = near[1] + near[2] + near[3].replace("I", "1").replace("O", "0") + near[4]
    if instead != compact and _plate(instead):
        return Refusal("plate.i_or_o", typed=typed, instead=instead)
    if near[4]:
        return Refusal("plate.trailer", typed=typed)
    return Refusal("plate.length", typed=typed, given=str(len(compact)))
