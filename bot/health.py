"""/healthz for whoever watches over the process, /metrics for whoever draws curves."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text

from bot import metrics
from bot.channels import Channels
from storage import outbox
from storage.database import Database, is_passing

PATIENCE = 3.0
"""Seconds for the database to answer before it counts as away."""


def add_health(app: web.Application, db: Database, channels: Channels, now: Callable[[], datetime]) -> None:
    """Add both pages; neither shows anything about anybody."""

    async def measure() -> tuple[int, float]:
        async with asyncio.timeout(PATIENCE), db.read() as tx:
            await tx.execute(text("SELECT 1"))
            depth, oldest = await outbox.depth(tx)
        age = max(0.0, (now() - oldest).total_seconds()) if oldest else 0.0
        metrics.OUTBOX_DEPTH.set(depth)
        metrics.OUTBOX_AGE.set(age)
        return depth, age

    async def healthz(_request: web.Request) -> web.Response:
        try:
            depth, age = await measure()
        except Exception as error:
            if not (isinstance(error, TimeoutError) or is_passing(error)):
                raise
            return web.json_response({"status": "unavailable", "database": "unreachable"}, status=503)
        accounts = [f"{channel}:{account}" for channel, account in channels]
        return web.json_response(
            {
                "status": "ok",
                "database": "reachable",
                "outbox": {"waiting": depth, "oldest_due_seconds": round(age, 1)},
                "channels": accounts,
            }
        )

    async def show_metrics(_request: web.Request) -> web.Response:
        try:
            await measure()
        except Exception as error:
            if not (isinstance(error, TimeoutError) or is_passing(error)):
                raise
        return web.Response(body=generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    app.add_routes([web.get("/healthz", healthz), web.get("/metrics", show_metrics)])
