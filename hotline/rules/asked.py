"""Free words that ask what a rule pack answers: may I pass, do I need a pass, which class is this load."""

from __future__ import annotations

import re

from hotline.formats.tidy import tidy

_ASKS = {
    "oversize": (
        r"(?:大件|超限|超[高宽长重]|oversize|over-?size)(?!.{0,12}(?:走访|投诉|举报)).{0,14}"
        r"(?:[几哪什么]+[类级种证]|分类|要不要.{0,2}(?:办|证|许可)|(?:要|得)(?:办|审批)|[要几]多[久少]|几天|class|permit|need)"
        r"|(?:[几哪什么]+类|分类).{0,6}(?:大件|超限)"
    ),
    "need_pass": (
        r"(?:要不要|用不用|需不需要|需要|必须|还?要|得).{0,6}(?:通行证|路条).{0,4}(?:[吗么？?]|不|$)"
        r"|通行证.{0,4}(?:要不要|用不用|需不需要|必须|还?要).{0,4}(?:办|有|开)?|do (?:i|we) need a (?:pass|permit)"
    ),
    "may_pass": (
        r"(?:能不能|能否|可不可以|可以|让不让|给不给|能)(?:直接|正常|给)?.{0,8}(?:走|过|通行|放行|下高速|上高速|进|通过).{0,4}(?:[吗么？?]|不|$)"
        r"|(?:may|can) (?:i|we) (?:pass|go|drive)"
    ),
}
_READ = {form: re.compile(words, re.IGNORECASE) for form, words in _ASKS.items()}

_SIZES = {
    "height_m": r"高(?:度)?(?:是|有|为|约)?{n}(?:米|m)?",
    "width_m": r"宽(?:度)?(?:是|有|为|约)?{n}(?:米|m)?",
    "length_m": r"长(?:度)?(?:是|有|为|约)?{n}(?:米|m)?",
    "mass_t": r"(?:总?重|质量)(?:量)?(?:是|有|为|约)?{n}(?:吨|t)|{n}吨",
}
_NUMBER = r"(\d{1,4}(?:\.\d{1,3})?)(?![\d.])"


def asked_for(text: str) -> str | None:
    """The form that answers the question in these words; None when they ask none of the three."""
    plain = tidy(text)
    return next((form for form, words in _READ.items() if words.search(plain)), None)


def sizes(text: str) -> dict[str, float]:
    """Height, width and length in metres and mass in tonnes, as far as the words name them."""
    plain, found = tidy(text).replace(" ", ""), dict[str, float]()
    for name, words in _SIZES.items():
        named = re.search(words.replace("{n}", _NUMBER), plain)
        if named is not None:
            found[name] = float(next(number for number in named.groups() if number))
    return found
