"""The business's forms, answers and jobs, as the machinery is handed them."""

from bot.app import Rooms
from handlers.flows import FORMS
from handlers.jobs import JOBS
from handlers.replies import REPLIES

ROOMS = Rooms(FORMS, REPLIES, JOBS)
