"""How people ask for a service point or after a checkpoint: 附近核酸点, 哪里能充电, 这个检查点合法吗."""

import re

from hotline.formats.tidy import tidy

_KINDS = {
    "checkpoint": r"检查(?:站|卡?点)|查验[站点]|卡[点口]|超限(?:检测)?站|治超(?:检测)?站|检疫[站点]|check ?points?",
    "test": (
        r"(?:做|测|采|捅)[^，。]{0,4}核酸|核酸(?:检测|采样)?(?:服务)?[站点]|采样点|检测[站点]"
        r"|(?:pcr|covid|nucleic acid)?[ -]?test(?:ing)? (?:site|station|point|place)s?|get tested"
    ),
    "charging": r"充电(?:[桩站枪])?|快充|换电站|charg(?:e|er|ers|ing)\b(?: (?:station|point)s?)?",
    "transfer": (
        r"中转(?:场地|站|点|区)?|接驳(?:场地|站|点|区)?|甩挂(?:点|场)?"
        r"|transfer (?:site|yard|point)s?|hand-?over (?:site|yard)s?"
    ),
    "logistics": (
        r"物流(?:服务)?(?:网点|站点|点|园区?)|货运站|快递网点|网点"
        r"|logistics (?:outlet|point|park|cent(?:er|re))s?"
    ),
    "service": r"服务[区站]|停车区|能(?:休息|停大?车|停车)|(?:service|rest|parking) areas?",
}
_WHERE = (
    r"附近|最近(?!的?[几两0-9一二三四五六七八九十]*个?(?:[天周月年]|小时))|周[边围]|离[我这](?:儿|里)?最?近|哪(?:里|儿|有|个)(?!都)|[在去到]哪(?!里?儿?都)|怎么(?:找|去)"
    r"|有没有|有[^，。]{0,8}[吗么]"
    r"|\bwhere\b|\bnear(?:est|by)?\b|\bclosest\b|\bis there\b|\bare there\b"
)
_APPROVED = (
    r"合法|合规|正规|批准|批文|审批|备案|名单|手续|授权|公示|是(?:不是)?真的"
    r"|\b(?:legal|lawful|approved|authori[sz]ed|official|genuine)\b"
)
_ASKS = (
    r"[吗么呢][?？]?$|[?？]$|是不是|有没有|是否|合不合|正不正|在不在|能不能|查(?:一?下|查)|批(?:准)?了?没有?"
    r"|^(?:is|are|was|has|does|do)\b"
)
_KNOWN = {kind: re.compile(words, re.IGNORECASE) for kind, words in _KINDS.items()}
_BARE = {
    kind: re.compile(rf"(?:查|找|我?要?找?)?(?:{words})(?:查询|在哪|地址|位置)?", re.IGNORECASE)
    for kind, words in _KINDS.items()
}
_IS_WHERE, _IS_APPROVED, _IS_ASKED = (re.compile(w, re.IGNORECASE) for w in (_WHERE, _APPROVED, _ASKS))
_ELSE = re.compile(
    "关(?:了|闭|着|门)|封(?:了|闭)|不让|投诉|举报|凭什么|凭啥|为什么|为啥|态度|罚款|乱收|closed|shut|complain",
    re.IGNORECASE,
)
"""What makes it another matter, whatever it names besides."""


def recognise_kind(text: str) -> str | None:
    """The kind of point that an answer names; None when it names none."""
    plain = tidy(text)
    return next((kind for kind, words in _KNOWN.items() if words.search(plain)), None)


def recognise(text: str) -> str | None:
    """The kind of point that free words ask for or after; None when they ask for none.

    Whether a checkpoint is approved is asked with the word for it; where something is, with a word for where.
    """
    plain = tidy(text)
    kind = recognise_kind(plain)
    if kind is None or _ELSE.search(plain):
        return None
    if _BARE[kind].fullmatch(plain.rstrip("。.!！?？")):
        return kind
    if kind == "checkpoint" and _IS_APPROVED.search(plain):
        return kind if _IS_ASKED.search(plain) else None
    return kind if _IS_WHERE.search(plain) else None
