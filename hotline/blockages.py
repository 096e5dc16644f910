"""What can stop a truck, and how drivers say it.

The kinds are those of the source documents: unlawful turning away, repeated tests, results refused, stars held against
a driver, unapproved checkpoints, roads cut, closed toll stations and service areas, jams, accidents, damage.
"""

import re

from hotline.formats.tidy import tidy

KINDS = (
    "turned_back",  # 劝返
    "repeat_test",  # 强制重复检测
    "result_not_accepted",  # 不认外地结果
    "star_refused",  # 带星拒行
    "illegal_checkpoint",  # 违规设卡
    "road_cut",  # 擅自阻断
    "toll_closed",  # 收费站关闭
    "service_area_closed",  # 服务区关闭
    "congestion",  # 拥堵缓行
    "accident",  # 事故
    "road_damage",  # 道路损毁
    "other",  # 其他
)

# In the order in which they are tried: first the grounds, which say why a truck was stopped while the rest of the
# sentence says only that it was; then what nature and traffic did; then what people did; a mere jam comes last.
# `~` stands for up to eight characters of the same clause.
_WORDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "star_refused",
        (
            r"(?<!不)(?<!没)带(?:了|着|个)?(?:星(?![期座])|\*)",
            r"星号|\*号|有(?:个|颗)?星(?![期座])|摘星",
            r"行程[卡码]~(?:星(?!期)|\*)",
            r"\basterisk|\bstar(?:red)?\b",
        ),
    ),
    (
        "result_not_accepted",
        (
            r"不(?:承|互|予?)?认(?:可|同|账)?(?![识为得真])|只认(?!识)",
            r"(?:不|没)采?信~(?:核酸|报告)",
            r"(?:核酸|检测|抗原|报告|结果|阴性|证明)~(?:不(?:算数?|行|管用|好使|作数|通用)|没用|无效|作废)",
            r"(?:要|得|必须)[^，]{0,4}(?:本地|当地|他们)(?:做?的)?(?:核酸|检测|结果|报告)",
            r"(?:do|does|did|will|would)(?:n['’]?t| not) (?:accept|recogni[sz]e)|\bnot? (?:accept|recogni[sz])",
            r"refus\w* to (?:accept|recogni[sz]e)|(?:test|result)s?\b.{0,20}\bnot valid",
        ),
    ),
    (
        "repeat_test",
        (
            r"重复(?:检测|核酸|采样|做)|重新(?:做|检测|测|采样|核酸)",
            r"强制(?:性)?(?:做|核酸|检测|采样|落地检)",
            (
                r"(?:又|再|还)(?:是|得|要|让|叫|给|逼|非|我们?|司机|大家|重新|再){0,4}(?:做|测|捅|检|采)"
                r"(?:了|个|一)?(?:一?[次遍回])?(?:核酸|检测|抗原|采样|$|，|了| )"
            ),
            r"(?:又|再|还)[^，]{0,6}(?:做|测|捅)(?:核酸|抗原|[一两]?[次遍])",
            r"核酸[^，]{0,10}又(?:要|让|得)做|(?:加|多)做[^，]{0,3}核酸",
            r"\bre-?test|repeat(?:ed)? (?:test|pcr)|test(?:ed)?(?: me| us)? again",
            r"(?:another|second|new) (?:pcr |nucleic acid )?test",
        ),
    ),
    (
        "illegal_checkpoint",
        (
            (
                r"(?:私自?|违规|违法|非法|擅自|随意|随便|乱|胡乱|层层|自己|自行|偷偷)(?:在~)?设"
                r"(?:了|立|置|的)?(?:个|一个)?[^，]{0,4}(?:卡|检查[站点]|关)"
            ),
            r"(?:没有?|未经?|无)(?:经过?)?(?:批准|审批|公示|手续|授权).{0,8}(?:卡|[检查验]{2}[站点])",
            r"(?:卡点?|[检查验]{2}[站点]).{0,12}(?:没有?|未经?|无)(?:经过?)?(?:批准|审批|公示|手续|授权)",
            r"野卡|黑卡点|违规(?:卡|检查[站点])",
            r"(?:illegal|unapproved|unauthori[sz]ed|unlawful) (?:check ?point|road ?block|control)",
        ),
    ),
    (
        "accident",
        (
            r"追尾|翻(?:了)?车|车翻|侧翻|撞(?:车|了|上|到|坏|在)|[碰相连]撞|车祸",
            r"事故(?![多易频]发)|[刮剐]擦|[刮剐]蹭|起火|着火|自燃|出事",
            r"\bcrash|\baccident|\bcollision|roll(?:ed)? ?over|overturn|pile-?up|rear-?end",
        ),
    ),
    (
        "road_damage",
        (
            r"塌方|塌陷|坍塌|滑坡|泥石流|落石|山洪|冲[毁断垮坏]|水毁|翻浆|路基|坑坑洼洼",
            r"(?<!半)路面?(?:都|全|太|很|给|被|水|雨|大)*(?:坏|破|塌|开裂|裂|烂|损坏|损毁|淹)|路面断裂|路(?:自己)?断了",
            r"[大深]坑|坑(?:很|太|好|特别)?[大多深洼]|桥(?:面)?(?:被[^，]{0,3})?(?:塌|断|垮|裂|坏)|道路(?:损[毁坏]|破损)",
            r"landslide|collaps|pothole|sinkhole|washed (?:away|out)|damaged road|road damage",
            r"road(?:way)? (?:is |was )?(?:badly )?damaged",
        ),
    ),
    (
        "road_cut",
        (
            r"挖[断沟]|挖了[^，]{0,4}沟|断路|封村|[堆倒]了?(?:一堆|好多|很多|些)?[土石渣沙]|[土石沙渣]堆|土[埂坝]",
            r"水泥[墩块管桩柱板]|石[墩块]|硬隔离|隔离墩|用~(?:堵|封|拦|挡|围)|擅自(?:封|断|堵|拦)|阻断",
            r"把[^，]{0,4}路[^，]{0,4}(?:封|断|堵|拦|挖)|路(?:口)?(?:都|全|又)?(?:被|让|给)(?!车)[^，]{0,6}(?:挖|封|断|堵|拦|挡)",
            r"(?:村|村口|乡道|村道|县道|进村)[^，]{0,5}(?:封|堵死|拦|断)|(?<![雪雾冰站区])封(?:了)?(?:路|村|道)",
            r"(?:路|道路|国道|省道|路口)(?:都|全|又|给|也)*封(?:了|死|着|闭)",
            r"(?:road|street).{0,20}(?:cut off|dug up|blocked (?:off|by|with)|barricaded)|barricade",
            r"(?:earth|soil|dirt) (?:mound|bank|pile)|concrete block",
        ),
    ),
    (
        "service_area_closed",
        (
            r"(?:服务区|停车区)~(?:封|关|停用|停业|不[让给准许](?:我们?|[大货]*车)?(?:进|停|加|用|休息|上厕所|吃)|不开|没开|未开|进不去|停不了|暂停)",
            r"(?:关|封)[闭了停]?[^，]{0,6}(?:服务区|停车区)|(?:不[让给准许]|进不去)[^，]{0,5}(?:服务区|停车区)",
            r"(?:service|rest|parking) area.{0,25}(?:closed|shut|not open|locked|won['’]?t let|not allowed)",
            r"closed.{0,12}(?:service|rest) area",
        ),
    ),
    (
        "toll_closed",
        (
            (
                r"(?:收费[站口]|高速口|站口|[出入]口|[上下]道口|匝道|[上下]口|互通)[^，不]{0,8}"
                r"(?:封|关|停用|停止|没开|未开|不开|不通|暂停)"
            ),
            r"(?:关|封)[闭了停]?~(?:收费[站口]|高速口|[出入]口)|封站|关站",
            r"高速(?:公路)?(?:都|全|又|全线|也)*(?:封|关)(?:了|闭|着|路)",
            r"(?:toll|exit|ramp|entrance|expressway|highway).{0,25}(?:closed|shut|not open)",
            r"closed.{0,12}(?:toll|exit|ramp)",
        ),
    ),
    (
        "turned_back",
        (
            r"劝[返回离]|不(?:让|给|准|许|允许|肯让)[^，]{0,4}[下走过进上通行动]|不给?放|不放[行人车我过走]",
            r"(?:掉|调)头|原路返回|(?:撵|赶|轰|劝|打发)(?:我们?|车)?(?:回|走|出)",
            r"(?:让|叫|要|逼)(?:我们?|司机|大车|货车|车)?(?:回去|返回|绕[行道路]|往回|退回)",
            r"拦(?:住|下|着|了|在|截|路)|(?:下|上|进|出)不(?:去|来|了)|被卡|卡在~(?:收费|检查|查验|卡口|[路村]口)",
            r"禁止[^，]{0,6}(?:通行|驶[入出离]|下高速|进入)|禁行|限行",
            r"turn(?:ed|ing)? (?:me |us |them |trucks? )?(?:back|away|around)",
            r"not allowed|no entry|sent (?:me |us )?(?:back|away)",
            r"(?:won['’]?t|(?:did|do|does|would)n['’]?t|not) (?:let|allow)|refus\w* (?:entry|passage|to let)",
        ),
    ),
    (
        "congestion",
        (
            r"堵|拥挤|缓行|排[长了着起]?[^，]{0,4}(?:队|公里)|走不动|动不了|不动(?:了|弹|$|，)|龟速|塞车|压车|卡[住在]",
            r"车(?:流)?(?:太|很|好|特别)[多大]",
            r"\bjam|congest|queue|slow(?:-moving)? traffic|stuck in|gridlock|tailback",
        ),
    ),
    ("other", (r"^其[他它](?:情况|问题|原因)?$|^other$",)),
)
_TABLE = tuple((kind, re.compile("|".join(words).replace("~", "[^，]{0,8}?"), re.IGNORECASE)) for kind, words in _WORDS)

