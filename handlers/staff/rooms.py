"""The rooms of the console, as its navigation lists them: nobody is shown a door that is closed to him."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hotline import rights
from storage.models import Staff

if TYPE_CHECKING:
    from handlers.staff.guard import Route


@dataclass(frozen=True, slots=True)
class Room:
    """A page of the navigation: its address, its name, its letter after `g`, and what else lies in it.

    What is used every day stands in the bar; the rest folds away under it.
    """

    path: str
    key: str
    letter: str
    also: tuple[str, ...] = ()
    is_daily: bool = False

    def holds(self, path: str) -> bool:
        """Whether a page lies in this room."""
        if self.path == "/staff/":
            return path == self.path or path.startswith(self.also)
        return any(path == one or path.startswith(f"{one}/") for one in (self.path, *self.also))


ROOMS = (
    Room("/staff/", "console.nav.tickets", "t", ("/staff/tickets/", "/staff/bulk", "/staff/filters"), is_daily=True),
    Room("/staff/intake", "rooms.intake", "n", is_daily=True),
    Room("/staff/callbacks", "rooms.callbacks", "c", is_daily=True),
    Room("/staff/alarms", "rooms.alarms", "w", is_daily=True),
    Room("/staff/ledger", "rooms.ledger", "b", is_daily=True),
    Room("/staff/dispatch", "rooms.dispatch", "v", is_daily=True),
    Room("/staff/passes", "review.nav", "1", is_daily=True),
    Room("/staff/trips", "rooms.trips", "2", is_daily=True),
    Room("/staff/facilities", "rooms.facilities", "f"),
    Room("/staff/points", "rooms.points", "z"),
    Room("/staff/scans", "checkpoint.scans.nav", "4"),
    Room("/staff/firms", "rooms.firms", "q"),
    Room("/staff/packs", "rooms.packs", "x"),
    Room("/staff/library", "rooms.library", "k"),
    Room("/staff/directory", "directory.nav", "i", ("/staff/roster",)),
    Room("/staff/people", "rooms.people", "p"),
    Room("/staff/macros", "rooms.macros", "h"),
    Room("/staff/outbox", "console.nav.outbox", "u"),
    Room("/staff/audit", "rooms.audit", "j"),
)


def open_to(table: Iterable[Route]) -> Mapping[str, tuple[Room, ...]]:
    """The rooms by role, as the route table has them."""
    roles = {route.path: route.roles for route in table if route.method == "GET"}
    everybody = {role for named in roles.values() for role in named}
    return {role: tuple(room for room in ROOMS if role in roles.get(room.path, ())) for role in everybody}


QUEUES = {
    "open": "o", "accepted": "a", "mine": "m", "department": "d", "soon": "s", "late": "l", "raised": "r",
    "review": "e", "all": "y",
}  # fmt: skip
"""Every queue with its letter after `g`."""


def queues_of(staff: Staff) -> tuple[str, ...]:
    """The queues that this person may have work in."""
    if staff.role not in rights.WORKERS:
        return ()
    hidden = set()
    if staff.role not in rights.DESK:
        hidden.add("accepted")
    if staff.department_id is None:
        hidden.add("department")
    if not rights.may(staff, "review"):
        hidden.add("review")
    return tuple(queue for queue in QUEUES if queue not in hidden)


def doors_of(staff: Staff) -> tuple[Room, ...]:
    """The same as links, for the sheet of keys that every page has."""
    return tuple(Room(f"/staff/?view={queue}", f"queue.view.{queue}", QUEUES[queue]) for queue in queues_of(staff))
