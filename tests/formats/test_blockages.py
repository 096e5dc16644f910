"""What drivers say when they cannot get through."""

import pytest
from hypothesis import given

from hotline.blockages import KINDS, recognise
from tests.formats.strategies import anything

SAID = """
turned_back: 劝返 | G12 长春东收费站不让下，吉A12345 | 不让走 | 让我掉头 | 不准下高速 | 收费站不让大车下
turned_back: 下不去高速 | 被劝回了 | 被拦下来了 | 不放行
turned_back: 不放我们过去 | 卡在收费站了 | 凭什么不让走？ | 为什么不让下 | 请问长春东收费站不让下怎么办
turned_back: 没带星也不让走 | 昨天让走了今天又不让走了
turned_back: 前面通了，长春东收费站还是不让下 | they turned me back | won't let me exit
turned_back: not allowed to leave the expressway
turned_back: 服务区被拦下不让走 | 卡在检查点了
repeat_test: 强制重复检测 | 查核酸又要做 | 刚做完核酸又让我做 | 还要再做一次核酸 | 又捅了一次 | 再测一次
repeat_test: they want another test | had to retest
result_not_accepted: 不认外地结果 | 不认我的核酸 | 48小时核酸也不认 | 核酸不管用 | 要本地核酸 | 不认健康码
result_not_accepted: they don't accept my test
star_refused: 带星拒行 | 带星 | 行程卡带星不让过 | 说我行程卡带* | 有星不让下
star_refused: refused because of the asterisk
illegal_checkpoint: 违规设卡 | 私设关卡 | 村里私自设卡 | 检查点没有批准 | 没有批准的卡点 | 查验点未经批准
illegal_checkpoint: illegal checkpoint at the village
illegal_checkpoint: 路口设卡查核酸，没有审批
road_cut: 擅自阻断 | 路被挖断了 | 路上堆土 | 村口堆了水泥墩 | 国道上挖了一条沟 | 路口被土堆堵死 | 村口把路封了
road_cut: 封路了 | 路封了 | road blocked by concrete blocks
toll_closed: 收费站关闭 | 收费站封了 | 长春东收费站关了 | 出口封闭 | 入口关闭了 | 收费站不开 | 高速封了
toll_closed: 出口封了让掉头 | toll station closed
service_area_closed: 服务区关闭 | 服务区不让进 | 德惠服务区关了 | 停车区关了不让停 | service area is closed
congestion: 拥堵缓行 | 堵死了 | 排队5公里 | 收费站排长队 | 车一动不动 | 堵着呢 | 收费站堵了 | 还在堵
congestion: traffic jam for 3 km | stuck in traffic
congestion: 山海关收费站堵车 | 长春东收费站往山海关方向堵车 | 开封西收费站排队 | 卡在高速上动不了
accident: 事故 | 前面追尾了 | 翻车 | 车翻沟里了 | 京哈高速德惠段大货车侧翻，堵了10公里 | accident ahead
road_damage: 道路损毁 | 塌方了 | 路面坏了 | 桥被冲毁 | 大坑 | 塌方把路堵死了 | landslide
other: 其他 | other
"""

NOTHING = """
山海关收费站 | 开封收费站 | 大雪封路 | 重新开了
不堵了 | 通了 | 现在通了 | 昨天堵死了，现在通了 | 没堵 | 不怎么堵 | 没有事故 | 不带星 | 收费站没关 | 放行了
已经让走了 | 解决了 | 畅通 | cleared now
no longer jammed | no accident | 收费站开了吗 | 收费站封了吗？ | 堵不堵 | 长春东收费站让下吗 | 能下高速吗
is the toll closed? | 事故多发路段
星期三出发 | 星期五带货去长春 | 我不认识路 | 车坏路上了 | 半路坏了 | 想办通行证 | 怎么办通行证 | 查进度
我要投诉 | 谢谢 | 你好 | 不满意 | 结果满意 | 吉A12345 | I want to restart
"""

CASES = [
    (words.strip(), line.split(":")[0]) for line in SAID.strip().split("\n") for words in line.split(":")[1].split("|")
]


@pytest.mark.parametrize(("words", "kind"), CASES)
def test_what_drivers_say(words: str, kind: str) -> None:
    assert recognise(words) == kind


@pytest.mark.parametrize("words", [words.strip() for line in NOTHING.strip().split("\n") for words in line.split("|")])
def test_what_is_no_blockage_or_is_one_no_more(words: str) -> None:
    assert recognise(words) is None


def test_every_kind_is_recognised_by_something() -> None:
    assert {kind for _, kind in CASES} == set(KINDS)
    assert len(KINDS) == 12


@given(anything)
def test_any_words_are_a_kind_or_nothing(text: str) -> None:
    assert recognise(text) is None or recognise(text) in KINDS
