"""Photos: judged by what is in them, kept once, shown to nobody but their sender."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from aiohttp import FormData
from aiohttp.test_utils import TestClient, TestServer

from tests.web.conftest import Client
from tests.web.house import House


async def upload(client: Client, content: bytes, **how: Any) -> tuple[int, Any]:
    form = FormData()
    form.add_field(
        "photo",
        BytesIO(content),
        filename=how.pop("filename", "x.jpg"),
        content_type=how.pop("content_type", "image/jpeg"),
    )
    answer = await client.post("/api/photos", data=form, **how)
    return answer.status, await answer.json()


async def test_the_same_photo_is_the_same(driver: Client, jpeg: bytes) -> None:
    status, answer = await upload(driver, jpeg)
    assert (status, set(answer)) == (200, {"photo"})
    assert await upload(driver, jpeg) == (status, answer)


async def test_shown_to_its_sender_alone(house: House, driver: Client, jpeg: bytes) -> None:
    photo = (await upload(driver, jpeg, content_type="text/html", filename="evil.html"))[1]["photo"]
    shown = await driver.get(f"/api/photos/{photo}")
    assert (shown.status, await shown.read()) == (200, jpeg)
    assert shown.headers["Content-Type"] == "image/jpeg"
    assert shown.headers["Cache-Control"].startswith("private")
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert shown.headers["Content-Disposition"] == "inline"
    async with TestClient(TestServer(house.app())) as other:
        assert (await other.get(f"/api/photos/{photo}")).status == 401
        await other.post("/api/session")
        assert (await other.get(f"/api/photos/{photo}")).status == 404
        stolen = await other.post("/api/messages", json={"id": "stolen-photo", "photos": [photo]})
        assert (stolen.status, (await stolen.json())["error"]) == (404, "web.no_such_photo")
        assert (await upload(other, jpeg))[1]["photo"] != photo
    assert (await driver.get("/api/photos/999999")).status == 404
    assert (await driver.get("/api/photos/0")).status == 404


async def test_what_is_no_photo(driver: Client, jpeg: bytes) -> None:
    for content in (b"<html><script>alert(1)</script>", b"%PDF-1.7", b"GIF89a"):
        status, answer = await upload(driver, content, headers={"Accept-Language": "en"})
        assert (status, answer["error"]) == (415, "files.not_an_image")
        assert " " in answer["message"]
    status, answer = await upload(driver, jpeg + b"\0" * 10 * 1024 * 1024)
    assert (status, answer["error"]) == (413, "files.too_large")
    status, answer = await upload(driver, b"\0" * 12 * 1024 * 1024)
    assert (status, answer["error"]) == (413, "files.too_large")


async def test_one_field_called_photo(driver: Client, jpeg: bytes) -> None:
    for data in ({"picture": BytesIO(jpeg)}, {"photo": BytesIO()}):
        answer = await driver.post("/api/photos", data=data)
        assert answer.status == 400
    raw = {"Content-Type": "multipart/form-data; boundary=x"}
    assert (await driver.post("/api/photos", data=b"--x\r\nnonsense", headers=raw)).status == 400
    assert (
        await driver.post("/api/photos", data=b"--x", headers={"Content-Type": "multipart/form-data"})
    ).status == 400
    assert (await driver.post("/api/photos", data=jpeg, headers={"Content-Type": "image/jpeg"})).status == 400


async def test_needs_a_cookie_and_our_own_page(stranger: Client, jpeg: bytes) -> None:
    assert (await upload(stranger, jpeg))[0] == 401
    await stranger.post("/api/session")
    assert (await upload(stranger, jpeg, headers={"Origin": "https://evil.example"}))[0] == 403
