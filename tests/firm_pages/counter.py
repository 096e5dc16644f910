"""Somebody with a browser at the counter: what he sees, and the forms that he sends."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import aiohttp
import xlsxwriter
from itsdangerous import TimestampSigner
from sqlalchemy.ext.asyncio import AsyncSession

from bot.channels.web.cookie import NAME, ContactCookie
from storage import turns
from storage.models import Contact
from tests.staff.desk import SECRET, Browser, Desk, Page

WAY = "/apply?from=沈阳市和平区&to=长春市朝阳区&scheme=pass_need&fact_controlled=yes"
FARMING, DAILY = f"{WAY}&fact_goods=farming", f"{WAY}&fact_goods=daily"
TRUCK = {"plate": "吉A12345", "colour": "yellow", "no_trailer": "yes", "name1": "张三", "firm": "0"}


class Visitor:
    """One browser, and the house that it came to."""

    def __init__(self, desk: Desk, browser: Browser):
        self.desk, self.browser = desk, browser

    async def see(self, address: str) -> Page:
        return await self.browser.get(address)

    async def send(self, page: Page, ending: str, **fields: str) -> Page:
        return await self.browser.send(page, ending, **fields)

    async def upload(
        self, page: Page, ending: str, files: Sequence[tuple[str, str, bytes]] = (), **fields: str
    ) -> Page:
        """Send a form with files, its hidden fields first as the page has them."""
        action, hidden = page.form(ending)
        form = aiohttp.FormData(default_to_multipart=True)
        for name, value in (hidden | fields).items():
            form.add_field(name, value)
        for name, filename, content in files:
            form.add_field(name, BytesIO(content), filename=filename, content_type="application/octet-stream")
        async with self.browser.client.post(action, data=form) as answer:
            return Page(answer, await answer.text(errors="replace"))

    @property
    def address(self) -> str:
        """The address in the cookie."""
        signed = self.browser.cookies()[NAME]
        signer = ContactCookie(SECRET, secure=False)._signer
        assert isinstance(signer, TimestampSigner)
        return signer.unsign(signed).decode()

    async def begin(self) -> Contact:
        """Make the contact that the first form would make."""
        async with self.desk.db.write() as tx:
            return await turns.contact_at(tx, "web", "main", self.address, "zh_CN", self.desk.clock())

    async def contact(self, tx: AsyncSession) -> Contact | None:
        return await turns.find_contact(tx, "web", "main", self.address)

    async def apply(self, way: str = FARMING, **changed: str) -> Page:
        """The whole way from the truck to the press of the button."""
        looked = await self.upload(await self.see(way), "/apply/look", **{**TRUCK, **changed})
        assert looked.status == 200, looked.text
        return await self.send(looked, "/apply/submit")


def workbook(rows: Sequence[Sequence[Any]], heads: Sequence[str]) -> bytes:
    """A sheet as somebody fills it in."""
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "default_date_format": "yyyy-mm-dd hh:mm"})
    sheet = book.add_worksheet("申请表")
    sheet.write_row(0, 0, heads)
    for number, row in enumerate(rows, start=1):
        sheet.write_row(number, 0, row)
    book.close()
    return out.getvalue()
