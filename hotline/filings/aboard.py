"""Who is on board, as people type it: 张三 13800000001, 李四 13800000002."""

from __future__ import annotations

import re
from typing import Any

from hotline.formats.names import mask_name, parse_name
from hotline.formats.phones import MOBILE, mask_mobile, parse_mobile
from hotline.formats.tidy import tidy
from locales.words import Refusal

MOST = 6


def parse_aboard(text: str) -> list[dict[str, Any]]:
    """Each with name and mobile number, parted by lines, commas or their numbers; raises Refusal."""
    found: list[dict[str, Any]] = []
    rest = tidy(text)
    while match := MOBILE.search(rest):
        name = re.sub(r"[,，、;；。:：()（）]|电话|手机号?|姓名|司机|随车", " ", rest[: match.start()]).strip()
        found.append({"name": parse_name(name), "phone": parse_mobile(match[0])})
        rest = rest[match.end() :]
    if not found or re.sub(r"[,，、;；。\s)）]", "", rest):
        raise Refusal("trip.crew.refused")
    if len(found) > MOST:
        raise Refusal("trip.crew.most", most=MOST)
    return found


def masked(crew: list[dict[str, Any]] | None) -> list[str]:
    """The same as it is shown to those who need not know: 张* 138****0001."""
    return [
        " ".join(part for part in (mask_name(one.get("name", "")), mask_mobile(one.get("phone", ""))) if part)
        for one in crew or ()
    ]
