"""The business's forms, answers, jobs and pictures, as the machinery is handed them."""

from bot.app import Rooms
from handlers.flows import FORMS
from handlers.jobs import JOBS
from handlers.pictures import draw
from handlers.replies import REPLIES

ROOMS = Rooms(FORMS, REPLIES, JOBS, draw=draw)
