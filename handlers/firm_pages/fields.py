"""The truck, its people and its window as a browser's form has them, read field by field, each with its sentence."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from handlers.firm_pages.errand import Errand
from hotline import timing
from hotline.formats.names import parse_name
from hotline.passes import typed
from hotline.passes.offers import Offer
from hotline.passes.wishes import LONGEST_WORDS, MOST_CREW, Wish, facts_of, missing
from locales.words import SHANGHAI, Refusal, Say, say
from storage.models import Vehicle

WHOLE = ("plate", "goods", "goods_words", "crew", "trailer", "via", "photos", "window", "firm")
"""What a new application asks for; the tests belong to the crew."""

PEOPLE = range(1, MOST_CREW + 1)
OWN_NAME = "0"
"""The firm of whoever applies in his own name."""

LONGEST_TYPED = 400


@dataclass(slots=True)
class Typed:
    """What a form told: parts of a `Wish`, and the sentence of each field that told nothing we understand."""

    values: dict[str, Any] = field(default_factory=dict)
    problems: dict[str, Say] = field(default_factory=dict)

    def take(self, name: str, read: Callable[[], Any], into: str | None = None) -> Any:
        """Read one field; None where it has a problem."""
        try:
            value = read()
        except Refusal as no:
            self.problems[name] = no.say
            return None
        self.values[into or name] = value
        return value


def read(form: Mapping[str, str], wanted: Collection[str], errand: Errand, firms: Sequence[int]) -> Typed:
    """These parts of a wish, as they were typed; `firms` are those in whose name this contact may apply."""
    told, now = Typed(), errand.now
    form = {name: value.strip()[:LONGEST_TYPED] for name, value in form.items()}
    if "plate" in wanted:
        _truck(told, form, with_trailer="trailer" in wanted)
    if "trailer" in wanted:
        _trailer(told, form)
    if "goods" in wanted:
        told.values["goods"] = form.get("goods", "")
    if "goods_words" in wanted:
        told.take("goods_words", lambda: words_of(form.get("goods_words", "")))
    if "crew" in wanted or "test" in wanted:
        _crew(told, form, now)
    if "via" in wanted:
        told.take("via", lambda: typed.via(form.get("via", "")))
    if "route" in wanted:
        told.take("from", lambda: typed.county(form.get("from", "")), "origin")
        told.take("to", lambda: typed.county(form.get("to", "")), "destination")
        told.take("via", lambda: typed.via(form.get("via", "")))
    if "window" in wanted:
        _window(told, form, now)
    if "photos" in wanted:
        told.values["photos"] = tuple(errand.photos)
    if "firm" in wanted:
        chosen = form.get("firm", OWN_NAME)
        told.values["firm_id"] = next((one for one in firms if str(one) == chosen), None)
    return told


def read_truck(told: Typed, form: Mapping[str, str]) -> None:
    """Plate, colour and trailer of a row; an empty cell of a trailer says that there is none."""
    _truck(told, form, with_trailer=True)
    _trailer(told, {**form, "no_trailer": "yes" if not told.values.get("trailer") else ""})


def _truck(told: Typed, form: Mapping[str, str], *, with_trailer: bool) -> None:
    plate = told.take("plate", lambda: typed.truck(form.get("plate", "")))
    if plate is not None:
        told.values["plate"] = plate.number
        if with_trailer and plate.trailer and not form.get("trailer"):
            told.values["trailer"] = plate.trailer
    said = form.get("colour") or (typed.colour_of(plate) if plate is not None else None) or ""
    told.take("colour", lambda: typed.colour(said))


def _trailer(told: Typed, form: Mapping[str, str]) -> None:
    """None while nobody has said, "" where there is none."""
    if form.get("trailer"):
        told.take("trailer", lambda: typed.trailer(form["trailer"]))
    elif form.get("no_trailer"):
        told.values["trailer"] = ""
    else:
        told.values.setdefault("trailer", None)


def words_of(text: str) -> str | None:
    """What is carried in words; None for none."""
    if len(text) > LONGEST_WORDS:
        raise Refusal("pass.apply.goods", most=LONGEST_WORDS)
    return text or None


def _crew(told: Typed, form: Mapping[str, str], now: datetime) -> None:
    crew = []
    for one in PEOPLE:
        name, at = form.get(f"name{one}", ""), form.get(f"test{one}", "")
        if not name:
            continue
        person: dict[str, Any] = {}
        try:
            person["name"] = parse_name(name)
        except Refusal as no:
            told.problems[f"name{one}"] = no.say
        try:
            person |= {"tested_at": typed.tested_at(at, now).isoformat()} if at else {}
        except Refusal as no:
            told.problems[f"test{one}"] = no.say
        crew.append(person)
    told.values["crew"] = tuple(crew)


def _window(told: Typed, form: Mapping[str, str], now: datetime) -> None:
    begins = form.get("from_at", "")
    told.take("from_at", lambda: typed.moment(begins, now) if begins else now, "from_wished")
    ends = form.get("until_at", "")
    told.take("until_at", lambda: typed.moment(ends, now, is_end=True) if ends else None, "until_wished")


PLACES = {"crew": "name1", "test": "test1", "photos": "photo"}
"""Where a form shows what is missing, when it is not called so there."""


def as_usual(form: Mapping[str, str], trucks: Sequence[Vehicle]) -> dict[str, str]:
    """What was typed, with the colour and the trailer that a truck of the firm has, where nothing was said of them."""
    plain = dict(form)
    try:
        number = typed.truck(form.get("plate", "")).number
    except Refusal:
        return plain
    same = [one for one in trucks if one.plate == number]
    if len({one.colour for one in same}) == 1 and not form.get("colour"):
        plain["colour"] = same[0].colour
    drawn = {one.trailer for one in same if one.trailer}
    if len(drawn) == 1 and not form.get("trailer") and not form.get("no_trailer"):
        plain["trailer"] = drawn.pop() or ""
    return plain


def lacking(told: Typed, offer: Offer, wish: Wish) -> None:
    """Add what is missing to what has a problem, so that all of it is told at one time."""
    for name in missing(offer, wish):
        place = PLACES.get(name, name)
        if not any(one.startswith(place[:4]) for one in told.problems):
            told.problems[place] = say("firm_pages.needed")


def shown(form: Mapping[str, Any], wish: Wish) -> dict[str, str]:
    """A wish as the fields of a form have it, what was typed already before it."""
    crew = {}
    for one, person in zip(PEOPLE, wish.crew, strict=False):
        crew[f"name{one}"] = str(person.get("name") or "")
        at = person.get("tested_at")
        crew[f"test{one}"] = local(datetime.fromisoformat(at)) if at else ""
    known = {
        "plate": wish.plate, "colour": wish.colour, "trailer": wish.trailer or "",
        "no_trailer": "yes" if wish.trailer == "" else "", "goods": wish.goods, "goods_words": wish.goods_words or "",
        "firm": str(wish.firm_id or OWN_NAME), "from_at": local(wish.from_wished),
        "until_at": local(wish.until_wished) if wish.until_wished else "", **crew,
    }  # fmt: skip
    return known | dict(form)


def local(at: datetime) -> str:
    """A moment as `<input type=datetime-local>` has it."""
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M")


def as_json(values: Mapping[str, Any]) -> dict[str, Any]:
    """Parts of a wish as JSON; `from_json` gives them back."""
    return {
        name: {"at": value.astimezone(UTC).isoformat()} if isinstance(value, datetime) else value
        for name, value in values.items()
    }


def from_json(values: Mapping[str, Any]) -> dict[str, Any]:
    """What `as_json` wrote."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, dict) and set(value) == {"at"}:
            found[name] = datetime.fromisoformat(value["at"])
        elif name in ("via", "crew", "photos"):
            found[name] = tuple(value)
        else:
            found[name] = value
    return found


def next_of(offer: Offer, wish: Wish, class_: str | None, now: datetime, *, verified: bool) -> Say:
    """What happens next: granted at once, or by when somebody has looked at it."""
    if verified and offer.valid_for is not None and offer.grants(facts_of(offer, wish.facts, wish.goods)):
        return say("firm_pages.next.at_once")
    due = timing.after(now, offer.decide_within(class_, wish.origin, wish.destination))
    return say("firm_pages.next.looked_at", due=due)
