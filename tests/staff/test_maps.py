"""The map of a ticket's page: nothing is asked from outside unless an address of tiles is set and Leaflet is here."""

from __future__ import annotations

import html
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from handlers.staff import maps
from hotline.formats.datums import convert
from hotline.formats.places import from_position
from storage.database import Database
from tests.conftest import StillClock
from tests.staff.desk import Browser, Desk, Page, assembled

TILES = "https://tiles.example.org:8443/{z}/{x}/{y}.png?key=a&b"
HERE = (43.88, 125.32)


@pytest.fixture
def leaflet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder as `make assets` leaves it, with more in it than a page needs."""
    folder = tmp_path / "leaflet"
    (folder / "images").mkdir(parents=True)
    for name in ("leaflet.js", "leaflet.css", "leaflet-src.js", "images/layers.png"):
        (folder / name).write_bytes(b"x")
    monkeypatch.setattr(maps, "FOLDER", folder)
    return folder


@asynccontextmanager
async def at_work(
    db: Database, clock: StillClock, tmp_path: Path, **settings: str
) -> AsyncIterator[tuple[Desk, Browser]]:
    desk = assembled(db, clock, tmp_path / "var", **settings)
    await desk.hire("li")
    await desk.server.start_server()
    try:
        async with desk.browser("li") as clerk:
            yield desk, clerk
    finally:
        await desk.server.close()


def points(page: Page) -> Any:
    found = re.search(r"data-points='([^']*)'", page.html)
    assert found
    return json.loads(html.unescape(found[1]))


async def test_without_an_address_nothing_comes_from_outside(
    db: Database, clock: StillClock, tmp_path: Path, leaflet: Path
) -> None:
    async with at_work(db, clock, tmp_path) as (desk, clerk):
        ticket = await desk.report(from_position(*HERE, "wgs84"))
        page = await clerk.get(f"/staff/tickets/{ticket.number}")
        assert 'class="sketch of-compass"' in page.html
        assert not re.search(r"data-tiles|leaflet|https?://", page.html)
        assert "img-src" not in page.headers["Content-Security-Policy"]
        assert (await clerk.get("/staff/leaflet/x/leaflet.js")).status == 404


async def test_with_one_the_page_names_the_tiles_and_its_policy_their_origin(
    db: Database, clock: StillClock, tmp_path: Path, leaflet: Path
) -> None:
    async with at_work(db, clock, tmp_path, map_tiles=TILES, map_datum="gcj02", map_credit="© <b>Maps</b>") as (
        desk,
        clerk,
    ):
        ticket = await desk.report(from_position(*HERE, "wgs84"))
        other = await desk.report(from_position(43.89, 125.32, "gcj02"), by="b")
        page = await clerk.get(f"/staff/tickets/{ticket.number}")
        policy = page.headers["Content-Security-Policy"]
        assert policy.endswith("; img-src 'self' https://tiles.example.org:8443")
        assert "unsafe" not in policy
        assert f'data-tiles="{html.escape(TILES)}"' in page.html
        assert "&lt;b&gt;Maps" in page.html
        assert 'class="sketch of-compass"' in page.html
        here, beside = points(page)
        assert here["at"] == pytest.approx(convert(*HERE, "wgs84", "gcj02"), abs=1e-6)
        assert (beside["at"], beside["label"], beside["number"]) == ([43.89, 125.32], "A", other.number)
        assert "tiles.example.org" not in (await clerk.get("/staff/")).headers["Content-Security-Policy"]
        nowhere = await desk.report("G12 长春东收费站", by="c")
        assert "data-tiles" not in (await clerk.get(f"/staff/tickets/{nowhere.number}")).html


async def test_of_leaflet_only_what_a_page_needs_is_served(
    db: Database, clock: StillClock, tmp_path: Path, leaflet: Path
) -> None:
    async with at_work(db, clock, tmp_path, map_tiles="/tiles/{z}/{x}/{y}.png") as (desk, clerk):
        ticket = await desk.report(from_position(*HERE, "wgs84"))
        page = await clerk.get(f"/staff/tickets/{ticket.number}")
        assert "img-src" not in page.headers["Content-Security-Policy"]
        at = re.search(r"/staff/leaflet/[0-9a-f]+/", page.html)
        assert at
        for name, kind in (
            ("leaflet.js", "text/javascript"), ("leaflet.css", "text/css"), ("images/layers.png", "image/png"),
        ):  # fmt: skip
            answer = await clerk.get(at[0] + name)
            assert answer.headers["Content-Type"].split(";")[0] == kind
            assert "immutable" in answer.headers["Cache-Control"]
        for name in ("leaflet-src.js", "../leaflet.js", "..%2f..%2fpackage.json", "images/"):
            assert (await clerk.get(at[0] + name)).status == 404


async def test_where_nobody_fetched_leaflet_the_sketch_stays_and_the_log_says_why(
    db: Database,
    clock: StillClock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(maps, "FOLDER", tmp_path / "nowhere")
    async with at_work(db, clock, tmp_path, map_tiles=TILES) as (desk, clerk):
        ticket = await desk.report(from_position(*HERE, "wgs84"))
        page = await clerk.get(f"/staff/tickets/{ticket.number}")
        assert 'class="sketch of-compass"' in page.html
        assert "tiles.example.org" not in page.html + page.headers["Content-Security-Policy"]
    said = capsys.readouterr()
    assert (said.out + said.err).count("map_left_out") == 1
