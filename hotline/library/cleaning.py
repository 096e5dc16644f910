"""A document as it was published becomes plain paragraphs: one script, one writing of marks, nothing said twice."""

from __future__ import annotations

import re
from functools import cache

from opencc import OpenCC

from locales.typed import normalise
from locales.words import Refusal

LONGEST = 400_000
"""Characters of the longest document that is taken; a plan of a province has about 40,000."""

TRADITIONAL = 0.02
"""From this share of characters that have another simplified form on, a text is taken to be traditional."""

REPEATED = 12
"""Letters from which on a paragraph that stands there twice is a doubled one; shorter ones may well recur."""

BROKEN = 36
"""Characters from which on a paragraph without a final mark was cut by a page's end, and is no heading."""

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_SYLLABLE = (
    r"(?:[bpmfdtnlgkhjqxzcsrwy]|zh|ch|sh)?(?:i?ang?|i?ong|u?ang?|u?ai|u?eng?|u?ei|i?ao|i?eng?|ing?|i?ou|u[eoin]"
    r"|un|ue|ve|van|vn|ie|iu|ia|ua|uo|er|[aoeiuv])"
)
_TONES = str.maketrans("āáǎàōóǒòēéěèīíǐìūúǔùǖǘǚǜüńňǹḿɑɡ", "aaaaooooeeeeiiiiuuuuvvvvvnnnmag")
_GLOSS = re.compile(rf"(?<=[{_HAN}])[(（]\s*([a-zA-Zɑɡāáǎàōóǒòēéěèīíǐìūúǔùǖǘǚǜüńňǹḿ]{{1,7}})\s*[)）]")
_MARKED = re.compile(r"[āáǎàōóǒòēéěèīíǐìūúǔùǖǘǚǜüńňǹḿ]")

_COMMA = re.compile(rf"(?<=[{_HAN}》）〉】〕”’])\s*,\s*|\s*,\s*(?=[{_HAN}《（〈【〔“‘])")
_SEMICOLON = re.compile(rf"(?<=[{_HAN}》）”’])\s*([;:?!])")
_HALF = {ord(char): ord(char) - 0xFEE0 for char in map(chr, range(0xFF10, 0xFF5B)) if char.isalnum()}
_RUN = re.compile(r"[，、。；：！？,;](?:\s*[，、。；：！？,;])+")
_STRONGEST = "。！？；：、，"

_FURNITURE = re.compile(
    r"^(?:"
    r"[|｜\s_=*·•\-—–~#>＞<]*"  # what is left of a table, or a rule
    r"|第\s*\d+\s*页.*|[-—–]\s*\d+\s*[-—–]|\d+\s*/\s*\d+"
    r"|.{0,20}免责声明.{0,60}|扫一扫.{0,30}|.{0,12}(?:手机打开|微信扫码).{0,16}"
    r"|(?:【|\[)?(?:打印|关闭|收藏|分享|返回顶部|返回首页|字体|字号|纠错)(?:本页|窗口|文章|到|大小)?(?:】|\])?[\s:：|｜大中小打印关闭]*"
    r"|(?:上一篇|下一篇|相关链接|相关阅读|相关新闻|延伸阅读|热门推荐|当前位置|您的位置|浏览次数|阅读次数|点击数|访问量)[:：]?.*"
    r"|首页\s*[>＞»/].*|.{0,20}(?:版权所有|ICP备|公网安备|技术支持|主办单位|网站标识码).{0,80}"
    r"|[(（]?共印\s*\d+\s*份[)）]?"
    r")$"
)


def text_of(raw: bytes) -> str:
    """The file's text: UTF-8 or UTF-16 with a mark, UTF-8 without, or GB 18030; raises Refusal for anything else."""
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return _decoded(raw, "utf-16")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refusal("library.unreadable")


def _decoded(raw: bytes, encoding: str) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        raise Refusal("library.unreadable") from None


