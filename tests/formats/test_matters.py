"""What else than a blocked road free words bring."""

import pytest
from hypothesis import given

from bot.conversation import option_labels
from handlers.flows import FORMS
from hotline import catalogue
from hotline.matters import asks_what_is_shut, recognise, recognise_what
from locales.typed import normalise
from locales.words import LANGUAGES, has, translate
from tests.formats.strategies import anything


@pytest.mark.parametrize(
    ("words", "kind", "what"),
    [
        ("我要投诉，收费站多收我五十", "complaint", "fee"),
        ("投诉收费站态度差", "complaint", "conduct"),
        ("银行抽贷了", "complaint", "finance"),
        ("求助 G12 K20+300 车坏了", "help", "vehicle"),
        ("没吃的了", "help", "food"),
        ("司机发高烧了，要退烧药", "help", "medicine"),
        ("我是黄码，去不了", "code_appeal", "yellow"),
        ("核酸没更新，怎么申诉，我是红码", "code_appeal", "not_synced"),
        ("我的通行证办到哪了", "pass_query", "progress"),
        ("通行证快过期了", "pass_query", "renew"),
        ("建议多设几个停车区", "advice", "road"),
        ("咨询一下通行证怎么办", "consult", "pass"),
        ("请问去长春要做核酸吗", "consult", "passage"),
        ("I want to complain about a fine", "complaint", "fine"),
        ("help me, my truck broke down", "help", "vehicle"),
        ("Where can I get a permit?", "pass_query", None),
    ],
)
def test_what_they_want(words: str, kind: str, what: str | None) -> None:
    meant = recognise(words)
    assert meant is not None
    assert (meant.kind, meant.what) == (kind, what)


@pytest.mark.parametrize("words", ["我要投诉", "你好，我想咨询", "求助！", "我要申诉。", "I have a question"])
def test_a_bare_wish_leaves_no_words_worth_keeping(words: str) -> None:
    meant = recognise(words)
    assert meant is not None
    assert meant.bare
    assert meant.outright


@pytest.mark.parametrize(
    "words", ["你好", "在吗", "111111", "好的", "收到", "", "吉A12345", "G102 K123+400", "谢谢你们"]
)
def test_words_that_want_nothing_we_know(words: str) -> None:
    assert recognise(words) is None


@pytest.mark.parametrize("words", ["G12通不通", "长春东收费站开了吗", "G12 哪些服务区关了", "Is G12 open?"])
def test_who_asks_what_is_shut(words: str) -> None:
    assert asks_what_is_shut(words)


@pytest.mark.parametrize("words", ["长春东收费站关了", "G12 通了", "我在等开门"])
def test_who_tells_what_is_shut_does_not_ask(words: str) -> None:
    assert not asks_what_is_shut(words)


@given(anything)
def test_what_is_recognised_is_in_the_catalogue(text: str) -> None:
    meant = recognise(text)
    if meant is not None and meant.what is not None:
        assert meant.what in catalogue.load().whats(meant.kind)
        assert recognise_what(meant.kind, text) == meant.what


def test_no_choice_of_a_form_reads_like_a_command() -> None:
    """A typed 通行证 would otherwise leave the form that offers it."""
    commands = {
        normalise(word).casefold()
        for form in FORMS
        for language in LANGUAGES
        for key in (f"command.{form}", f"command.{form}.also")
        if has(language, key)
        for word in translate(language, key).split("|")
    }
    choices = {
        label
        for form in FORMS.values()
        for question in form.walk({}).met
        for option in question.options
        if not isinstance(option, str)
        for label in option_labels(option)
    }
    assert choices & commands == set()
