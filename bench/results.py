"""What was measured, as a table for people and as JSON for whoever compares."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Result:
    """One number with its unit; `floor` is what the bare way reaches, `most` or `least` what we promise."""

    name: str
    value: float
    unit: str
    floor: float | None = None
    note: str = ""

    @property
    def ratio(self) -> float | None:
        return self.value / self.floor if self.floor else None


def table(results: Sequence[Result]) -> str:
    """Aligned columns: name, value, unit, floor, ratio, note."""
    rows = [("measure", "value", "unit", "floor", "ratio", ""), *(_row(r) for r in results)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    right = (False, True, False, True, True, False)
    return "\n".join(
        "  ".join(cell.rjust(w) if r else cell.ljust(w) for cell, w, r in zip(row, widths, right, strict=True)).rstrip()
        for row in rows
    )


def _row(result: Result) -> tuple[str, ...]:
    floor = "" if result.floor is None else _number(result.floor)
    ratio = "" if result.ratio is None else f"{result.ratio:.2f}"
    return result.name, _number(result.value), result.unit, floor, ratio, result.note


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def write(results: Sequence[Result], file: Path) -> None:
    """{name: {"value", "unit"}}, with "floor" and "ratio" where there is a floor."""
    file.parent.mkdir(parents=True, exist_ok=True)
    kept = {r.name: {"value": r.value, "unit": r.unit} | _beside(r) for r in results}
    file.write_text(json.dumps(kept, indent=2) + "\n")


def _beside(result: Result) -> dict[str, float | None]:
    return {} if result.floor is None else {"floor": result.floor, "ratio": result.ratio}
