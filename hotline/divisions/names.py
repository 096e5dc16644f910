"""Which division a text names: full names, the short ones people say, and what stands beside them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from hotline.divisions.table import Division, divisions, gathers, prefixes

LONGEST = 15
"""Characters of the longest name (积石山保安族东乡族撒拉族自治县 has 15)."""

MOST = 500
"""Characters that are read: a place is told at the beginning."""

_PEOPLES = (
    "蒙古族|蒙古|回族|藏族|维吾尔|苗族|彝族|壮族|布依族|朝鲜族|满族|侗族|瑶族|白族|土家族|哈尼族|哈萨克族|哈萨克|傣族|黎族|傈僳族|佤族|畲族"
    "|拉祜族|水族|东乡族|纳西族|景颇族|柯尔克孜族|柯尔克孜|土族|达斡尔族|仫佬族|羌族|布朗族|撒拉族|毛南族|仡佬族|锡伯族|锡伯|普米族|塔吉克族|塔吉克"
    "|怒族|鄂温克族|裕固族|保安族|独龙族|各族"
)
_SPOKEN = {
    "内蒙古自治区": ("内蒙古", "内蒙"),
    "前郭尔罗斯蒙古族自治县": ("前郭", "前郭县"),
    "延边朝鲜族自治州": ("延边", "延边州"),
}
"""Short names that no rule makes."""

_SHORT = re.compile(rf"(?:{_PEOPLES})*自治[区州县旗]$|(?:特别行政区|地区|[省市县盟旗])$")
_STREET = re.compile(r"[东西南北中]?(?:大街|大道|大路|街|路|巷|胡同)")
_TOWARDS = re.compile("(?:开往|驶往|前往|发往|往|去|朝着|通往)[一-龥]{2,12}?(?:方向|方面)|[一-龥]{2,7}方向")
_ENDING = re.compile(
    "$|[^一-龥]|[的到至往去在与和、被]|[市县]?[区城境内段]|方向|[东西南北中]{0,2}(?:收费|服务|停车|出口|入口|出入口|互通|枢纽|高速|下道|上道|检查|卡|站|口)"
)
"""What follows a county's short name when it stands for the county: 寻乌南收费站, but not 兴隆山收费站 in Jilin."""

_COMMON = frozenset({"城区", "郊区", "矿区", "东区", "西区", "新区"})
"""Names of districts that are words for any part of a town; they count only beside their city."""


@dataclass(frozen=True, slots=True)
class _Named:
    """What one stretch of the text may mean; `weak` ones count only beside, or inside, a division above them."""

    sure: frozenset[str]
    weak: frozenset[str]
    is_full: bool


@cache
def _names() -> dict[str, _Named]:
    sure: dict[str, set[str]] = {}
    weak: dict[str, set[str]] = {}
    for code, division in divisions().items():
        now = division.successor if not division.is_current else code
        if now is None or gathers(code):
            continue
        place = weak if division.name in _COMMON else sure
        place.setdefault(division.name, set()).add(now)
        short = {stem for stem in _spoken(division.name) if len(stem) >= 2 and stem != division.name}
        for stem in short:
            sure.setdefault(stem, set()).add(now)
        if not short and division.name.endswith("区") and len(division.name) >= 3:
            weak.setdefault(division.name[:-1], set()).add(now)
    full = {division.name for division in divisions().values()}
    return {
        name: _Named(_provinces_first(sure.get(name, set())), frozenset(weak.get(name, ())), name in full)
        for name in {*sure, *weak}
    }


def _spoken(name: str) -> tuple[str, ...]:
    return _SPOKEN.get(name) or (_SHORT.sub("", name),)


def _provinces_first(codes: set[str]) -> frozenset[str]:
    """海南 is the province, not 海南藏族自治州."""
    return frozenset({code for code in codes if code.endswith("0000")} or codes)


def named(text: str, near: str | None) -> Division | None:
    """The most specific division that the text names; None when none, or two that lie apart."""
    found = _found(_TOWARDS.sub(" ", re.sub(r"\s+", "", text[:MOST])), near)
    kept = [_higher(one) for one in _agreeing(found)]
    codes = set().union(*kept) if kept else set()
    codes = {code for code in codes if not any(_above(code, other) for other in codes)}
    if len(codes) > 1 and near:
        codes = _nearest_kin(codes, near)
    return divisions()[codes.pop()] if len(codes) == 1 else None


def _found(text: str, near: str | None) -> list[set[str]]:
    """The meanings of each name in the text, left to right, the longest name first."""
    found: list[set[str]] = []
    at = 0
    while at < len(text):
        for length in range(min(LONGEST, len(text) - at), 1, -1):
            known = _names().get(text[at : at + length])
            if known is None or _STREET.match(text, at + length):
                continue
            around = set().union(*found) | ({near, *prefixes(near)} if near else set())
            codes = {*known.sure, *_inside(known.weak, around)}
            if not known.is_full and not _ENDING.match(text, at + length):
                codes -= {code for code in codes if _is_far_county(code, around)}
            if codes:
                found.append(codes)
                at += length - 1
                break
        at += 1
    return found


def _inside(codes: frozenset[str], around: set[str]) -> set[str]:
    """Those whose city is one of these, or holds one of these."""
    cities = {code[:4] for code in around if not code.endswith("0000")} | {c[:2] for c in around if _is_town(c)}
    return {code for code in codes if code[:4] in cities or code[:2] in cities}


def _is_far_county(code: str, around: set[str]) -> bool:
    return not code.endswith("00") and code[:2] not in {other[:2] for other in around}


def _is_town(code: str) -> bool:
    """Whether it is one of the four cities that are provinces."""
    return code in ("110000", "120000", "310000", "500000")


def _agreeing(found: list[set[str]]) -> list[set[str]]:
    """Of each name the meanings that most of the other names bear out."""
    kept = []
    for place, codes in enumerate(found):
        others = found[:place] + found[place + 1 :]
        borne = {code: sum(any(_kin(code, o) for o in other) for other in others) for code in codes}
        most = max(borne.values())
        kept.append({code for code, count in borne.items() if count == most})
    return kept


def _higher(codes: set[str]) -> set[str]:
    """One name for a city and a county in it (通化, 吉林) means the one that holds the other."""
    return {code for code in codes if not any(_above(other, code) for other in codes)}


def _nearest_kin(codes: set[str], near: str) -> set[str]:
    """The ones that share the most with a division: its own, else its city's, else its province's."""
    for around in (near, *prefixes(near)):
        inside = {code for code in codes if code == around or _above(around, code)}
        if inside:
            return inside
    return codes


def _above(code: str, other: str) -> bool:
    return code in prefixes(other)


def _kin(code: str, other: str) -> bool:
    return code == other or _above(code, other) or _above(other, code)