_DENIED = re.compile(
    r"(?:不|没|没有|没怎么|不怎么|不太|不算|不是|不再|未|并未|并没有?|也没有?)(?:很|再|发生|出|见|看到)?"
    r"(?:拥?堵|塞车|缓行|排队|追尾|翻车|撞车?|车祸|事故|塌方|滑坡|劝返|关闭?|封闭?路?|拦|掉头|带\*?星?号?|星号?)(?!死)"
    r"|没有?(?:人)?(?:拦|劝返|查)|不用(?:再|重新)?(?:做|掉头|绕)"
    r"|\b(?:no|not|isn['’]?t|wasn['’]?t|no longer|without|never)(?: an?| any| longer| in a)? ?"
    r"(?:jam(?:med)?|congest\w*|queues?|accidents?|crash\w*|closed|asterisk|star|stuck)",
    re.IGNORECASE,
)
_ENDED = re.compile(
    r"(?<![不没未难打接沟])(?<!没有)(?:通了|畅通|恢复(?:了|通行|正常|开放)|疏通|解封|解除|开通了|重新开|开放了|放行了|解决了|没事了"
    r"|让(?:我们?|车)?[走过下进上]了|(?:认|承认)了|(?:处理|清理)完了?|修好了|撤(?:了|卡|走))"
    r"|\b(?:cleared|reopened|moving again|back to normal|resolved|open again)\b",
    re.IGNORECASE,
)
_ASKED = re.compile(
    r"(?:吗|么|[了的]没有?|不)[？?]*$|([\u4e00-\u9fa5])(?<![动时])[不没]\1|是不是|有没有|会不会|是否|请问|想问|问一?下|打听"
    r"|^(?:is|are|was|does|do|did|can|could|will|has|any)\b.*\?$",
    re.IGNORECASE,
)
_COMPLAINT = re.compile("为什么|为啥|凭什么|凭啥|怎么[又还不就]|干嘛|干啥|咋办|怎么办(?!.{0,4}证)")
_NAMES = re.compile("[开登]封|(?:山海|嘉峪|[潼韶海]|娘子|[雁玉剑]门|函谷|居庸)关|[下城]关(?!闭)|大坑口")
"""Names of towns that hold a word of the table."""
_CLAUSE = re.compile(r"[，。；！;!\n]+|,\s*|(?<=[?？])|\. |但是?|可是|不过|结果(?=[不又被还让说])")


def recognise(text: str) -> str | None:
    """The kind of blockage that the words tell, one of KINDS; None when they tell none, or only ask or deny it.

    Clause by clause: what is denied (不堵了) counts for nothing, and what ended (通了) ends what was said before it.
    """
    still: list[str] = []
    for clause in _CLAUSE.split(_NAMES.sub("某地", tidy(text))):
        if _ASKED.search(clause) and not _COMPLAINT.search(clause):
            continue
        *ended, since = _ENDED.split(clause)
        if ended:
            still.clear()
        still.append(_DENIED.sub(" ", since))
    said = "，".join(still)
    return next((kind for kind, words in _TABLE if words.search(said)), None)
