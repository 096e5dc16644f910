"""Which address asks us, for rates that are kept by address."""

from __future__ import annotations

import ipaddress

from aiohttp import web


def address_of(request: web.Request, public_url: str) -> str:
    """What the nearest proxy saw, when our public address says that one stands before us; else who connected."""
    peer = request.remote or ""
    seen = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    if not (public_url and seen):
        return peer
    try:
        return str(ipaddress.ip_address(seen)) if ipaddress.ip_address(peer).is_private else peer
    except ValueError:
        return peer
