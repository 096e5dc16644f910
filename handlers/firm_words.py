"""What the firms' flows share: questions of their trade, and how a firm, its people and its trucks read in a chat."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from bot.conversation import Given, Moment, Option, Question, matching
from handlers import desk
from hotline import divisions
from hotline.divisions import place_name
from hotline.divisions.table import gathers
from hotline.firms.acting import KEEPERS
from hotline.firms.inviting import check_authority
from hotline.firms.members import day_of
from hotline.firms.verifying import reason
from hotline.formats.credit_codes import division_in, parse_credit_code
from hotline.formats.days_ahead import parse_day_ahead
from hotline.formats.names import mask_name
from hotline.formats.tidy import shown
from locales.words import SHANGHAI, Refusal, Say, say, together
from storage.models import COLOURS, MEMBER_ROLES, Firm, Invitation, Member, Vehicle

SHOWN = 20
"""Lines of a list in one bubble; the web page has all."""

DEEDS: dict[str, tuple[str, ...]] = {
    "see": MEMBER_ROLES, "invite": KEEPERS, "add": KEEPERS, "vehicles": ("owner", "clerk", "agent"),
    "retire": KEEPERS, "members": KEEPERS, "remove": KEEPERS, "void": KEEPERS, "extend": ("owner",),
    "leave": MEMBER_ROLES,
}  # fmt: skip
"""What may be done with a firm, and by whom of its people."""

SPANS = ("1m", "3m", "6m", "12m")
"""How long an agent's 授权 lasts, as buttons."""


def credit_code(name: str) -> Question:
    """The code of a firm's licence, its eighteen signs."""
    return Question(name, lambda _question, given, _moment: parse_credit_code(given.text))


def seat(name: str, uscc: str, old: str | None = None) -> Question:
    """The division where a firm has its seat, `{"code"}`; the one in its code, or the old one, stands as a button."""
    likely = _seat_of(uscc) if old is None else old
    options = (Option(likely, say("firm.place", name=place_name(likely))),) if likely else ()

    def read(question: Question, given: Given, _moment: Moment) -> dict[str, str]:
        chosen = given.pressed if given.pressed == likely else matching(question, given.text)
        if chosen is not None:
            return {"code": chosen}
        found = divisions.by_code(given.text) or divisions.resolve(given.text, likely or desk.division())
        if found is None or not found.is_current or found.code == divisions.NATION:
            raise Refusal("firm.division.refused", typed=shown(given.text))
        return {"code": found.code}

    return Question(name, read, lambda value: place_name(value["code"]), options=options, optional=old is not None)


def last_day(name: str) -> Question:
    """The last day of an agent's 授权, `{"day"}` in ISO 8601; some spans stand as buttons."""

    def read(question: Question, given: Given, moment: Moment) -> dict[str, str]:
        chosen = given.pressed if given.pressed in SPANS else matching(question, given.text)
        today = moment.now.astimezone(SHANGHAI).date()
        day = parse_day_ahead(f"{chosen[:-1]}个月" if chosen else given.text, today)
        check_authority(day, moment.now)
        return {"day": day.isoformat()}

    return Question(name, read, lambda value: day_of(date.fromisoformat(value["day"])), options=SPANS)


def colour(name: str, likely: Sequence[str], **facts: Any) -> Question:
    """The colour of a plate: the likely ones first, and every other one behind them."""
    order = [*likely, *(one for one in COLOURS if one not in likely)]
    options = tuple(Option(one, say(f"firm.colour.{one}")) for one in order)

    def read(question: Question, given: Given, _moment: Moment) -> str:
        said = given.text.removesuffix("色").replace("色牌", "牌")
        chosen = (
            given.pressed if given.pressed in order else matching(question, said) or matching(question, f"{said}牌")
        )
        if chosen is None:
            raise Refusal("question.choice.refused", count=len(order))
        return chosen

    return Question(name, read, options=options, facts=facts)


def join_address(code: str) -> str:
    """Where somebody who has a code begins, from any phone."""
    return f"{desk.address()}/join/{code}"


def state_of(firm: Firm) -> Say:
    """How a firm stands, with the reason where there is one."""
    state = say(f"firm.state.{firm.state}")
    return say("firm.state.because", state=state, why=reason(firm)) if firm.grounds else state


def overview(firm: Firm, member: Member, people: int, trucks: int) -> Say:
    """A firm as somebody in it sees it."""
    until = member.authority_until
    role = say(f"firm.role.{member.role}")
    mine = say("firm.role.until", role=role, until=day_of(until)) if until else role
    head = say("my_firm.one", name=firm.name, uscc=firm.uscc, state=state_of(firm), role=mine)
    return (
        together(head, say("my_firm.size", people=people, trucks=trucks), gap="\n") if member.role != "driver" else head
    )


def person(place: int, member: Member) -> Say:
    """Somebody in a list that stays in a chat: his name is masked there, the web page has it whole."""
    until = member.authority_until
    return say(
        "my_firm.person.until" if until else "my_firm.person",
        place=place,
        name=mask_name(member.name or "?"),
        role=say(f"firm.role.{member.role}"),
        since=member.joined_at,
        **({"until": day_of(until)} if until else {}),
    )


def truck(place: int, vehicle: Vehicle) -> Say:
    """A truck in a list."""
    key = "my_firm.truck.drawing" if vehicle.trailer else "my_firm.truck"
    return say(
        key,
        place=place,
        plate=vehicle.plate,
        colour=say(f"firm.colour.{vehicle.colour}"),
        **({"trailer": vehicle.trailer} if vehicle.trailer else {}),
    )


def code_line(invitation: Invitation) -> Say:
    """A code that is still good."""
    role = say(f"firm.role.{invitation.role}")
    return say("my_firm.code", code=invitation.code, role=role, left=invitation.left_over, until=invitation.until)


def _seat_of(uscc: str) -> str | None:
    """The division in a code, when it is one where a firm can have its seat; offices of a whole city stand for it."""
    code = division_in(uscc)
    for one in (code, f"{code[:4]}00", f"{code[:2]}0000") if code else ():
        found = divisions.by_code(one)
        if found is not None and found.is_current and not gathers(one):
            return one
    return None
