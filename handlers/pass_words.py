"""How a pass reads in chat: in one line, whole, and as the answer to what was just done with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import Option, Reply
from handlers import desk
from handlers.ruling_words import CLERK, REPORT
from hotline.divisions import place_name
from hotline.formats.names import mask_name
from hotline.passes.offers import offer_of
from hotline.passes.standing import stands
from hotline.passes.telling import BUTTONS, facts_of
from locales.words import Say, say, together
from storage import passes as ledger
from storage.models import PENDING, Pass, PassEvent

MY_PASSES = Option("/mypasses", say("command.mypasses"))

MOST_EVENTS = 8
"""Lines of its story that a phone shows; the console has them all."""


def button(name: str, pass_: Pass) -> Option:
    """What can be done with this pass, in one tap."""
    command, label = BUTTONS[name]
    return Option(command.format(code=pass_.code), say(label))


def withdraw(pass_: Pass) -> Option:
    """The button that takes an application back."""
    return Option(f"/withdraw_pass {pass_.code}", say("command.withdraw_pass"))


def address_of(pass_: Pass) -> str:
    """The page of a pass, which its holder shows and prints."""
    return f"{desk.address()}/passes/{pass_.code}"


def picture_of(pass_: Pass) -> dict[str, Any]:
    """What is drawn of it."""
    return {"kind": "pass", "pass": pass_.id}


def none_here() -> Reply:
    """There is no pass for this journey, or none of those that there are was meant."""
    words = say("apply_pass.none", report=REPORT.label, clerk=CLERK.label)
    return Reply(words, (Option("/need_pass", say("command.need_pass")), REPORT, CLERK))


def applied(pass_: Pass) -> Reply:
    """What became of an application: granted at once, or by when somebody decides."""
    if pass_.state == "issued":
        words = together(say("pass.told.issued", **facts_of(pass_)), say("pass_forms.page", address=address_of(pass_)))
        return Reply(words, (button("see", pass_),), about=f"pass:{pass_.id}", picture=picture_of(pass_))
    words = say("pass_forms.applied", **facts_of(pass_))
    return Reply(words, (button("see", pass_), withdraw(pass_)), about=f"pass:{pass_.id}")


def where_to_check() -> Reply:
    """Somebody asks after a pass that he has no right to see: officers and holders have ways of their own."""
    return Reply(say("pass_forms.where_to_check", address=f"{desk.address()}/checkpoint"), (MY_PASSES, CLERK))


def kept_short(pass_: Pass) -> dict[str, Any]:
    """What a question shows of a pass, as it is kept with the answers."""
    return {
        "plate": pass_.plate,
        "colour": pass_.colour,
        "trailer": pass_.trailer,
        "way": [pass_.origin, *pass_.via, pass_.destination],
        "number": pass_.number,
    }


def in_short(kept: Mapping[str, Any]) -> list[Say]:
    """What `kept_short` kept, as "label: value"."""
    more = [say(f"firm.colour.{kept['colour']}"), *([kept["trailer"]] if kept.get("trailer") else [])]
    rows: list[tuple[str, Any]] = [
        ("truck", say("pass_forms.truck", plate=kept["plate"], more=more)),
        ("route", way_of(kept["way"])),
        ("number", kept.get("number")),
        ("crew", say("pass_forms.list", parts=kept["crew"]) if kept.get("crew") else None),
    ]
    return [say("dialogue.pair", label=say(f"pass_forms.label.{name}"), value=value) for name, value in rows if value]


async def there_already(tx: AsyncSession, kept: Mapping[str, Any]) -> Reply:
    """What the truck has on this route already, with what can be done with that."""
    other = await ledger.by_code(tx, kept["code"]) if "code" in kept else None
    if other is None:
        return Reply(say("pass.apply.taken", plate=kept.get("plate", "")), (CLERK,))
    near = {"issued": [button("renew", other)], "returned": [button("complete", other)]}
    return Reply(stands(other).say, (button("see", other), *near.get(other.state, [withdraw(other)])))


def line(pass_: Pass, place: int) -> Say:
    """One pass in a list."""
    facts = facts_of(pass_) | {"place": place, "state": state_of(pass_)}
    return Say("pass_forms.line", facts)


def state_of(pass_: Pass) -> Say:
    """How it stands, with the time that matters most."""
    if pass_.state in ("applied", "checked"):
        return say("pass_forms.state.waits", state=say(f"pass.state.{pass_.state}"), due=pass_.due_at)
    if pass_.state == "issued":
        return say("pass_forms.state.until", state=say("pass.state.issued"), until=pass_.valid_until)
    return say(f"pass.state.{pass_.state}")


def shown(pass_: Pass, events: Sequence[PassEvent], now: datetime, *, may_act: bool) -> Reply:
    """A whole pass: how it stands, what it is for, what happened, and what can be done."""
    parts = [say("pass_forms.one", lines=list(_lines(pass_, now)))]
    if pass_.state in ("returned", "refused", "revoked"):
        parts.append(say(f"pass_forms.why.{pass_.state}", **facts_of(pass_)))
    parts.append(say("pass_forms.story", lines=[_event(one) for one in events[-MOST_EVENTS:]]))
    if pass_.state == "issued":
        parts.append(say("pass_forms.page", address=address_of(pass_)))
    picture = picture_of(pass_) if pass_.state == "issued" else None
    return Reply(together(*parts), tuple(_ways(pass_, may_act=may_act)), about=f"pass:{pass_.id}", picture=picture)


def _lines(pass_: Pass, now: datetime) -> list[Say]:
    offer = offer_of(pass_, now)
    rows: list[tuple[str, Any]] = [
        ("pass", offer.issuing.name.say if offer else pass_.scheme),
        ("number", pass_.number),
        ("state", state_of(pass_)),
        ("truck", say("pass_forms.truck", plate=pass_.plate, more=_more(pass_))),
        ("route", _route(pass_)),
        ("goods", _goods(pass_, offer.goods if offer else {})),
        ("crew", say("pass_forms.list", parts=[mask_name(one["name"]) for one in pass_.crew]) if pass_.crew else None),
        (
            "window",
            say("pass_forms.window", begins=pass_.valid_from, until=pass_.valid_until) if pass_.number else None,
        ),
        ("once", say("pass_forms.once") if pass_.uses == "once" else None),
    ]
    return [say("dialogue.pair", label=say(f"pass_forms.label.{name}"), value=value) for name, value in rows if value]


def _more(pass_: Pass) -> list[Say | str]:
    return [say(f"firm.colour.{pass_.colour}"), *([pass_.trailer] if pass_.trailer else [])]


def _route(pass_: Pass) -> Say:
    return way_of([pass_.origin, *pass_.via, pass_.destination])


def way_of(codes: Sequence[str]) -> Say:
    """A journey as people write it: 沈阳市和平区 → 四平市铁西区 → 长春市朝阳区."""
    return say("pass_forms.route", way=" → ".join(place_name(code) for code in codes))


def _goods(pass_: Pass, known: Mapping[str, Say]) -> Say | str | None:
    if pass_.goods == "other" and pass_.goods_words:
        return pass_.goods_words
    return known.get(pass_.goods)


def _event(event: PassEvent) -> Say:
    return say("pass_forms.event", at=event.at, what=say(f"pass.event.{event.kind}"))


def _ways(pass_: Pass, *, may_act: bool) -> list[Option]:
    ways = []
    if may_act and pass_.state == "returned":
        ways.append(button("complete", pass_))
    if may_act and pass_.state in PENDING:
        ways.append(withdraw(pass_))
    if pass_.state == "issued":
        ways.append(Option(f"/obstructed {pass_.code}", say("checkpoint.obstructed.tap")))
    if may_act and pass_.state in ("issued", "expired", "used"):
        ways.append(button("renew", pass_))
    return [*ways, CLERK]
