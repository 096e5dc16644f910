"""The empty sheet for a batch: our columns and the pack's, with lists to choose from and a page that explains them."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from handlers.firm_pages.errand import Errand
from handlers.firm_pages.journey import Journey
from handlers.firm_pages.sheet import COLUMNS, MOST, fact_columns
from hotline.passes.offers import Offer
from hotline.rules.journeys import journey_facts
from locales.words import say
from storage.models import COLOURS

WIDTHS = {
    "plate": 14,
    "trailer": 14,
    "from": 20,
    "to": 20,
    "via": 20,
    "from_at": 18,
    "until_at": 18,
    "crew": 18,
    "tested": 18,
}
MOMENTS = ("from_at", "until_at", "tested")
LIST_LIMIT = 250
"""Characters of a list inside a cell's rule; Excel takes 255."""


def written(errand: Errand, journey: Journey) -> bytes:
    """The file, in the language of whoever asked for it."""
    import xlsxwriter  # late: half a second that no other page pays

    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    try:
        _rows(book, errand, journey)
        _guide(book, errand, journey)
    finally:
        book.close()
    return out.getvalue()


def columns(journey: Journey) -> list[tuple[str, Any]]:
    """The columns in their order: ours that this pack has a use for, then the pack's facts as (name, fact)."""
    offer, origin, destination = journey.offer, journey.origin, journey.destination
    assert offer is not None
    assert origin is not None
    assert destination is not None
    asks = offer.issuing.asks
    unused = {name for name, used in (
        ("tested", "test" in asks), ("crew", "crew" in asks or "test" in asks), ("goods", len(offer.goods) > 1),
    ) if not used}  # fmt: skip
    ours: list[tuple[str, Any]] = [(name, None) for name in COLUMNS if name not in unused]
    given = journey_facts(origin.code, destination.code, offer.day, offer.scheme)
    return [*ours, *fact_columns(offer, given).items()]


def must(offer: Offer, name: str) -> bool:
    """Whether a row cannot be sent without this column."""
    asks = offer.issuing.asks
    return (
        name in ("plate", "colour", "goods")
        or (name == "crew" and "crew" in asks)
        or (name == "tested" and "test" in asks)
    )


def _rows(book: Any, errand: Errand, journey: Journey) -> None:
    sheet = book.add_worksheet(errand.words("sheet.name"))
    bold = book.add_format({"bold": True, "bg_color": "#E6F2EB", "border": 1, "text_wrap": True, "valign": "vcenter"})
    moment, text = book.add_format({"num_format": "yyyy-mm-dd hh:mm"}), book.add_format({"num_format": "@"})
    sheet.freeze_panes(1, 1)
    sheet.set_row(0, 30)
    for place, (name, fact) in enumerate(columns(journey)):
        label = errand.render(fact.label.say if fact else say(f"sheet.column.{name}"))
        assert journey.offer is not None
        star = " *" if fact or must(journey.offer, name) else ""
        sheet.write_string(0, place, f"{label}{star}", bold)
        sheet.set_column(place, place, WIDTHS.get(name, 12), moment if name in MOMENTS else text)
        if options := _options(errand, journey.offer, name, fact):
            _choose(sheet, place, options, errand)


def _options(errand: Errand, offer: Offer, name: str, fact: Any) -> list[str]:
    if name == "colour":
        return [errand.words(f"firm.colour.{code}") for code in COLOURS]
    if name == "goods":
        return [errand.render(label) for label in offer.goods.values()]
    if fact is None or fact.kind == "number":
        return []
    if fact.kind == "yes_no":
        return [errand.words("question.yes"), errand.words("question.no")]
    return [errand.render(words.say) for words in (fact.options or {}).values()]


def _choose(sheet: Any, place: int, options: list[str], errand: Errand) -> None:
    if sum(map(len, options)) + len(options) > LIST_LIMIT or any("," in one for one in options):
        return
    rule = {"validate": "list", "source": options, "error_type": "warning", "error_title": errand.words("sheet.name")}
    sheet.data_validation(1, place, MOST, place, rule)


def _guide(book: Any, errand: Errand, journey: Journey) -> None:
    sheet = book.add_worksheet(errand.words("sheet.guide"))
    bold, wrap = book.add_format({"bold": True, "valign": "top"}), book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 22, bold)
    sheet.set_column(1, 1, 80, wrap)
    assert journey.origin is not None
    assert journey.destination is not None
    ends = {"origin": journey.origin.full_name, "destination": journey.destination.full_name}
    sheet.write_string(0, 0, errand.words("sheet.guide"))
    sheet.write_string(0, 1, errand.words("sheet.guide.way", most=MOST, **ends))
    for line, (name, fact) in enumerate(columns(journey), start=1):
        label = fact.label.say if fact else say(f"sheet.column.{name}")
        sheet.write_string(line, 0, errand.render(label))
        sheet.write_string(line, 1, _explained(errand, journey, name, fact))


def _explained(errand: Errand, journey: Journey, name: str, fact: Any) -> str:
    assert journey.offer is not None
    if fact is None and name != "goods":
        return errand.words(f"sheet.guide.{name}")
    told = errand.render(fact.ask.say) if fact else errand.words("sheet.guide.goods")
    options = _options(errand, journey.offer, name, fact)
    return errand.words("sheet.guide.options", told=told, options=options) if options else told
