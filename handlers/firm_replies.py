"""Free words about a firm: an invitation that was passed on whole, 邀请码（司机）：ABCDEFGHJKMN; 添加车辆, 邀请司机."""

from __future__ import annotations

import re

from bot.conversation import Begin, said_as
from bot.turn import Turn
from handlers.firm_words import DEEDS
from hotline.decisions import find_code

_INVITES = re.compile(r"邀请|加入.{0,12}(?:企业|公司)|/join/|invit|join firm", re.IGNORECASE)


async def an_invitation(turn: Turn) -> Begin | None:
    """Words that speak of an invitation and hold a code begin the form with it."""
    code = find_code(turn.given.text) if _INVITES.search(turn.given.text) else None
    return Begin("join_firm", {"code": {"raw": turn.given.text, "value": code}}) if code else None


async def a_deed_for_the_firm(turn: Turn) -> Begin | None:
    """What a button of the firm reads, typed when another bubble was last."""
    key = said_as(turn.given.text, *(f"my_firm.deed.{deed}" for deed in DEEDS))
    return Begin("my_firm", {"deed": {"raw": turn.given.text, "value": key.rpartition(".")[2]}}) if key else None
