"""Every pack there is, and which of them hold for a question, at a place, on a day."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from itertools import combinations
from pathlib import Path
from typing import Any

import structlog
from pydantic import ValidationError

from hotline import divisions
from hotline.rules.compiled import Compiled, compile_pack
from hotline.rules.soundness import faults
from hotline.rules.written import Day, Written

log = structlog.get_logger()

Mark = tuple[tuple[Path, int, int], ...]

FOLDER = Path(__file__).parents[1] / "packs/rules"


class BadPack(ValueError):
    """A pack that does not load; the message names file, rule and reason."""


@dataclass(frozen=True, eq=False)
class Pack:
    """A pack as it was read, and the hash of its file, by which a decision names the text that it went by."""

    written: Written
    version: str
    file: Path

    @property
    def id(self) -> str:
        """The pack's name."""
        return self.written.pack.id

    def covers(self, place: str) -> bool:
        """Whether a place lies in its divisions."""
        return any(divisions.is_within(place, code) for code in self.written.pack.divisions)

    def breadth(self, place: str) -> int:
        """How wide the pack's own division around a place is: the nation is wider than a province."""
        around = (divisions.bounds(code) for code in self.written.pack.divisions if divisions.is_within(place, code))
        return min(int(high) - int(low) for low, high in around)


@dataclass(frozen=True, eq=False)
class Shelf:
    """All packs, by id."""

    packs: dict[str, Pack]
    _stands: dict[tuple[str, ...], Compiled] = field(default_factory=dict)

    def schemes(self) -> tuple[str, ...]:
        """Every question that some pack answers."""
        return tuple(sorted({pack.written.pack.scheme for pack in self.packs.values()}))

    def of(self, scheme: str) -> list[Pack]:
        """The packs of a question, the oldest first."""
        found = (pack for pack in self.packs.values() if pack.written.pack.scheme == scheme)
        return sorted(found, key=lambda pack: (pack.written.pack.from_, pack.id))

    def chain(self, scheme: str, place: str, day: Day) -> tuple[Pack, ...]:
        """The packs in force for a question at a place on a day, the most specific first."""
        found = [pack for pack in self.of(scheme) if pack.written.holds(day) and pack.covers(place)]
        return tuple(sorted(found, key=lambda pack: pack.breadth(place)))

    def stands(self, chain: Sequence[Pack], day: Day) -> Compiled:
        """The first of these packs under the others, as it stands on a day; made once for all days that are alike."""
        since = max(one for pack in chain for one in pack.written.breaks() if one <= day)
        key = (str(since), *(pack.id for pack in chain))
        if key not in self._stands:
            self._stands[key] = compile_pack(chain[0].written, [pack.written for pack in chain[1:]], since)
        return self._stands[key]

    def in_force(self, place: str, day: Day, kind: str | None = None) -> list[Pack]:
        """The most specific pack of each question that is answered at a place on a day."""
        chains = (self.chain(scheme, place, day) for scheme in self.schemes())
        return [chain[0] for chain in chains if chain and kind in (None, chain[0].written.pack.kind)]

    def last(self, scheme: str, place: str, day: Day) -> Pack | None:
        """The pack that was in force at a place until before this day, and ended."""
        gone = [p for p in self.of(scheme) if p.covers(place) and (until := p.written.pack.until) and until <= day]
        return max(gone, key=lambda p: (p.written.pack.until, -p.breadth(place)), default=None)


_own: list[Path] = []
_loaded: list[Shelf] = []
_refused: list[Mark] = []


def use(*folders: Path | None) -> None:
    """The folders of this bureau's own packs, set once at the start."""
    _own[:] = [folder for folder in folders if folder]
    _loaded.clear()


def current() -> Shelf:
    """Every pack as it was last loaded; a turn that plays a form many times looks at no file."""
    return _loaded[0] if _loaded else load()


