"""The terminal as a channel: one message a line comes in, each reply goes out as words or as one JSON line."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import IO, Any

from bot.channels import Bubble, Incoming, Pace, Photo, Position, SendError, Unreadable, numbered

ADDRESS = "terminal"
"""The one address of each account: there is one person at a terminal."""

HELP = "one message a line; @location LATITUDE,LONGITUDE; @photo FILE"


class Terminal:
    """One person at a terminal; `account` is the person's name, so that two may chat side by side."""

    name = "terminal"
    pace = Pace()

    def __init__(self, who: str, out: IO[str] = sys.stdout, *, as_json: bool = False):
        self.account, self._out, self._as_json = who, out, as_json

    async def send(self, address: str, bubble: Bubble) -> str:
        """Print one reply; its choices by label, which one types to choose; of a picture only that it is."""
        if self._as_json:
            line: dict[str, Any] = {"text": bubble.text, "choices": [c.label for c in bubble.choices]}
            if bubble.picture is not None:
                line["picture"] = True
            print(json.dumps(line, ensure_ascii=False), file=self._out, flush=True)
        else:
            picture = "[picture]\n" if bubble.picture is not None else ""
            print(picture + numbered(bubble.text, bubble.choices) + "\n", file=self._out, flush=True)
        return f"row-{bubble.row}"

    async def fetch(self, ref: str) -> bytes:
        """A photo is a file on this machine, read when it was named; there is nothing to fetch later."""
        raise SendError("terminal photos are kept at once")

    def parse(self, line: str, external_id: str, language: str, photo: Photo | None = None) -> Incoming:
        """One line as a message, `photo` being the file that a line `@photo FILE` named; raises Unreadable."""
        text: str | None = line
        position: Position | None = None
        photos: tuple[Photo, ...] = ()
        word, _, rest = line.partition(" ")
        if word == "@location":
            text, position = None, _position(rest)
        elif photo is not None:
            text, photos = None, (photo,)
        return Incoming(
            self.name, self.account, ADDRESS, external_id, {"line": line}, text=text, position=position, photos=photos,
            language=language,
        )  # fmt: skip


def _position(text: str) -> Position:
    try:
        latitude, longitude = (float(part) for part in text.replace("，", ",").split(","))
    except ValueError:
        raise Unreadable(HELP) from None
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise Unreadable(HELP)
    return Position(latitude, longitude)


def lines(source: IO[str]) -> Iterator[str]:
    """The messages in a source, without empty lines."""
    for line in source:
        if line.strip():
            yield line.rstrip("\r\n")
