"""What stands beside or across a road: toll stations, service areas, interchanges, checkpoints, tunnels, bridges."""

import re
from dataclasses import dataclass
from typing import Literal

FacilityKind = Literal["toll_station", "service_area", "parking_area", "interchange", "checkpoint", "tunnel", "bridge"]

KINDS: tuple[FacilityKind, ...] = (
    "toll_station",
    "service_area",
    "parking_area",
    "interchange",
    "checkpoint",
    "tunnel",
    "bridge",
)

_WORDS: dict[FacilityKind, str] = {
    "toll_station": "主线收费站|收费口|收费所|高速路口|高速[出入]?口|收费站",
    "service_area": "服务站|服务区",
    "parking_area": "停车区",
    "interchange": "枢纽互通立交|枢纽互通|互通立交|互通枢纽|枢纽立交|枢纽|立交桥|立交|互通",
    "checkpoint": "治超检测站|超限检测站|治超站|检查站|检查卡点|查验点|查验站|检疫站|检疫点|卡口|卡点|检查点",
    "tunnel": "特长隧道|长隧道|隧道",
    "bridge": "特大桥|大桥|高架桥|高架|桥",
}
KIND_WORDS: dict[FacilityKind, str] = {kind: words.rpartition("|")[2] for kind, words in _WORDS.items()}
"""The plain Chinese word of a kind, as `cut_facility` reads it back."""

_EXIT = dict.fromkeys(("出口", "下道口", "下口", "下道", "下高速"), "出口") | dict.fromkeys(
    ("入口", "上道口", "上口", "上高速"), "入口"
)
"""An exit or entrance is named by its toll station; the words drivers use for it become one."""

_MAIN = "|".join(f"(?P<{kind}>{words})" for kind, words in _WORDS.items() if kind not in ("tunnel", "bridge"))
_NAME = r"[一-龥A-Za-z0-9·#]{0,20}?"
_MAIN_RULE = re.compile(rf"(?P<name>{_NAME})(?P<suffix>(?:{_MAIN})+)")
_EXIT_RULE = re.compile(rf"(?P<name>[一-龥]{{2,12}}?)(?P<exit>{'|'.join(_EXIT)})")
_CROSSING_RULE = re.compile(
    rf"(?P<name>{_NAME})(?P<suffix>(?P<tunnel>{_WORDS['tunnel']})|(?P<bridge>{_WORDS['bridge']})"
    r"(?=[上下头北南东西中]?(?:面|段|处|附近|桥头|路段|[^一-龥]|$)|被|塌|断|[封堵限]))"
)
_ENGLISH_RULE = re.compile(
    r"(?P<name>[A-Za-z][A-Za-z0-9'.-]{0,20}(?: [A-Za-z0-9][A-Za-z0-9'.-]{0,20}){0,3}) "
    r"(?P<suffix>(?i:(?P<toll_station>toll (?:station|gate|plaza|booth))"
    r"|(?P<service_area>(?:service|rest) area)|(?P<parking_area>parking area)|(?P<interchange>interchange|junction)"
    r"|(?P<checkpoint>check ?point)|(?P<tunnel>tunnel)|(?P<bridge>bridge)))\b"
)
_BARE_ENGLISH = re.compile(r"(?i:\b(?:(?P<toll_station>toll (?:station|gate|plaza))|(?P<service_area>service area))\b)")

