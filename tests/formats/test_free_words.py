"""What one sentence tells already."""

from hypothesis import given

from hotline.blockages import KINDS
from hotline.formats.free_words import understand
from tests.formats.strategies import anything


def test_a_sentence_that_says_it_all() -> None:
    said = understand("G12 长春东收费站不让下，吉A12345")
    assert said.what == "turned_back"
    assert said.place is not None
    assert (said.place.road, said.place.facility) == ("G12", "长春东收费站")
    assert said.plate is not None
    assert said.plate.number == "吉A12345"
    assert said.note.startswith("G12 长春东收费站不让下")


def test_a_sentence_that_says_a_part() -> None:
    said = understand("吉A12345 / 吉B1234挂 被要求掉头")
    assert (said.what, said.place) == ("turned_back", None)
    assert said.plate is not None
    assert said.plate.trailer == "吉B1234挂"


def test_words_about_something_else_are_not_understood() -> None:
    for words in ("你好", "我想办通行证", "查进度", "G12345", "", "13812345678"):
        assert not understand(words)


@given(anything)
def test_any_words_are_understood_or_not_but_never_refused(text: str) -> None:
    said = understand(text)
    assert said.what is None or said.what in KINDS
