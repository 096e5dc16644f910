"""The web chat: a page for those who have no messenger at hand, and the JSON API under it (docs/web-api.md).

No account: a signed cookie holds a random address, and that address is the contact.
"""

from bot.channels.web.channel import Web
from bot.channels.web.routes import add_routes

__all__ = ["Web", "add_routes"]
