"""Files that are no sheets, or would rather not be opened: each is met with a sentence, and none with much time."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pytest
import xlsxwriter

from handlers.firm_pages.sheet_file import cells
from locales.words import Refusal
from tests.firm_pages.counter import workbook

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
GOOD = workbook([["吉A12345", "黄"]], ["车牌号", "颜色"])
BOMB = (
    f'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><sst {MAIN}><si><t>&b;</t></si></sst>'
)
OUTSIDE = f'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]><workbook {MAIN}>&a;</workbook>'


def with_part(name: str, content: bytes) -> bytes:
    """The good sheet with one part of it changed or added."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(GOOD)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            if part != name:
                new.writestr(part, old.read(part))
        new.writestr(name, content)
    return out.getvalue()


FILES = {
    "nothing": (b"", "sheet.file.missing"),
    "text": ("车牌号,颜色\n".encode(), "sheet.file.other"),
    "another zip": (with_part("[Content_Types].xml", b"")[:0] + b"PK\x05\x06" + b"\0" * 18, "sheet.file.other"),
    "half of it": (GOOD[: len(GOOD) // 2], "sheet.file.broken"),
    "old, or with a password": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512, "sheet.file.old"),
    "macros": (with_part("xl/vbaProject.bin", b"Sub Auto_Open()"), "sheet.file.macros"),
    "a bomb of zeros": (with_part("xl/sharedStrings.xml", b" " * (40 * 1024 * 1024)), "sheet.file.heavy"),
    "a bomb of entities": (with_part("xl/sharedStrings.xml", BOMB.encode()), "sheet.file.broken"),
    "a look at our files": (with_part("xl/workbook.xml", OUTSIDE.encode()), "sheet.file.broken"),
    "broken markup": (with_part("xl/worksheets/sheet1.xml", b"<worksheet"), "sheet.file.broken"),
}


@pytest.mark.parametrize("name", FILES)
async def test_what_is_no_sheet_is_met_with_a_sentence(name: str) -> None:
    content, key = FILES[name]
    with pytest.raises(Refusal) as no:
        await cells(content)
    assert no.value.key == key


async def test_a_sheet_is_read_with_its_row_numbers_and_what_is_merged() -> None:
    out = BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["车牌号", "颜色"])
    sheet.write_row(3, 0, ["吉A12345", 12])
    sheet.merge_range(5, 0, 7, 0, "吉A22222")
    book.close()
    opened = await cells(out.getvalue())
    assert [(number, line[:2]) for number, line in opened.rows] == [
        (1, ["车牌号", "颜色"]), (4, ["吉A12345", 12]), (6, ["吉A22222", None]),
    ]  # fmt: skip
    assert opened.merged == [(6, 8)]
    assert not opened.more


async def test_a_row_a_million_below_is_told_and_costs_no_time() -> None:
    with zipfile.ZipFile(BytesIO(GOOD)) as whole:
        part = whole.read("xl/worksheets/sheet1.xml")
    far = part.replace(b'<row r="2"', b'<row r="1048576"').replace(b'r="A2"', b'r="A1048576"')
    assert (await cells(with_part("xl/worksheets/sheet1.xml", far))).more
