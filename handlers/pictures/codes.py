"""QR codes of passes, of a kind that a cheap phone reads: level M, in the dense mode wherever the address bears it.

Version 8 to 10 comes out of it, 49 to 57 modules a side.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import segno
from PIL import Image
from segno.consts import MODE_ALPHANUMERIC, MODE_BYTE

from hotline.passes.face import PATH

QUIET = 4
"""Modules of white around it (ISO/IEC 18004)."""


def qr(address: str) -> segno.QRCode:
    """The code of an address; one with small letters keeps them, and only what follows is packed densely."""
    head, path, payload = address.rpartition(PATH.lower())
    content: Any = [(head + path, MODE_BYTE), (payload, MODE_ALPHANUMERIC)] if path else address
    return segno.make_qr(content, error="m", boost_error=False)


@lru_cache(maxsize=512)
def svg(address: str, label: str) -> str:
    """It as an inline SVG that grows to the space it is given, black on white whatever the page's colours are.

    Remembered, since laying one out takes longer than the rest of a page.
    """
    code = qr(address)
    side = code.symbol_size(border=QUIET)[0]
    rows = enumerate(code.matrix_iter(border=QUIET))
    path = "".join(f"M{x} {y}h{width}v1h-{width}z" for y, row in rows for x, width in _runs(bytes(row)))
    return (
        f'<svg class="qr" viewBox="0 0 {side} {side}" role="img" aria-label="{label}" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path fill="#000" d="{path}"/></svg>'
    )


def picture(address: str, most: int) -> Image.Image:
    """It in black and white, at most so many pixels a side: whole pixels to a module, so that no edge is blurred."""
    code = qr(address)
    side = int(code.symbol_size(border=QUIET)[0])
    pixels = bytes(0 if dark else 255 for row in code.matrix_iter(border=QUIET) for dark in row)
    scale = max(1, most // side)
    return Image.frombytes("L", (side, side), pixels).resize((side * scale, side * scale), Image.Resampling.NEAREST)


def _runs(row: bytes) -> list[tuple[int, int]]:
    """Where dark modules stand side by side: first and how many."""
    runs, x = list[tuple[int, int]](), 0
    while (x := row.find(1, x)) >= 0:
        end = row.find(0, x)
        runs.append((x, end - x))
        x = end
    return runs