_ENGLISH_STOP = re.compile(
    r"(?i:\b(?:at|in|near|from|the|on|am|is|are|was|were|i|we|a|an|of|to|past|before|after|this|that|next|and|with|stuck|my|your"
    r"|any|every|which|what|some|no|by|for|closed|exit|behind|nearest|has|have|illegal|unapproved)\b)"
)
_LEAVING = re.compile("过了|经过|路过|离开|出了|从(?!化|江)[^到往]*$")
_BEFORE_NAME = re.compile(
    "现在|目前|刚才|刚刚|位于|地[点址]|位置|在|被|我们?|你们|他们|师傅|不[让给准](?:我们?|大?车|大?货车)?[下上走过进]?|拥?堵|去|往|到了?(?!保)|从(?!化|江)|的|了|是|让(?!胡路|湖路)"
    "|(?:快|刚|还没|没|马上)到|[经路]过|离开|走到|停到|靠近|附近|前方|前面|然后|请问|这个|那个|哪个|什么|方向|高速|[国省县]道|还有|交[叉汇][口处]?|连接处"
)
_REGION = re.compile("^(?:[一-龥]{2,6}?(?:省|自治区|自治州|市|县|区|旗))+(?=[^区县市辖境内].)")
_NO_NAME = re.compile(
    "^(?:那|这|哪|某|个|就|也|都|还|又|把|给|和|与|及|下|上|出|进|过|封|关|各|全部|所有|附近|前|高速|主线|临时|防疫|核酸|疫情|公安|治超|超限"
    "|服务区|收费站|有个?|一个|两个|几个|村口|路口|设|设了|设置|私设|私设了|擅自设|违规设|非法设|设立|自设|多个?|很多|乱设|随意设)*$"
)
_NOT_AN_EXIT = re.compile(
    "[区园厂院店站场村镇乡路街]$|^(?:下?一个|进|出|上(?![海饶虞])|下(?![关沙花]))"
    "|准备|马上|可以|已经|必须|禁止|正在|没法|无法|[不想要能才就再车刚把]"
)
_LONG_SUFFIXES = "|".join(word for words in _WORDS.values() for word in words.split("|") if len(word) > 1)
_GAP_BEFORE_SUFFIX = re.compile(rf"(?<=[一-龥]) +(?=[东南西北]? *(?:{_LONG_SUFFIXES}))")


@dataclass(frozen=True, slots=True)
class Facility:
    """A facility by its full name (长春东收费站) and kind; the name is None when only the kind was said."""

    name: str | None
    kind: FacilityKind


def cut_facility(text: str) -> tuple[Facility | None, str]:
    """The facility that the text is about, and the text with it replaced by `|`.

    The first that was not merely passed (`过了德惠服务区，到长春东收费站`); one without a name only when none has one.
    """
    text = _GAP_BEFORE_SUFFIX.sub("", text)
    for rule in (_MAIN_RULE, _CROSSING_RULE, _EXIT_RULE, _ENGLISH_RULE):
        found = [(match, name) for match in rule.finditer(text) if (name := _own_name(match)) is not None]
        staying = [(match, name) for match, name in found if not _left_behind(text, match)]
        for match, name in staying or found:
            return _facility(match, name), f"{text[: match.start()]}|{text[match.end() :]}"
    for rule in (_MAIN_RULE, _BARE_ENGLISH):
        for match in rule.finditer(text):
            return Facility(None, _kind(match)), f"{text[: match.start()]}|{text[match.end() :]}"
    return None, text


def _left_behind(text: str, match: re.Match[str]) -> bool:
    return bool(_LEAVING.search(match["name"]) or re.search(r"从 ?\| ?$", text[: match.start()]))


def _own_name(match: re.Match[str]) -> str | None:
    """What is left of the words before the suffix when everything that is no name has gone; None when nothing is."""
    name = match["name"]
    if before := list(_BEFORE_NAME.finditer(name)):
        name = name[before[-1].end() :]
    if match.re is _EXIT_RULE and _NOT_AN_EXIT.search(name):
        return None
    if match.re is _ENGLISH_RULE:
        name = _ENGLISH_STOP.split(name)[-1].strip()
    name = _REGION.sub("", name)
    return None if len(name) < 2 or _NO_NAME.match(name) else name


def _facility(match: re.Match[str], name: str) -> Facility:
    if match.re is _EXIT_RULE:
        return Facility(name + _EXIT[match["exit"]], "toll_station")
    gap = " " if match.re is _ENGLISH_RULE else ""
    return Facility(name + gap + match["suffix"], _kind(match))


def _kind(match: re.Match[str]) -> FacilityKind:
    """The kind whose word ends the match: 长春东收费站检查点 is a checkpoint."""
    return max((kind for kind in KINDS if match.groupdict().get(kind)), key=match.end)
