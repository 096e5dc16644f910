"""The templates, and what each of them may use: words in the reader's language, moments, and the files beside them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from handlers.staff.choices import options
from handlers.staff.rooms import Room, doors_of
from handlers.staff.static import Static
from handlers.templates import environment
from locales.words import LANGUAGES, has

if TYPE_CHECKING:
    from handlers.staff.visit import Visit

HERE = Path(__file__).parent


class Pages:
    """Every page of the console, ready to be rendered."""

    def __init__(self, rooms: Mapping[str, tuple[Room, ...]]) -> None:
        self._rooms = rooms
        self.static = Static(HERE / "static")
        self._templates = environment(HERE / "templates")

    def html(self, visit: Visit, template: str, **facts: Any) -> str:
        """The page as text; `facts` are what this template alone needs."""
        return self._templates.get_template(template).render(
            t=visit.words,
            render=visit.render,
            full=visit.reads.full,
            ago=visit.reads.ago,
            channel=lambda name: channel(visit, name),
            visit=visit,
            staff=visit.member,
            file=self.static.address,
            options=options,
            languages=LANGUAGES,
            rooms=self._rooms.get(visit.member.role, ()) if visit.member else (),
            queues=doors_of(visit.member) if visit.member else (),
            **facts,
        )


def channel(visit: Visit, name: str) -> str:
    """A channel by the name people know; one that nobody has worded yet by its own."""
    key = f"console.channel.{name}"
    return visit.words(key) if has(visit.language, key) else name
