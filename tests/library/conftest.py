"""The published sources are no part of the repository: where they are at hand, what is true of them is tested too."""

from __future__ import annotations

from tests.library import published

collect_ignore = [] if published.FILES else ["test_published.py"]


def pytest_report_header() -> str:
    where = published.FOLDER or "not at hand, so test_published.py is left out (LIBRARY_SOURCES names their folder)"
    return f"published sources: {where}"
