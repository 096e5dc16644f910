"""What else than a blocked road people bring, and how they say it: help, complaints, questions, appeals, advice.

Kinds and sub-kinds are the catalogue's. Whoever says outright what he wants (我要投诉 ...) is taken at his word; other
words are a guess, which the form lets him correct.
"""

import re
from dataclasses import dataclass

from hotline.formats.tidy import tidy

_HELLO = (
    r"^(?:(?:你好|您好|请问|师傅|同志|喂|hello|hi|please|帮我|麻烦)[，,。!！ ]*)*(?:我|咱|俺)?们?"
    r"(?:[要想来得]|需要|现在|有个?|提个?|i |want to |would like to |need to |have an? )*"
)
_END = r"(?:一下|个事|点事|事情|件事|help)?[，,。:：!！?？~ ]*"

_ASKED_FOR = {
    "complaint": r"投诉举报|投诉|举报|告状|complain(?:t)?|report misconduct",
    "help": r"紧急求助|求助|求救|救命|救援|救救|sos\b|need help|help me",
    "code_appeal": r"(?:健康|红|黄)?码?申诉|appeal",
    "advice": r"意见建议|建议|意见|suggest(?:ion)?|advi[cs]e",
    "pass_query": r"通行证查询|查询?通行证|pass query",
    "consult": r"咨询|打听|ask|question",
}
"""The words with which a sentence begins that says outright what it is."""

_GUESSED = {
    "code_appeal": r"[红黄]码|弹窗|健康码|吉祥码|变[红黄]了|health code|red code|yellow code|pop-?up",
    "help": (
        r"被困|困在|滞留|没(?:有|得)?(?:吃|喝|水|饭|药|油|电)|缺(?:水|药|吃|氧|粮)|断[粮水药]|饿|渴|抛锚|车坏|坏在|爆胎|趴窝"
        r"|发[高]?烧|生病|病了|晕|胸[口]?[疼痛闷]|肚子疼|受伤|要药|买药|没(?:地方|处)(?:休息|睡|停)|求[求]?帮|帮帮"
        r"|stranded|broke[n]? down|no (?:food|water|fuel)|hungry|medicine|injured|\bsick\b|flat tyre"
    ),
    "complaint": (
        r"乱收费|多收|乱罚|罚了?[我款]|敲诈|索[要贿]|要红包|态度|骂|辱|刁难|不作为|推诿|踢皮球|没人管|抽贷|压贷|断贷"
        r"|overcharg|fined|rude|bribe|insult"
    ),
    "pass_query": r"通行证|通行码|\bpermit\b|\bpass(?:es)? (?:for|expired|number)",
    "advice": r"(?:应该|最好|希望|能否)(?:多|加|改|增|早|设)|should (?:add|have)|it would be better",
    "consult": (
        r"请问|想问|问一下|问问|问个|怎么(?:办理|申请|走|收费)|多少钱|什么手续|能不能|可不可以|可以.{0,12}[吗么]"
        r"|(?<!在)[吗么呢][?？]?$|.{5}[?？]$"
    ),
}
"""Words that give a matter away; a question mark comes last, since anything can be asked."""

