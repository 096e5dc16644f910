"""The web as a channel: sent means readable, so there is nobody to hand a bubble to."""

from __future__ import annotations

from bot.channels import Bubble, Pace, Rejected


class Web:
    """The web chat of one account; the browser reads the outbox rows themselves (events.py)."""

    name = "web"

    def __init__(self, account: str):
        self.account = account
        self.pace = Pace()

    async def send(self, address: str, bubble: Bubble) -> str:
        """Nothing to do: the sender keeps the words in the row and calls the address's topic."""
        return ""

    async def fetch(self, ref: str) -> bytes:
        """Never asked for, since photos are stored when they are uploaded; raises Rejected."""
        raise Rejected("photos of the web chat are stored when they come in")
