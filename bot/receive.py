"""The one way in: a message becomes changes and a reply in one transaction, exactly once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bot import metrics
from bot.channels import Incoming, Unavailable
from bot.conversation import Given, Reply
from bot.dialogue import Dialogue
from bot.turn import Turn
from locales.typed import normalise
from locales.words import negotiate, say
from storage import attachments, contacts, outbox, turns
from storage.database import Database, is_passing
from storage.outbox import Owed
from storage.turns import Arrived, Standing

log = structlog.get_logger()

TRIES = 4
"""How often a turn is played when the database says "again" (locked, away), before the provider hears 503."""

LONGEST = 4000
"""Characters of a message that are read; the raw form keeps the rest."""


class Receiver:
    """Plays each incoming message as one turn."""

    def __init__(self, db: Database, dialogue: Dialogue, now: Callable[[], datetime], default_language: str):
        self.db, self.dialogue, self.now, self.default_language = db, dialogue, now, default_language

    async def receive(self, incoming: Incoming) -> bool:
        """Whether the message was new; raises Unavailable while the database is away."""
        started = time.perf_counter()
        for attempt in range(TRIES):
            try:
                new = await self._turn(incoming)
            except Exception as error:  # noqa: BLE001 - what is no passing state of the database is a bug, and apologised for
                if not is_passing(error):
                    return await self._apologise(incoming, error)
                log.warning(
                    "turn to be played again", channel=incoming.channel, error=type(error).__name__, attempt=attempt
                )
                if attempt + 1 < TRIES:
                    await asyncio.sleep(0.05 * 4**attempt)
            else:
                metrics.TURNS.labels(incoming.channel, "new" if new else "duplicate").inc()
                metrics.TURN_SECONDS.labels(incoming.channel).observe(time.perf_counter() - started)
                return new
        metrics.TURNS.labels(incoming.channel, "unavailable").inc()
        raise Unavailable

    async def _turn(self, incoming: Incoming) -> bool:
        now = self.now()
        async with self.db.write() as tx:
            if incoming.kind == "unreadable":
                log.warning("unreadable message kept", channel=incoming.channel, external_id=incoming.external_id)
                return await turns.accept(tx, _arrived(incoming), now, status="unreadable")
            language = negotiate(incoming.language, self.default_language)
            standing = await turns.begin(tx, _arrived(incoming), language, now)
            if standing is None:
                return False
            reply = await self._reply(tx, standing, incoming, now)
            await turns.end(tx, standing, _owed(reply) if reply else None, now)
        return True

    async def _reply(self, tx: AsyncSession, standing: Standing, incoming: Incoming, now: datetime) -> Reply | None:
        if incoming.kind == "blocked":
            await contacts.leave(tx, standing.contact, now)
            return None
        if standing.contact.unreachable_since is not None:
            await outbox.welcome_back(tx, standing.contact.id or 0, now)
        if incoming.kind == "unblocked":
            return None
        if incoming.kind == "group":
            return Reply(say("dialogue.private_only"))
        given = await self._given(tx, incoming, now)
        return await self.dialogue.play(Turn(tx, standing, given, incoming, now))

    async def _given(self, tx: AsyncSession, incoming: Incoming, now: datetime) -> Given:
        photos = tuple(
            [
                photo.attachment_id
                or await attachments.want(tx, incoming.channel, incoming.account, incoming.address, photo.ref, now)
                for photo in incoming.photos
            ]
        )
        pressed = incoming.pressed.choice if incoming.pressed else None
        words = _storable((incoming.text or "")[:LONGEST]).strip()
        where = incoming.position
        if where is not None and where.label:
            where = replace(where, label=_storable(where.label))
        return Given(normalise(words), pressed, where, photos, words)

    async def _apologise(self, incoming: Incoming, error: Exception) -> bool:
        """A bug of ours: the message is kept as failed and never played again, its sender is told.

        So that a provider does not redeliver it for ever.
        """
        log.error("turn crashed", channel=incoming.channel, external_id=incoming.external_id, exc_info=error)
        metrics.TURNS.labels(incoming.channel, "crashed").inc()
        try:
            async with self.db.write() as tx:
                now = self.now()
                if not await turns.accept(tx, _arrived(incoming), now, status="failed"):
                    return False
                if incoming.kind in ("message", "edited"):
                    language = negotiate(incoming.language, self.default_language)
                    contact = await turns.contact_at(
                        tx, incoming.channel, incoming.account, incoming.address, language, now
                    )
                    await outbox.owe(tx, [contact], Owed(say("dialogue.apology")), now)
        except Exception as again:
            if is_passing(again):
                raise Unavailable from again
            raise
        return True


def _storable(text: str) -> str:
    """Without what no database takes: NUL, and halves of a character, which JSON can carry alone."""
    return text.replace("\x00", "").encode(errors="replace").decode()


def _arrived(incoming: Incoming) -> Arrived:
    return Arrived(
        incoming.channel, incoming.account, incoming.address, incoming.external_id, incoming.kind, incoming.raw
    )


def _owed(reply: Reply) -> Owed:
    return Owed(
        reply.say,
        [(option.id, option.label) for option in reply.choices],
        reply.wants,
        about=reply.about,
        picture=dict(reply.picture) if reply.picture else None,
    )
