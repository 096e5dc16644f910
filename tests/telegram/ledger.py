"""A place to commit to that needs no database."""

from __future__ import annotations

import asyncio

from bot.channels import Incoming, Unavailable


class Ledger:
    """A `receive` that keeps what it was given, once; `away` times it says that the database is away."""

    def __init__(self, away: int = 0):
        self.kept: dict[tuple[str, str], Incoming] = {}
        self.seen_again: list[str] = []
        self.away = away

    async def __call__(self, incoming: Incoming) -> bool:
        await asyncio.sleep(0)
        if self.away:
            self.away -= 1
            raise Unavailable
        key = (incoming.address, incoming.external_id)
        if key in self.kept:
            self.seen_again.append(incoming.external_id)
            return False
        self.kept[key] = incoming
        return True

    @property
    def texts(self) -> list[str | None]:
        return [incoming.text for incoming in self.kept.values()]
