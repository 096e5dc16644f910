"""What stands ready where a clerk answers: text modules filled for this ticket, the reporter's language, a draft."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.staff.story import Story
from handlers.staff.visit import Visit
from hotline import macros
from storage import macros as modules
from storage.models import Contact, Department, Macro, Ticket


@dataclass(frozen=True, slots=True)
class Choice:
    """A text module as it may be chosen: its key in the address, its name, and its words for this ticket."""

    key: str
    name: str
    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Answering:
    """`language` is the reporter's; `drafts` are words that stand in a form already, by its name."""

    language: str
    choices: list[tuple[str, list[Choice]]]
    chosen: str
    drafts: dict[str, str]


async def of(tx: AsyncSession, visit: Visit, ticket: Ticket, department: Department | None, told: Story) -> Answering:
    """The answer form of this ticket; `?macro=NAME` or `?macro=NAME@en` fills it, as choosing does with a script."""
    contact = await tx.get(Contact, ticket.contact_id)
    language = contact.language if contact else visit.language
    rows = await modules.everything(tx) or list(macros.starters())
    fitting = [one for one in rows if one.kind is None or one.kind == ticket.kind]
    zone = visit.house.settings.zone

    def choice(one: Macro) -> Choice:
        text = macros.fill(one.text, one.language, ticket, department, zone, visit.now)
        return Choice(f"{one.name}@{one.language}", one.name, one.language, text)

    fitting.sort(key=lambda one: one.kind is None)
    order = dict.fromkeys((language, visit.language, *(one.language for one in fitting)))
    groups = [(tag, [choice(one) for one in fitting if one.language == tag]) for tag in order]
    groups = [(tag, group) for tag, group in groups if group]
    wanted = visit.request.query.get("macro", "")
    everyone = [one for _, group in groups for one in group]
    picked = next((one for one in everyone if wanted and wanted in (one.key, one.name)), None)
    drafts = _taken_back(visit, told)
    if picked is not None:
        drafts["reply"] = picked.text
    return Answering(language, groups, picked.key if picked else "", drafts)


def _taken_back(visit: Visit, told: Story) -> dict[str, str]:
    """The words that this clerk has just taken back, to be put right."""
    last = told.last
    if last is None or last.kind != "unsaid" or last.actor != f"staff:{visit.staff.id}":
        return {}
    event = next((one for one in told.events if one.id == last.facts.get("event")), None)
    words = told.words.get(event.facts.get("message")) if event else None
    if event is None or words is None:
        return {}
    return {"resolve" if event.kind == "resolved" else "reply": words}
