"""A trip's code alone, as a consignee forwards it to his driver, opens that trip."""

from __future__ import annotations

from bot.conversation import Begin, Reply
from bot.turn import Turn
from hotline import decisions
from storage import filings as ledger


async def a_trip(turn: Turn) -> Reply | Begin | None:
    """The code of a trip somewhere in the words; any other code is for others to know."""
    code = decisions.find_code(turn.given.text) if turn.given.text else None
    if code is None or await ledger.by_code(turn.tx, code) is None:
        return None
    return Begin("mytrips", {"trip": {"raw": turn.given.text, "value": {"code": code, "do": "see"}}})