def paragraphs(text: str) -> list[str]:
    """The text's paragraphs, cleaned; raises Refusal for one that is empty, no text, or too long to be a document."""
    if "\x00" in text or len(text) > LONGEST:
        raise Refusal("library.too_long" if len(text) > LONGEST else "library.unreadable", most=LONGEST)
    found = [_plain(line) for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    lines = [line for line in simplified(without_glosses(line) for line in found) if line and not is_furniture(line)]
    kept = once([tidy_marks(line) for line in lines])
    if not kept:
        raise Refusal("library.empty")
    return kept


def _plain(line: str) -> str:
    """One line with its marks as they are, plain digits and letters, nothing invisible; a table's cells stay apart."""
    spaced = re.sub(r"[ \u00a0\u3000]+", " ", line.replace("\t", " | ")).translate(_HALF)
    return "".join(char for char in spaced if char.isprintable()).strip(" |｜")


def without_glosses(line: str) -> str:
    """The line without readings in brackets: 常態(tài)化 is 常態化, while （BTX） and (A) stay."""
    return _GLOSS.sub(lambda found: "" if _is_reading(found[1]) else found[0], line)


def _is_reading(letters: str) -> bool:
    lower = letters.translate(_TONES)
    spelt = re.fullmatch(_SYLLABLE, lower) is not None
    return spelt and (bool(_MARKED.search(letters)) or (letters.islower() and len(letters) > 1))


@cache
def _converter() -> OpenCC:
    return OpenCC("t2s")


def simplified(lines: object) -> list[str]:
    """The lines in simplified characters, when they are in traditional ones; else as they are (乾坤 stays 乾坤)."""
    kept: list[str] = list(lines)  # type: ignore[call-overload]
    converted: list[str] = _converter().convert("\n".join(kept)).split("\n")
    pairs = list(zip("".join(kept), "".join(converted), strict=False))
    changed = sum(a != b for a, b in pairs)
    return converted if changed > TRADITIONAL * max(len(pairs), 1) else kept


def tidy_marks(line: str) -> str:
    """The marks of Chinese writing: no comma of ASCII between characters, no two marks for one (",," ",。")."""
    line = _COMMA.sub("，", line)
    line = _SEMICOLON.sub(lambda found: "；：？！"[";:?!".index(found[1])], line)
    return _RUN.sub(lambda run: _one_mark(run[0]), line).strip()


def _one_mark(run: str) -> str:
    marks = {",": "，", ";": "；"}
    found = {marks.get(mark, mark) for mark in run if not mark.isspace()}
    return next(mark for mark in _STRONGEST if mark in found)


def is_furniture(line: str) -> bool:
    """Whether a line belongs to the page and not to the document."""
    return bool(_FURNITURE.match(line)) and not re.match(r"^#+\s*\S", line)


def letters(text: str) -> str:
    """The letters and digits alone: what stays the same however a text was marked, spaced or written."""
    return "".join(char for char in normalise(text).casefold() if char.isalnum())


def once(lines: list[str]) -> list[str]:
    """Each paragraph where it stands first; notes in brackets and short lines may recur."""
    kept: list[str] = []
    seen: set[str] = set()
    for line in lines:
        key = letters(line)
        if len(key) >= REPEATED and not (line[0] in "（(〔[【" and line[-1] in "）)〕]】"):
            if key in seen:
                continue
            seen.add(key)
        kept.append(line)
    return kept


def _is_cut(line: str) -> bool:
    return line[-1] in "，、" or (len(line) >= BROKEN and line[-1] not in "。！？；：”’）)〕】》…|")


def whole(lines: list[str], begins: re.Pattern[str]) -> list[str]:
    """Paragraphs that a page's end cut in two, joined; `begins` is how a new one starts."""
    joined: list[str] = []
    for place, line in enumerate(lines):
        broken = place > 1 and _is_cut(joined[-1])
        if broken and not begins.match(line) and line[0] not in "（(〔[【":
            joined[-1] += line
        else:
            joined.append(line)
    return joined
