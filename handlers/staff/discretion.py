"""What of a reporter somebody is shown (举报人保密): nothing, masked, or, once and on record, the whole."""

from __future__ import annotations

import re
from dataclasses import dataclass

from hotline import rights
from hotline.formats.numerals import digits_spoken
from hotline.formats.phones import MOBILE, mask_mobile, mask_plate
from hotline.formats.plates import find_plates
from hotline.formats.tidy import tidy
from storage.models import Staff, Ticket

_NUMBERS = re.compile(r"(?<![0-9])[0-9][0-9 -]{5,}[0-9Xx](?![0-9])")
"""Landlines, identity cards, accounts: any run of seven figures or more."""

_CALLED = re.compile(
    r"(我叫|姓名(?:是|叫)?[:： ]?|名字(?:是|叫)[:： ]?|(?i:my name is) )"
    r"([一-龥·]{2,4}|[A-Z][a-z]+(?: [A-Z][a-z]+)?)"
)
"""Where people write their own name; a name elsewhere in free words cannot be told from other words."""

IDENTITY = ("name", "phone", "contact", "company")
"""Answers that tell who somebody is."""


@dataclass(frozen=True, slots=True)
class Discretion:
    """`sees`: the reporter is no secret to this reader; `whole`: plate and phone were asked for, which is on record."""

    sees: bool
    whole: bool = False
    names: tuple[str, ...] = ()

    def plate(self, plate: str | None) -> str | None:
        """A plate as this reader sees it; None where there is none, or none for him."""
        if not plate or not self.sees:
            return None
        return plate if self.whole else mask_plate(plate)

    def words(self, text: str | None) -> str | None:
        """What a reporter wrote, with plates and numbers masked."""
        if text is None or self.whole:
            return text
        return "\n".join(self._line(line) for line in text.split("\n"))

    def ours(self, text: str | None) -> str | None:
        """What the desk wrote: as it is, unless the reader may not know whom it was about."""
        return text if self.sees else self.words(text)

    def identity(self, ticket: Ticket) -> list[tuple[str, str]]:
        """Name, phone and the like that were given, by what they are."""
        said = [(name, ticket.answers.get(name)) for name in IDENTITY]
        return [(name, self._who(name, text)) for name, text in said if self.sees and isinstance(text, str) and text]

    def has_masked(self, ticket: Ticket) -> bool:
        """Whether there is anything that this reader might ask to see whole."""
        return self.sees and not self.whole and bool(ticket.plate or ticket.trailer or self.identity(ticket))

    def _who(self, name: str, text: str) -> str:
        if self.whole:
            return text
        return mask_mobile(text) if name == "phone" else f"{text[:1]}{'*' * (len(text) - 1)}"

    def _line(self, line: str) -> str:
        if (plates := find_plates(line)) and len(tidied := tidy(line)) != len(line):
            line = tidied
        for start, end in reversed([span for _, span in plates]):
            line = line[:start] + (mask_plate(line[start:end]) if self.sees else "*****") + line[end:]
        for found in reversed(list(MOBILE.finditer(digits_spoken(line)))):
            figures = re.sub(r"[^0-9]", "", found[1])
            line = line[: found.start()] + (mask_mobile(figures) if self.sees else "*******") + line[found.end() :]
        return line if self.sees else self._nameless(line)

    def _nameless(self, line: str) -> str:
        """For readers to whom the reporter is a secret: no name, no number of any kind."""
        for name in self.names:
            line = line.replace(name, "**")
        return _NUMBERS.sub("*******", _CALLED.sub(r"\1**", line))


def discretion(staff: Staff, ticket: Ticket, *, whole: bool = False) -> Discretion:
    """What this reader may know of this ticket's reporter."""
    sees = rights.sees_reporter(staff, ticket)
    said = (ticket.answers.get(name) for name in IDENTITY)
    return Discretion(sees, whole and sees, tuple(text for text in said if isinstance(text, str) and text))