_WHATS = {
    "consult": {
        "pass": r"通行证|办证|\bpass\b|permit",
        "relief": r"优惠|减免|补贴|补助|贷款|还款|免费|relief|subsid|loan",
        "fee": r"收费|费用|多少钱|通行费|etc\b|\btolls?\b|\bfees?\b|cost",
        "road": r"路况|堵|封路|修路|施工|积雪|下雪|结冰|绕行|road condition|traffic|snow",
        "passage": r"通行|通不通|能[不否]?能?[走过进下上]|让不让|放行|核酸|隔离|报备|get through|allowed",
    },
    "complaint": {
        "finance": r"贷|loan",
        "fine": r"罚|fine",
        "fee": r"收费(?!站)|收钱|多收|要钱|红包|索|overcharg|bribe|\bfee",
        "conduct": r"态度|骂|辱|不作为|推诿|踢皮球|没人管|不理|rude|insult|ignor",
        "checkpoint": r"卡点?|查验|检查[站点]|刁难|不放|收费站|check ?point",
    },
    "advice": {
        "policy": r"政策|规定|标准|办法|policy|rule",
        "road": r"路|标[志牌线识]|服务区|停车|收费站|路灯|road|sign|rest area|parking",
        "service": r"服务|热线|回复|答复|态度|service|hotline",
    },
    "help": {
        "medicine": r"药|病|发[高]?烧|晕|疼|痛|医|受伤|血|缺氧|medicine|sick|ill\b|injur|doctor|hurt",
        "food": r"吃|喝|水|饭|饿|渴|断粮|food|water|hungry|thirst",
        "vehicle": r"抛锚|车坏|坏在|坏了|爆胎|趴窝|没油|没电|故障|拖车|broke|fuel|tyre|tow",
        "rest": r"休息|睡|疲劳|困得|rest|sleep",
        "stranded": r"困|滞留|走不了|stranded|stuck",
    },
    "code_appeal": {
        "not_synced": (
            r"没有?(?:更新|同步|出来|显示|上传)|未(?:更新|同步|上传)|不(?:更新|显示|同步)"
            r"|查不到|not (?:synced|updated|shown)"
        ),
        "popup": r"弹窗|pop-?up",
        "star": r"星|\bstar|asterisk",
        "red": r"红码|变红|\bred\b",
        "yellow": r"黄码|变黄|yellow",
    },
    "pass_query": {
        "renew": r"续|到期|过期|延期|renew|expir",
        "verify": r"真|假|有效|查验|genuine|fake|valid",
        "progress": r"进度|办到|批|多久|下来|办好|好了|progress|how long|approved|status",
        "need": r"要不要|用不用|需不?需?要|要办|怎么办|如何办|哪里?办|need|how (?:do|to|can)",
    },
}
"""How each sub-kind is said; the plain ones (其他) are only chosen."""


def _read(patterns: dict[str, str], before: str = "", after: str = "") -> dict[str, re.Pattern[str]]:
    return {name: re.compile(f"{before}(?:{words}){after}", re.IGNORECASE) for name, words in patterns.items()}


_ASKS_WHAT_IS_SHUT = re.compile(
    r"[开关封通](?:没|不)[开关封通]|(?:开|关|封|通|堵)(?:着|了|放|闭|行)*(?:吗|没有?|不)[?？]?$|哪.{0,8}[关封堵]"
    r"|\b(?:is|are)\b.{0,40}\b(?:open|closed|shut|blocked)\b",
    re.IGNORECASE,
)

_BEGINS, _HOLDS = _read(_ASKED_FOR, _HELLO), _read(_GUESSED)
_BARE = _read(_ASKED_FOR, _HELLO, f"{_END}$")
_KNOWN = {kind: _read(whats) for kind, whats in _WHATS.items()}


@dataclass(frozen=True, slots=True)
class Meant:
    """What somebody wants: the kind, and the sub-kind where the words tell it.

    `outright`: he said so himself; `bare`: and said nothing else, so that there are no words worth keeping.
    """

    kind: str
    what: str | None
    outright: bool = False
    bare: bool = False


def recognise(text: str) -> Meant | None:
    """The matter that free words bring; None when they bring none that we know."""
    plain = tidy(text)
    for kind, begins in _BEGINS.items():
        if begins.search(plain):
            return Meant(kind, recognise_what(kind, plain), outright=True, bare=bool(_BARE[kind].search(plain)))
    kind = next((kind for kind, holds in _HOLDS.items() if holds.search(plain)), "")
    return Meant(kind, recognise_what(kind, plain)) if kind else None


def recognise_what(kind: str, text: str) -> str | None:
    """The sub-kind of this kind that free words tell; None when they tell none."""
    plain = tidy(text)
    return next((what for what, words in _KNOWN[kind].items() if words.search(plain)), None)


def asks_what_is_shut(text: str) -> bool:
    """Whether free words ask if a road or facility is open; the register answers that at once."""
    return bool(_ASKS_WHAT_IS_SHUT.search(tidy(text)))
