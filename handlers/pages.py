"""Every page that the house serves beside the chat: the console, the pages for firms, and what anybody may read."""

from __future__ import annotations

from aiohttp import web

from bot.app import House
from handlers.firm_pages.routes import add_firm_pages
from handlers.public.routes import add_public
from handlers.staff.routes import add_pages as add_console


def add_pages(app: web.Application, house: House) -> None:
    """Serve the console under /staff/, the pages for firms, and those that anybody may read."""
    add_console(app, house)
    add_firm_pages(app, house)
    add_public(app, house)
