"""GET /staff/ledger.csv and .xlsx: a view of the ledger as a file, however long, in flat memory."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import structlog
from aiohttp import web

from handlers.staff import asked as view
from handlers.staff import sheets
from handlers.staff.columns import Reader, cells, head
from handlers.staff.ledger import reader_of
from handlers.staff.visit import Visit
from hotline.rights import scope
from storage import audit, ledger

log = structlog.get_logger()

CHUNK = 256 * 1024
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


async def as_csv(visit: Visit) -> web.StreamResponse:
    """The view as CSV, on its way while it is read."""
    reader, lines = await _begin(visit, "csv")
    response = await _answer(visit, "csv", "text/csv; charset=utf-8")
    try:
        await response.write(sheets.BOM.encode() + sheets.csv_lines([head(reader)]))
        async for some in lines:
            await response.write(await asyncio.to_thread(_in_csv, reader, some))
    except ConnectionError:
        raise
    except Exception as error:
        # The file has begun, so no page can say it: it ends torn, which every browser calls a failed download.
        log.error("export broke off", staff=visit.staff.id, exc_info=error)
        if visit.request.transport is not None:
            visit.request.transport.abort()
        raise ConnectionResetError from error
    await response.write_eof()
    return response


async def as_xlsx(visit: Visit) -> web.StreamResponse:
    """The view as a workbook: written to a file first, because its table of contents stands at its end."""
    reader, lines = await _begin(visit, "xlsx")
    visit.house.settings.var.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="export-", dir=visit.house.settings.var) as folder:
        file = Path(folder) / "ledger.xlsx"
        async with visit.console.exporting:
            book = sheets.Workbook(file, reader.words("ledger.sheet"), head(reader))
            try:
                async for some in lines:
                    await asyncio.to_thread(_in_book, book, reader, some)
            finally:
                await asyncio.to_thread(book.close)
        response = await _answer(visit, "xlsx", XLSX)
        with file.open("rb") as written:
            while chunk := await asyncio.to_thread(written.read, CHUNK):
                await response.write(chunk)
    await response.write_eof()
    return response


async def _begin(visit: Visit, form: str) -> tuple[Reader, AsyncIterator[Sequence[Any]]]:
    """Note who exports what, before the first line leaves; raises Refusal for a view that makes no sense."""
    asked = view.read(visit.request.query)
    wanted = view.wanted_of(asked, visit.now, visit.house.settings.zone)
    async with visit.house.db.write() as tx:
        held = scope(tx, visit.staff)
        await ledger.page(tx, wanted, scope=held, limit=1)
        codes = asked.query(after="", before="", q="", plate="")  # a trail of codes: words and plates stay out of it
        searched = bool(asked.q or asked.plate)
        await audit.record(tx, visit.staff.id or 0, "exported", visit.now, format=form, filter=codes, searched=searched)
        reader = await reader_of(tx, visit)
    return reader, ledger.stream(visit.house.db, wanted, scope=held)


def _in_csv(reader: Reader, some: Sequence[Any]) -> bytes:
    return sheets.csv_lines(cells(reader, row) for row in some)


def _in_book(book: sheets.Workbook, reader: Reader, some: Sequence[Any]) -> None:
    book.write(cells(reader, row) for row in some)


async def _answer(visit: Visit, ending: str, kind: str) -> web.StreamResponse:
    name = f"ledger-{visit.now.astimezone(visit.house.settings.zone):%Y%m%d-%H%M}.{ending}"
    response = web.StreamResponse(
        headers={"Content-Type": kind, "Content-Disposition": f'attachment; filename="{name}"'}
    )
    await response.prepare(visit.request)
    return response
