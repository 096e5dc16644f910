"""What a member of staff replies to what a chat told him of a ticket is the answer to that ticket."""

from __future__ import annotations

from bot.conversation import Begin, Reply
from bot.turn import Turn
from handlers import staff_chat as chat
from hotline import staff_chat
from locales.words import Refusal
from storage import said
from storage.models import Ticket


async def to_a_summons(turn: Turn) -> Reply | Begin | None:
    """A reply to a message about a ticket of the desk's; from anybody else it is a message like any other."""
    reply_to, contact = turn.incoming.reply_to, turn.standing.contact
    if reply_to is None or turn.given.is_empty:
        return None
    row = await said.by_external_id(turn.tx, contact.channel, contact.account, contact.address, reply_to)
    if row is None or row.about is None or not row.about.startswith("desk:"):
        return None
    member = await staff_chat.member_at(turn.tx, contact)
    ticket = await turn.tx.get(Ticket, int(row.about.removeprefix("desk:")))
    if member is None or ticket is None:
        return None
    try:
        found = await staff_chat.within_reach(turn.tx, member, "reply", ticket.number)
        async with turn.tx.begin_nested():
            is_told = await staff_chat.answer(
                turn.tx, member, found, turn.given.words, turn.given.photos, turn.now
            )  # fmt: skip
    except Refusal as no:
        return Reply(no.say)
    return chat.told("staff_chat.answered" if is_told else "staff_chat.photo_kept", found, "answer")
