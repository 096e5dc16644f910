"""Sets of facts as boxes: whatever is done to them, they stand for the set that was meant."""

from __future__ import annotations

from itertools import product
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hotline.rules.boxes import Axis, Frame, apart, joined, less, meet
from hotline.rules.verdicts import _deciding
from hotline.rules.written import Fact, Words

WORDS = Words(zh="字", en="word")
SIZES = (3, 2, 2)
AXES = [
    Axis(
        f"f{n}",
        Fact(kind="choice", ask=WORDS, label=WORDS, options={f"o{i}": WORDS for i in range(size)}),
        (*range(size),),
    )
    for n, size in enumerate(SIZES)
]
POINTS = [tuple(1 << at for at in point) for point in product(*map(range, SIZES))]

boxes = st.lists(st.tuples(*(st.integers(1, (1 << size) - 1) for size in SIZES)), max_size=4)


def within(point: tuple[int, ...], many: list[tuple[int, ...]]) -> int:
    return sum(meet(point, box) is not None for box in many)


@given(boxes, boxes)
def test_boxes_are_the_sets_that_they_stand_for(ones: Any, others: Any) -> None:
    frame = Frame(AXES)
    for point in POINTS:
        inside = bool(within(point, ones))
        assert within(point, apart(ones)) == inside
        assert bool(within(point, joined(ones))) == inside
        assert within(point, joined(apart(ones))) == inside
        assert bool(within(point, less(ones, others))) == (inside and not within(point, others))
        numbers = frame.joined(map(frame.packed, apart(ones)))
        assert sum(not frame.empty(number & frame.packed(point)) for number in numbers) == inside


@given(boxes)
def test_a_frame_tells_on_which_axes_nothing_is_left_and_on_which_boxes_differ(found: Any) -> None:
    frame = Frame(AXES)
    for one, other in product(found, repeat=2):
        empty = frame.empty(frame.packed(one) & frame.packed(other))
        assert [bool(empty & bit) for bit in frame.bits] == [not a & b for a, b in zip(one, other, strict=True)]
    if found:
        cut = frame.cut(map(frame.packed, found))
        assert [bool(cut & bit) for bit in frame.bits] == [len(set(masks)) > 1 for masks in zip(*found, strict=True)]


@given(st.lists(st.sampled_from("abc"), min_size=len(POINTS), max_size=len(POINTS)))
def test_a_fact_decides_where_it_alone_makes_the_difference(keys: list[str]) -> None:
    """Each point with an answer of its own choice, in boxes that nobody joined."""
    frame, of = Frame(AXES), dict(zip(POINTS, keys, strict=True))
    answers = [[frame.packed(point) for point in POINTS if of[point] == key] for key in set(keys)]
    deciding = _deciding(frame, answers)
    for at, bit in enumerate(frame.bits):
        beside = [
            (one, other)
            for one, other in product(POINTS, repeat=2)
            if one[:at] + one[at + 1 :] == other[:at] + other[at + 1 :]
        ]
        assert bool(deciding & bit) == any(of[one] != of[other] for one, other in beside)
