"""What one sentence already tells: `G12 长春东收费站不让下，吉A12345` is a kind, a place and a plate."""

from dataclasses import dataclass

from hotline.blockages import recognise
from hotline.formats.places import Place, find_place
from hotline.formats.plates import Plate, find_plate
from hotline.formats.tidy import tidy


@dataclass(frozen=True, slots=True)
class Understood:
    """What was understood of free words; None where nothing was. `note` is the whole tidy text."""

    what: str | None
    place: Place | None
    plate: Plate | None
    note: str

    def __bool__(self) -> bool:
        return not (self.what is None and self.place is None and self.plate is None)


def understand(text: str) -> Understood:
    """Kind of blockage (see `hotline.blockages`), place and plate, each only when the words really hold it.

    Never refuses: whoever writes freely is not answering a question.
    """
    note = tidy(text)
    found = find_plate(note)
    return Understood(recognise(note), find_place(note), found[0] if found else None, note)