def folders() -> tuple[Path, ...]:
    """Where packs lie: with the program, and with the bureau."""
    return (FOLDER, *_own)


def newest() -> Shelf:
    """Every pack as its file reads now; while one of them does not load, all as they were before."""
    now = mark()
    if _loaded and now in _refused:
        return _loaded[0]
    try:
        return load()
    except BadPack as wrong:
        if not _loaded:
            raise
        _refused[:] = [now]
        log.error("a rule pack does not load; those loaded before are used", why=str(wrong))
        return _loaded[0]


def load() -> Shelf:
    """Every pack; read again only when a file has changed. Raises BadPack."""
    _loaded[:] = [_read(mark())]
    return _loaded[0]


def mark() -> Mark:
    """The files of all packs as they are now: by name, time and size."""
    files = (file for folder in folders() for file in sorted(folder.rglob("*.toml")))
    return tuple((file, look.st_mtime_ns, look.st_size) for file in files for look in [file.stat()])


@lru_cache(maxsize=4)
def _read(files: Mark) -> Shelf:
    packs: dict[str, Pack] = {}
    for file, _, _ in files:
        pack = read(file)
        if pack.id in packs:
            raise BadPack(f"{file.name}: another pack is called {pack.id}: {packs[pack.id].file}")
        packs[pack.id] = pack
    for one, other in combinations(packs.values(), 2):
        overlap(one, other)
        agree(one, other)
    return Shelf(packs)


def read(file: Path) -> Pack:
    """One pack, with all that can be wrong in it looked for; raises BadPack."""
    raw = file.read_bytes()
    try:
        read_ = tomllib.loads(raw.decode("utf-8"))
        written = Written.model_validate(read_)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadPack(f"{file.name}: {error}") from None
    except ValidationError as error:
        raise BadPack("\n".join(_told(file, error, read_))) from None
    if written.pack.id != file.stem:
        raise BadPack(f"{file.name}: pack.id is {written.pack.id!r}, and the file must be called so")
    if found := list(faults(written)):
        raise BadPack("\n".join(f"{file.name}: {fault}" for fault in found))
    return Pack(written, sha256(raw).hexdigest()[:12], file)


def _told(file: Path, error: ValidationError, read_: Any) -> Iterator[str]:
    """Each fault in a sentence, which calls a rule, a ground or a case by its own name and not by its number."""
    for one in error.errors():
        where, at = list[str](), read_
        for part in one["loc"]:
            try:
                at = at[part]
            except (KeyError, IndexError, TypeError):
                at = None  # what is missing, or a word of pydantic's own
            names = at if isinstance(part, int) and isinstance(at, dict) else {}
            where.append(str(names.get("id") or names.get("ground") or names.get("name") or part))
        yield f"{file.name}: {'.'.join(where)}: {one['msg']}"


def overlap(one: Pack, other: Pack) -> None:
    """Two packs of one question may not hold in the same division on the same day; raises BadPack."""
    a, b = one.written.pack, other.written.pack
    if a.scheme != b.scheme or not set(a.divisions) & set(b.divisions):
        return
    if (a.until is None or b.from_ < a.until) and (b.until is None or a.from_ < b.until):
        shared = sorted(set(a.divisions) & set(b.divisions))[0]
        raise BadPack(f"{other.file.name}: {b.id} and {a.id} both hold in {shared} from {max(a.from_, b.from_)}")


def agree(one: Pack, other: Pack) -> None:
    """Packs of one question mean the same by a fact of the same name; raises BadPack."""
    if one.written.pack.scheme != other.written.pack.scheme:
        return
    for name in one.written.facts.keys() & other.written.facts.keys():
        a, b = one.written.facts[name], other.written.facts[name]
        if (a.kind, set(a.options or ()), a.low, a.high) != (b.kind, set(b.options or ()), b.low, b.high):
            raise BadPack(f"{other.file.name}: fact {name}: {one.id} means something else by it")
