"""How long a page took the house, told to the browser and counted for whoever runs it."""

from __future__ import annotations

import time

from aiohttp import web
from aiohttp.typedefs import Handler
from prometheus_client import Histogram

PAGE_SECONDS = Histogram(
    "changxing_page_seconds",
    "From a request to the console until its page stands, by address",
    ["page"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5),
)


@web.middleware
async def timed(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Around everything else; a stream that has begun, live news or an export, is no page and lasts as it lasts."""
    begun = time.perf_counter()
    response = await handler(request)
    if not response.prepared:
        spent = time.perf_counter() - begun
        resource = request.match_info.route.resource
        PAGE_SECONDS.labels(resource.canonical if resource else "").observe(spent)
        response.headers["Server-Timing"] = f"page;dur={spent * 1000:.1f}"
    return response
