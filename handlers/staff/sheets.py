"""A table as a file, written line by line: CSV as Excel reads it, and xlsx in constant memory."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any

from handlers.staff.columns import Cell

ROWS_OF_A_SHEET = 1_000_000
"""Excel ends at 1,048,576; what is more goes on in the next sheet."""

BOM = "\ufeff"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def guarded(cell: Cell) -> str | int:
    """A cell of a CSV. An apostrophe before what a spreadsheet would take for a formula: reporters' words are no code.

    Source: OWASP, "CSV Injection".
    """
    match cell:
        case None:
            return ""
        case datetime():
            return f"{cell:%Y-%m-%d %H:%M:%S}"
        case str() if cell.startswith(_FORMULA):
            return f"'{cell}"
    return cell


def csv_lines(lines: Iterable[Sequence[Cell]]) -> bytes:
    """Lines of a CSV in UTF-8."""
    out = StringIO()
    csv.writer(out).writerows([guarded(cell) for cell in line] for line in lines)
    return out.getvalue().encode()


class Workbook:
    """An xlsx file that is written downwards only; nobody reads it before it is closed."""

    def __init__(self, file: Path, name: str, head: Sequence[str]):
        import xlsxwriter  # late: half a second that no other page pays

        self._book = xlsxwriter.Workbook(str(file), {"constant_memory": True, "tmpdir": str(file.parent)})
        self._bold = self._book.add_format({"bold": True})
        self._moment = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        self._name, self._head, self._sheets = name, head, 0
        self._next_sheet()

    def _next_sheet(self) -> None:
        self._sheets += 1
        self._sheet: Any = self._book.add_worksheet(f"{self._name} {self._sheets}" if self._sheets > 1 else self._name)
        self._sheet.freeze_panes(1, 1)
        self._sheet.set_column(0, len(self._head) - 1, 17)
        self._sheet.set_column(0, 0, 27)
        for column, words in enumerate(self._head):
            self._sheet.write_string(0, column, words, self._bold)
        self._row = 0

    def write(self, lines: Iterable[Sequence[Cell]]) -> None:
        """Add lines; text stays text, whatever it begins with."""
        for line in lines:
            if self._row == ROWS_OF_A_SHEET:
                self._next_sheet()
            self._row += 1
            for column, cell in enumerate(line):
                match cell:
                    case datetime():
                        self._sheet.write_datetime(self._row, column, cell, self._moment)
                    case int():
                        self._sheet.write_number(self._row, column, cell)
                    case str() if cell:
                        self._sheet.write_string(self._row, column, cell)

    def close(self) -> None:
        """Put the file together."""
        self._book.close()
