"""Chinese numerals as people say them and as voice input writes them: 十二, 一百零二, 幺零二, 两."""

import re

DIGITS = {"零": 0, "〇": 0, "○": 0, "一": 1, "幺": 1, "二": 2, "两": 2, "俩": 2, "三": 3, "四": 4, "五": 5}
DIGITS |= {"六": 6, "七": 7, "八": 8, "九": 9}
UNITS = {"十": 10, "百": 100, "千": 1000}
NUMERALS = "".join(DIGITS) + "".join(UNITS)

_DIGIT_TABLE = str.maketrans({word: str(value) for word, value in DIGITS.items()})
_DIGITS_ONLY = re.compile(f"[{''.join(DIGITS)}]{{1,12}}")
_PART = re.compile(f"([{''.join(DIGITS)}]?)([{''.join(UNITS)}]?)")
_ROAD_LETTER = re.compile(rf"(?<![A-Za-z])([GSXYCgsxyc]\s?)([{NUMERALS}]{{1,8}})(?![路道里])")
_ROAD_NOUN = re.compile(rf"([{NUMERALS}]{{2,8}})(?=国道|省道|县道|乡道)")
_NOUN_ROAD = re.compile(rf"((?:国道|省道|县道|乡道|桩号)\s?[GSXYKgsxyk]?)([{NUMERALS}]{{1,8}})")
_STAKE = re.compile(rf"(?<![A-Za-z])([Kk]\s?)([{NUMERALS}]{{1,8}})")
_KILOMETRES = re.compile(rf"([{NUMERALS}]{{1,8}})(?=公里(?:加|处|[{NUMERALS}]{{1,8}}米|[^\w]|$))")
_METRES = re.compile(rf"((?<=公里)|(?<=[0-9]加)|(?<=[0-9]\+))([{NUMERALS}]{{1,8}})")


def digits_spoken(text: str) -> str:
    """Each numeral that stands for one digit as that digit: `一二三四五` -> `12345`; the rest as it was."""
    return text.translate(_DIGIT_TABLE)


def number(text: str) -> int | None:
    """The number that the text is, or None: `12`, `十二`, `一百零二`, `一百二` (120), `幺零二` (102), `两`."""
    if re.fullmatch(r"[0-9]{1,12}", text):
        return int(text)
    if _DIGITS_ONLY.fullmatch(text):
        return int(digits_spoken(text))
    return _value(text)


def spoken_to_figures(text: str) -> str:
    """Numerals of roads and stakes as figures (`G十二`, `幺零二国道`, `K一百二十三加四百`); names keep theirs."""
    for pattern in (_ROAD_LETTER, _NOUN_ROAD, _STAKE):
        text = pattern.sub(lambda found: found[1] + _figures(found[2]), text)
    for pattern in (_ROAD_NOUN, _KILOMETRES):
        text = pattern.sub(lambda found: _figures(found[1]), text)
    return _METRES.sub(lambda found: _figures(found[2]), text)


def _figures(numerals: str) -> str:
    if _DIGITS_ONLY.fullmatch(numerals):
        return digits_spoken(numerals)
    value = _value(numerals)
    return numerals if value is None else str(value)


def _value(text: str) -> int | None:
    total, unit_before, place = 0, 10_000, 0
    while place < len(text):
        part = _PART.match(text, place)
        if part is None or not part[0]:
            return None
        place, digit, unit = part.end(), part[1], UNITS.get(part[2])
        if digit in "零〇○" and digit and unit is None:
            continue
        if unit is None:
            short = place == len(text) and unit_before >= 100 and text[-2:-1] not in "零〇" and total
            total += DIGITS[digit] * (unit_before // 10 if short else 1)
            return total if place == len(text) else None
        if unit >= unit_before or (not digit and unit != 10):
            return None
        total, unit_before = total + (DIGITS[digit] if digit else 1) * unit, unit
    return total if text else None
