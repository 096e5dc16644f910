"""The day in numbers as a workbook for the office: totals, by division, by goods, and every number in one list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from io import BytesIO
from typing import Any

from hotline import dispatch_news, divisions
from hotline.dispatch import MEASURES, Line, Report
from hotline.goods import words_of
from locales.words import SHANGHAI, Say, render, translate

KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FIRST = 3
"""The line of a sheet on which its table begins; above it stand the heading and since when the numbers stand."""


def name(report: Report) -> str:
    """What the file is called; letters that every mail program takes."""
    return f"dispatch-{report.division}-{report.today.day:%Y%m%d}.xlsx"


def workbook(report: Report, language: str, zone: tzinfo = SHANGHAI) -> bytes:
    """The workbook, ready to be printed: each sheet fits the width of an A4 page."""
    import xlsxwriter  # late: half a second that no other page pays

    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheets = _Sheets(book, report, language, zone)
    sheets.totals()
    sheets.lines("division", report.by_division)
    sheets.lines("goods", report.by_goods)
    sheets.every()
    book.close()
    return out.getvalue()


class _Sheets:
    """The sheets of one workbook, in one language."""

    def __init__(self, book: Any, report: Report, language: str, zone: tzinfo):
        self._book, self._report, self._language, self._zone = book, report, language, zone
        line = {"border": 1, "border_color": "#B9C0BA", "valign": "vcenter"}
        self._title = book.add_format({"bold": True, "font_size": 16})
        self._quiet = book.add_format({"font_color": "#5B645E"})
        self._head = book.add_format(
            {**line, "bold": True, "bg_color": "#E6F2EB", "align": "center", "text_wrap": True}
        )
        self._text, self._number = book.add_format(line), book.add_format({**line, "num_format": "#,##0"})
        self._change = book.add_format({**line, "num_format": "+#,##0;-#,##0;0"})
        self._bold = book.add_format({**line, "bold": True, "num_format": "#,##0"})

    def totals(self) -> None:
        """Each measure with the day before and the difference."""
        columns = [self._t(f"dispatch.sheet.{one}") for one in ("measure", "today", "before", "change")]
        sheet = self._sheet("totals", columns, [26, 12, 12, 12])
        for row, measure in enumerate(MEASURES, FIRST + 1):
            now, before = self._report.total.numbers[measure]
            sheet.write_string(row, 0, self._t(f"dispatch.measure.{measure}"), self._text)
            sheet.write_number(row, 1, now, self._bold)
            sheet.write_number(row, 2, before, self._number)
            sheet.write_number(row, 3, now - before, self._change)

    def lines(self, by: str, lines: Sequence[tuple[str, Line]]) -> None:
        """A line for each part, two columns for each measure: the day and the day before."""
        heads = [self._t(f"dispatch.sheet.{by}")]
        for measure in MEASURES:
            word = self._t(f"dispatch.measure.{measure}")
            heads += [word, f"{word}\n{self._t('dispatch.sheet.before')}"]
        sheet = self._sheet(by, heads, [26, *([9] * 2 * len(MEASURES))])
        everything = [(self._t("dispatch.total"), self._report.total)]
        named = [(self._named(by, code), line) for code, line in lines]
        for row, (label, line) in enumerate([*named, *everything], FIRST + 1):
            is_last = row == FIRST + 1 + len(named)
            sheet.write_string(row, 0, label, self._bold if is_last else self._text)
            for place, measure in enumerate(MEASURES):
                for beside, count in enumerate(line.numbers[measure]):
                    style = self._bold if is_last or not beside else self._number
                    sheet.write_number(row, 1 + 2 * place + beside, count, style)

    def every(self) -> None:
        """Every number that is not nought, one a line, for whoever reckons on."""
        columns = [self._t(f"dispatch.sheet.{one}") for one in ("code", "division", "goods", "measure", "today")]
        sheet = self._sheet("every", columns, [10, 30, 18, 14, 10])
        low, high = divisions.bounds(self._report.division)
        kept = [one for one in self._report.today.counts if low <= one[0] <= high]
        for row, (division, goods, measure, count) in enumerate(kept, FIRST + 1):
            words = (division, self._say(dispatch_news.name_of(division)), self._say(words_of(goods)))
            for column, text in enumerate((*words, self._t(f"dispatch.measure.{measure}"))):
                sheet.write_string(row, column, text, self._text)
            sheet.write_number(row, 4, count, self._number)
        sheet.autofilter(FIRST, 0, FIRST + max(len(kept), 1), len(columns) - 1)

    def _sheet(self, by: str, heads: Sequence[str], widths: Sequence[int]) -> Any:
        today = self._report.today
        sheet = self._book.add_worksheet(self._t(f"dispatch.sheet.by.{by}"))
        where, day = dispatch_news.name_of(self._report.division), dispatch_news.noon(today.day)
        sheet.write_string(0, 0, self._t("dispatch.title.of", division=where, day=day), self._title)
        stands = ("dispatch.frozen", today.frozen_at) if today.frozen_at else ("dispatch.so_far", today.until)
        sheet.write_string(1, 0, self._t(stands[0], at=stands[1]), self._quiet)
        for column, (head, width) in enumerate(zip(heads, widths, strict=True)):
            sheet.write_string(FIRST, column, head, self._head)
            sheet.set_column(column, column, width)
        sheet.freeze_panes(FIRST + 1, 1)
        sheet.set_paper(9)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(FIRST)
        return sheet

    def _named(self, by: str, code: str) -> str:
        if by == "goods":
            return self._say(words_of(code))
        own = code == self._report.division and code != divisions.NATION
        return (
            self._t("dispatch.own", division=dispatch_news.name_of(code))
            if own
            else self._say(dispatch_news.name_of(code))
        )

    def _say(self, words: Say | str) -> str:
        return render(self._language, words, zone=self._zone)

    def _t(self, key: str, **facts: Any) -> str:
        return translate(self._language, key, zone=self._zone, **facts)
