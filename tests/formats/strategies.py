"""What drivers might throw at a parser: any text at all, and the trade's own words in any order."""

from hypothesis import strategies as st

from hotline.formats.plates import NEW_ENERGY_LETTERS, PROVINCES
from hotline.formats.roads import NAMES

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
SERIAL = LETTERS + "0123456789"

# fmt: off
_SCRAPS = [
    "G12", "G102", "S210", "X123", "珲乌高速", "京哈高速", "机场高速", "国道", "102", "省道", "K", "K123+400",
    "k123.4", "+400", "123公里", "400米", "加", "桩号", "往", "去", "长春", "方向", "→", "上行", "左幅",
    "东向西", "长春东", "收费站", "服务区", "互通", "检查点", "隧道", "大桥", "出口", "下道口", "43.88",
    "125.32", ",", "，", "。", "-", ".", "·", "吉A12345", "吉A", "吉B1234挂", "挂", "A12345", "13812345678",
    "+86", "0086", "昨天", "今晚", "下午", "三点半", "14:30", "半小时", "20分钟", "前", "11月20日", "ago",
    "yesterday", "十二", "一百", "零", "两", "不让下", "堵", "又要做核酸", "带星", "通了", "吗", "|", "{", "}",
    "%s", "\\", "\ud800", "\x00", "\u200b", "😀", "①", "ｋ", "１２", "Ⅳ", "㎞", "´", "\u0301", "٣", "toll", "station",
    "toward", "Harbin",
]
# fmt: on

anything = st.text(max_size=80) | st.lists(st.sampled_from(_SCRAPS), max_size=9).flatmap(
    lambda scraps: st.sampled_from(["", " ", "  "]).map(lambda gap: gap.join(scraps))
)


def _of(alphabet: str, size: int) -> st.SearchStrategy[str]:
    return st.text(alphabet, min_size=size, max_size=size)


_issuer = st.builds(str.__add__, st.sampled_from(PROVINCES), st.sampled_from(LETTERS))
_energy = st.sampled_from(NEW_ENERGY_LETTERS)
ordinary_plates = st.builds(str.__add__, _issuer, _of(SERIAL, 5))
trailer_plates = st.builds(lambda issuer, serial: f"{issuer}{serial}挂", _issuer, _of(SERIAL, 4))
small_plates = st.builds(
    lambda issuer, first, second, rest: issuer + first + second + rest,
    _issuer,
    _energy,
    st.sampled_from(SERIAL),
    _of("0123456789", 4),
)
large_plates = st.builds(lambda issuer, rest, last: issuer + rest + last, _issuer, _of("0123456789", 5), _energy)
plates = ordinary_plates | trailer_plates | small_plates | large_plates

road_numbers = (
    st.sampled_from(sorted(NAMES))
    | st.from_regex(r"\A[GS][1-9][0-9]{0,3}\Z")
    | st.from_regex(r"\A[XYCZ][0-9]{2}[1-9]\Z")
)
stake_metres = st.integers(0, 9_999_999)
"""K0+000 to K9999+999: four digits of kilometres is what a stake has room for."""

facilities = st.sampled_from(
    [
        "长春东收费站",
        "从化收费站",
        "让胡路收费站",
        "卡伦收费站",
        "大石桥收费站",
        "德惠服务区",
        "长春南互通",
        "长春东枢纽",
        "当阳峪卡口",
        "长白山隧道",
        "松花江大桥",
        "长春东出口",
    ]
)
directions = st.sampled_from(
    [
        "长春",
        "哈尔滨",
        "朝阳",
        "从化",
        "北京",
        "上行",
        "下行",
        "左幅",
        "右幅",
        "进城",
        "出城",
        "东向西",
        "北向南",
        "南",
        "双向",
    ]
)
degrees = st.tuples(st.floats(3.5, 53.5), st.floats(74.0, 135.0)).map(lambda p: (round(p[0], 6), round(p[1], 6)))
