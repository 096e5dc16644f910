"""`python -m handlers.firm_pages.sheet_child`: a stranger's xlsx on stdin, its cells as JSON on stdout.

A process of its own, because what a stranger sends may be made to eat memory or time: the kernel ends it when it takes
too much of either, and the house goes on. It writes no file and opens no connection.
"""

from __future__ import annotations

import json
import re
import resource
import sys
import warnings
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from io import BytesIO
from typing import Any

MOST_ROWS = 400
"""Rows that are read: two hundred that count, with the headings and the empty ones between them."""

LAST_ROW = 1600
"""What stands below is told to be too much: a sheet may claim a row a million, and every row between costs time."""

MOST_COLUMNS = 40
LONGEST_CELL = 500
MOST_PARTS = 300
LARGEST_PART = 4 * 1024 * 1024
LARGEST_WHOLE = 16 * 1024 * 1024
"""Bytes when unpacked; our own template takes some 30 kB, one that WPS has blown up with styles some 3 MB."""

MEMORY = 512 * 1024 * 1024
SECONDS = 8

_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How .xls begins, and every workbook that is locked with a password (MS-CFB)."""

_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
_FILLED = re.compile(rb'<(?:\w+:)?c\s[^>]*?r="[A-Z]{1,3}(\d{4,7})"[^>]*>\s*<')
_MACROS = re.compile(r"vbaProject|macrosheets|activeX|embeddings/", re.IGNORECASE)
_HEAVY = re.compile(rb"macroEnabled|ms-excel\.intlmacrosheet", re.IGNORECASE)


_BROKEN = (
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    OSError,
    SyntaxError,
    EOFError,
    RuntimeError,
    ArithmeticError,
)
"""What openpyxl and the parsers beneath it raise for a file that is not what it says."""


class Unopened(Exception):
    """Why a file is not opened: the last word of the sentence that says so."""


def main() -> int:
    """Read the file, or say why not; anything else that happens is told by the exit code."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    warnings.simplefilter("ignore")
    try:
        found = opened(sys.stdin.buffer.read())
    except Unopened as no:
        found = {"no": str(no)}
    except MemoryError:
        found = {"no": "heavy"}
    sys.stdout.write(json.dumps(found))
    return 0


def opened(content: bytes) -> dict[str, Any]:
    """{"rows": [[number, [cell ...]] ...], "merged": [[first row, last row] ...], "more": bool}; raises Unopened."""
    sheets = _looked_through(content)
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(BytesIO(content), read_only=True, data_only=True, keep_links=False)
        sheet = next((one for one in book.worksheets if one.sheet_state == "visible"), None)
        if sheet is None:
            raise Unopened("empty")
        rows = list(_rows(sheet))
    except Unopened:
        raise
    except (InvalidFileException, zipfile.BadZipFile, *_BROKEN):
        raise Unopened("broken") from None
    part = _part(content, sheet, sheets)
    more = len(rows) > MOST_ROWS or any(int(number) > LAST_ROW for number in _FILLED.findall(part))
    return {"rows": rows[:MOST_ROWS], "more": more, "merged": _merged(part)}


def _looked_through(content: bytes) -> list[str]:
    """The names of its sheets' parts; raises Unopened for what need not be unpacked to be refused."""
    if content.startswith(_OLD):
        raise Unopened("old")
    if not content.startswith(b"PK"):
        raise Unopened("other")
    try:
        with zipfile.ZipFile(BytesIO(content)) as whole:
            parts = whole.infolist()
            if len(parts) > MOST_PARTS or any(part.file_size > LARGEST_PART for part in parts):
                raise Unopened("heavy")
            if sum(part.file_size for part in parts) > LARGEST_WHOLE:
                raise Unopened("heavy")
            if any(part.flag_bits & 1 for part in parts):
                raise Unopened("old")
            names = [part.filename for part in parts]
            if "[Content_Types].xml" not in names or "xl/workbook.xml" not in names:
                raise Unopened("other")
            if any(_MACROS.search(name) for name in names) or _HEAVY.search(whole.read("[Content_Types].xml")):
                raise Unopened("macros")
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, RuntimeError, NotImplementedError, KeyError):
        raise Unopened("broken") from None
    return [name for name in names if name.startswith("xl/worksheets/") and name.endswith(".xml")]


def _rows(sheet: Any) -> Iterator[tuple[int, list[Any]]]:
    """The rows that have something in them; one more than are taken, so that somebody can be told."""
    sheet.reset_dimensions()
    found = 0
    for number, cells in enumerate(sheet.iter_rows(max_row=LAST_ROW, max_col=MOST_COLUMNS, values_only=True), start=1):
        plain = [_cell(value) for value in cells]
        if any(value not in (None, "") for value in plain):
            yield number, plain
            found += 1
            if found > MOST_ROWS:
                return


def _cell(value: Any) -> Any:
    match value:
        case None | bool() | int() | float():
            return value if not isinstance(value, bool) else ("TRUE" if value else "FALSE")
        case datetime():
            return {"at": value.replace(tzinfo=None).isoformat()}
        case date():
            return {"at": datetime.combine(value, time()).isoformat()}
        case time():
            return value.isoformat("minutes")
    return str(value).strip()[:LONGEST_CELL]


def _part(content: bytes, sheet: Any, sheets: list[str]) -> bytes:
    """The sheet that was read, as it is written in the file."""
    path = str(getattr(sheet, "_worksheet_path", "")).lstrip("/")
    if path not in sheets:
        return b""
    with zipfile.ZipFile(BytesIO(content)) as whole:
        return whole.read(path)


def _merged(part: bytes) -> list[list[int]]:
    """First and last row of what is merged: merged cells have one value between them."""
    return [[int(first), int(last)] for _, first, _, last in _MERGED.findall(part)[:1000]]


if __name__ == "__main__":
    sys.exit(main())
