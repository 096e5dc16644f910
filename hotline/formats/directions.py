"""Which way: 往长春方向, 去长春, 哈尔滨→长春, 上行, 左幅, 进城, 东向西, toward Changchun."""

import re

WAYS = ("上行", "下行", "左幅", "右幅", "进城", "出城", "进京", "出京", "进省", "出省", "内环", "外环", "双向")
"""Directions that are no place; everything else that a direction may be is the name of where it leads."""

_AWAY = "开往|驶往|驶向|前往|去往|通往|往|去|至|到(?!保)|向(?!阳|塘)|朝(?!阳)"
_FACILITY = "收费[站口]|服务区|停车区|检查[站点]|卡[口点]|互通|枢纽|立交|隧道|大桥|[出入]口|高速|[国省]道"
_BREAK = re.compile(rf"{_AWAY}|{_FACILITY}|在|我们?|是|的|被|堵|从(?!化|江)|由|自(?!贡)")
_ARROW = re.compile(r"[一-龥]{2,8} ?(?:→|-+>|—+>|➡\ufe0f?|⇒|=>) ?(?P<to>[一-龥]{2,6}?)(?:方向)?(?=[^一-龥]|$)")
_COMPASS = re.compile(r"(?:由|自|从)?(?P<start>东|南|西|北)(?:向|往|到|至)(?P<end>东|南|西|北)(?:方向)?")
_TOWARD = re.compile(r"(?P<run>[一-龥]{1,24})方向(?:[一二两]侧|侧)?")
_SINGLE = re.compile(rf"(?P<way>{'|'.join(WAYS)})(?:方向|侧|车道|线)?")
_BARE = re.compile(
    r"(?:开往|驶往|前往|去往|往|去|朝(?!阳))(?P<to>[一-龥]{2,5}?)(?:[走去开](?:的|了)?|行驶|的)?(?=[^一-龥]|$)"
)
_NEAR = re.compile(
    r"(?:往|向|朝)(?P<to>东|南|西|北)(?:(?:边|面|侧|走|开|去|行驶?)的?|(?=[^一-龥]|$))|(?P<bound>东|南|西|北)行(?=[^一-龥]|$)"
)
_ENGLISH = re.compile(r"(?i:towards?|bound for|heading (?:to|for)|direction(?: of)?:?) +(?P<to>[A-Z][A-Za-z' -]{1,30})")
_BOUND = re.compile(r"\b(?P<bound>north|south|east|west)-?bound\b", re.IGNORECASE)
_COMPASS_WORDS = {"north": "北", "south": "南", "east": "东", "west": "西"}
_NO_DIRECTION = re.compile("^(?:哪个?|什么|这个?|那个?|同|反|对向|一个|两个|各个?|另一|不同|某)$")
_NOT_A_DESTINATION = re.compile(
    "[做卸装送拉取买吃睡不哪了核货车找问看加住修办打接]|医院|收费|服务区|停车区|检查|[出入]口|[前后左右上下里外]$|[这那]"
)


def cut_direction(text: str) -> tuple[str | None, str]:
    """The first direction as a bare name (`往长春方向` is 长春), and the text with it replaced by `|`."""
    for rule, read in _RULES:
        for match in rule.finditer(text):
            found = read(match)
            if found is not None:
                direction, start = found
                return direction, f"{text[:start]}|{text[match.end() :]}"
    return None, text


def _named(match: re.Match[str]) -> tuple[str, int]:
    return match["to"].strip(), match.start()


def _compass(match: re.Match[str]) -> tuple[str, int] | None:
    return (f"{match['start']}向{match['end']}", match.start()) if match["start"] != match["end"] else None


def _toward(match: re.Match[str]) -> tuple[str, int] | None:
    """The name right before 方向; what stands before 往, 去, a facility or a road is no part of it."""
    run, breaks = match["run"], list(_BREAK.finditer(match["run"]))
    last = breaks[-1] if breaks else None
    name = run[last.end() :] if last else run
    if not name or len(name) > 8 or _NO_DIRECTION.match(name):
        return None
    leads_in = last is not None and re.fullmatch(_AWAY, last[0])
    return name, match.start() + (last.start() if last and leads_in else len(run) - len(name))


def _way(match: re.Match[str]) -> tuple[str, int]:
    return match["way"], match.start()


def _bare(match: re.Match[str]) -> tuple[str, int] | None:
    return None if _NOT_A_DESTINATION.search(match["to"]) else (match["to"], match.start())


def _near(match: re.Match[str]) -> tuple[str, int]:
    return match["to"] or match["bound"], match.start()


def _bound(match: re.Match[str]) -> tuple[str, int]:
    return _COMPASS_WORDS[match["bound"].lower()], match.start()


_RULES = (
    (_ARROW, _named),
    (_COMPASS, _compass),
    (_TOWARD, _toward),
    (_SINGLE, _way),
    (_NEAR, _near),
    (_BARE, _bare),
    (_BOUND, _bound),
    (_ENGLISH, _named),
)
