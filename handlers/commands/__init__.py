"""What the front door offers to those who run the house: one module a command."""

from bot.app import Rooms
from handlers.flows import FORMS
from handlers.jobs import JOBS
from handlers.replies import REPLIES


def rooms() -> Rooms:
    """The business's forms, answers and jobs, for the machinery."""
    return Rooms(FORMS, REPLIES, JOBS)
