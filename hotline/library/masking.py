"""People's names and numbers in a published document are masked; hotlines and switchboards of institutions stay.

A name is masked where the words around it say that it is one: after an office (书记、局长 ...), after 联系人 or 记者,
in a list of those who took part. Once known, it is masked wherever the document repeats it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

MASK = "×××"

_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳"
    "酆鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅"
    "庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯昝管卢莫经房裘缪干解应宗丁宣"
    "贲邓郁单杭洪包诸左石崔吉钮龚程嵇邢滑裴陆荣翁荀羊於惠甄曲家封芮羿储靳汲邴糜松井段富巫乌焦巴弓牧隗山谷车侯宓蓬全郗班仰秋"
    "仲伊宫宁仇栾暴甘钭厉戎祖武符刘景詹束龙叶幸司韶郜黎蓟薄印宿白怀蒲邰从鄂索咸籍赖卓蔺屠蒙池乔阴胥能苍双闻莘党翟谭贡劳逄姬"
    "申扶堵冉宰郦雍却璩桑桂濮牛寿通边扈燕冀郏浦尚农温别庄晏柴瞿阎充慕连茹习宦艾鱼容向古易慎戈廖庾终暨居衡步都耿满弘匡国文寇"
    "广禄阙东欧殳沃利蔚越夔隆师巩厍聂晁勾敖融冷訾辛阚那简饶空曾毋沙乜养鞠须丰巢关蒯相查后荆红游竺权逯盖益桓公付肖闫"
)
_DOUBLE = "欧阳|司马|上官|诸葛|夏侯|东方|皇甫|尉迟|公孙|令狐|慕容|司徒|端木|独孤|南宫"
_NAME = rf"(?:(?:{_DOUBLE})[\u4e00-\u9fff]{{1,2}}|[{_SURNAMES}] ?[\u4e00-\u9fff]{{1,2}}?)"
_OFFICE = (
    r"(?:书记|省长|市长|县长|区长|州长|盟长|镇长|乡长|村长|厅长|局长|处长|科长|股长|部长|司长|主任|主席|常委|委员|秘书长|大队长|中队长|支队长"
    r"|队长|所长|站长|院长|校长|会长|董事长|总经理|经理|总工程师|指挥长|组长|参谋长|政委|调研员|专员|巡视员|干事|同志|记者|通讯员)"
)
_THEN = (
    r"(?=主持|兼任|担任|任[^务何]|为[组副总指]|出席|参加|陪同|指出|强调|要求|表示|介绍|宣布|带队|率|讲话|致辞|作|说|对|在|到|赴|等|前往|深入"
    r"|检查|调研|督导|签发|同志|报道|摄|[，,、。；;）)：:]|\s|$)"
)
_AFTER_OFFICE = re.compile(rf"{_OFFICE} ?(?P<name>{_NAME}){_THEN}")
_WITH_OTHERS = re.compile(rf"(?<=[、，])(?P<name>{_NAME})(?=、|(?:等)?(?:领导)?(?:同志)?(?:出席|参加|陪同|列席|任))")
_LEADERS = re.compile(
    rf"(?:领导|同志|班子成员|出席的有)[:：]?(?P<list>{_NAME}(?:[、，][\u4e00-\u9fff]{{2,4}}?)*)(?=等|出席|参加|陪同|列席|[。；])"
)
_BY = re.compile(rf"(?:由|以及|和|与|及)(?P<name>{_NAME})(?=(?:同志)?(?:兼任|担任|任[^务何]|任$|主持|牵头))")
_SPEAKS = re.compile(rf"(?:^|(?<=[，。；：]))(?P<name>{_NAME})(?=(?:同志)?(?:指出|强调|表示|说|主持|要求[，,]))")
_LABEL = (
    r"(?:联\s*系\s*人|联络\s*员|填\s*报\s*人|经\s*办\s*人|负\s*责\s*人|责\s*任\s*人|签\s*发\s*人|审\s*核\s*人?|校\s*对|责任编辑|编\s*辑|作\s*者|撰\s*稿"
    r"|供\s*稿|记\s*者|通\s*讯\s*员|摄\s*影|值\s*班\s*员|联\s*系\s*电\s*话\s*[(（]?\s*人)"
)
_LABELLED = re.compile(
    rf"{_LABEL}\s*[:：，, ]\s*(?P<list>{_NAME}(?:\s*[、，, ]\s*{_NAME})*?)(?=[\s，,、；;。（()）:：\d]|$)|"
    rf"(?:本报)?(?:记者|通讯员)\s?(?P<by>{_NAME}(?:[、 ]{_NAME})*)(?=[)）\s，,。]|报道|摄|$)"
)
_ROSTER = re.compile(
    r"^(?:常务)?(?:副?\s*组\s*长|副?\s*主\s*任|副?\s*指\s*挥\s*长|副?\s*总\s*指\s*挥|成\s*员|召\s*集\s*人|副召集人|秘\s*书\s*长)\s*[:：]\s*\S"
)
_MEMBER = re.compile(
    rf"^(?:{_NAME})[ \t|]+\S{{2,40}}$|^(?:{_NAME})[ ，,、].{{2,30}}(?:长|主任|书记|主席|副职|专员|调研员|负责人|经理)$"
)
_CONTACT = re.compile(rf"{_LABEL}[^。；;]*")
"""A person to turn to, and what stands in the same sentence."""

_MOBILE = re.compile(r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)")
_IDENTITY = re.compile(r"(?<!\d)\d{6}(?:19|20)\d{2}(?:0[1-9]|1[0-2])\d{2}\d{3}[\dXx](?!\d)")
_LANDLINE = re.compile(r"(?<![\d-])(?:0\d{2,3}[- ]?)?\d{7,8}(?:[-/转]\d{1,8})?(?!\d)")
_MAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}")

_ATTENDED = re.compile(rf"^.{{0,16}}{MASK}等?.{{0,6}}(?:出席|参加|列席|陪同).{{0,12}}$")
"""A line that tells nothing but who was there."""

_DOCTRINE = "(?!新时代|思想|理论|总书记)"
"""What follows a name that stands in the name of a doctrine, not for a person to whom anybody could turn."""

_WORDS = re.compile(
    r"^(?:[和应能从向都经通须将把被且并]|于[会日当昨今前近上下本此年月]|任[组何务副职]|单位|单独|方[案式面可向法]|安[全排]|常[委务态见]|高[度速效新质]|成[员立果为]"
    r"|时[任间候]|明[确查]|平台|管[理控委]|解[决放释读]|相关|文[件明化旅]|利用|广大|国[家道务]|公[安司路布开共]|家属|党[委组政支]|师[傅生]|全[体市县省力面]|关[于心]|查[看询]"
    r"|满足|充分|连续|步入|终于|容易|权限|益民|万[元人一]|支[队部持]|强[化调]|计划|宣[传布]|程序|印发|边境|古城|农[业村]|易[地燃]|慎重|包[保括]|张贴|石油|金融"
    r"|马上|花费|水[路运利]|江[西苏]|云南|宁夏|安徽|河[南北]|山[东西]|东[北部]|华[北东南中]|海[事关]|段[长位]|路[网面长政况口]|车[辆队间]|班[子组]|康复|景区|后[续勤]"
    r"|白名|向前|温[馨度]|管[辖护])"
)
"""What begins like a name and is a word."""

_LABELS = frozenset({"单位", "方式", "时间", "电话", "方法", "管理", "相关", "万能", "公司", "党委", "支部"})
"""What may stand after 联系人 and the like and is no name."""


def masked(lines: list[str]) -> list[str]:
    """The lines without rosters, with every name and number of a person masked."""
    kept = list(_without_rosters(lines))
    known = {name for line in kept for name in _names(line)}
    known |= {name.replace(" ", "") for name in known}
    longest = sorted(known, key=lambda name: (-len(name), name))
    pattern = re.compile(f"(?:{'|'.join(map(re.escape, longest))}){_DOCTRINE}") if longest else None
    hidden = (_numbers(_gathered(pattern.sub(MASK, line) if pattern else line)) for line in kept)
    return [line for line in hidden if not _ATTENDED.match(line)]


def _without_rosters(lines: list[str]) -> Iterator[str]:
    """A list of who is chairman, deputy and member says nothing about what holds, and is all names."""
    inside = False
    for line in lines:
        if _ROSTER.match(line) and re.search(rf"[:：]\s*{_NAME}(?:[\s，,、（(]|$)", line):
            inside = True
        elif inside and _MEMBER.match(line):
            continue
        else:
            inside = False
            yield line


def _names(line: str) -> Iterator[str]:
    for pattern in (_AFTER_OFFICE, _WITH_OTHERS, _BY, _SPEAKS):
        for found in pattern.finditer(line):
            if pattern is not _WITH_OTHERS or _LEADERS.search(line) or _AFTER_OFFICE.search(line):
                yield from _checked(found["name"])
    for found in _LEADERS.finditer(line):
        if any(_checked(re.split("[、，]", found["list"])[0])):
            yield from _listed(found["list"])
    for found in _LABELLED.finditer(line):
        yield from _listed(found["list"] or found["by"])


def _listed(names: str) -> Iterator[str]:
    """Names in a place where nothing else stands."""
    for name in re.split(r"[、，,]|(?<=[\u4e00-\u9fff]{2}) ", names):
        if len(plain := name.strip()) > 1 and plain not in _LABELS:
            yield plain


def _checked(name: str) -> Iterator[str]:
    plain = name.strip()
    if not _WORDS.match(plain) and len(plain) > 1:
        yield plain


def _gathered(line: str) -> str:
    """Several masked names in a row are one mask: how many there were tells nothing either."""
    return re.sub(rf"{MASK}(?:[、，和 ]{{1,2}}{MASK})+", f"{MASK}等", line)


def _numbers(line: str) -> str:
    line = _MAIL.sub(MASK, _IDENTITY.sub(MASK, _MOBILE.sub(MASK, line)))
    return _CONTACT.sub(lambda told: _LANDLINE.sub(MASK, told[0]) if MASK in told[0] else told[0], line)
