"""A browser's view of the web chat, without a browser."""

from __future__ import annotations

from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestClient, TestServer
from PIL import Image

from storage.database import Database
from tests.web.house import House, living

Client = TestClient[Any, Any]


@pytest_asyncio.fixture
async def house(db: Database, tmp_path: Path) -> AsyncIterator[House]:
    """A house with empty tables, on each kind of database, whose sender runs."""
    async with living(db, tmp_path) as house:
        yield house


@pytest_asyncio.fixture
async def stranger(house: House) -> AsyncIterator[Client]:
    """A client without a cookie."""
    async with TestClient(TestServer(house.app())) as client:
        yield client


@pytest_asyncio.fixture
async def driver(stranger: Client) -> Client:
    """A client that has its cookie."""
    assert (await stranger.post("/api/session")).status == 204
    return stranger


@pytest.fixture
def jpeg() -> bytes:
    """A small photo, made here."""
    out = BytesIO()
    Image.new("RGB", (40, 30), (11, 122, 75)).save(out, "JPEG")
    return out.getvalue()
