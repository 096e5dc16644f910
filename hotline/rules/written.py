"""The shape of a rule pack's file (TOML): what may stand in it, and what must.

`docs/pack.schema.json` is made of these classes, so that an editor knows the format too.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from locales.words import Say, in_each

VERDICTS = (
    "ALLOW", "ALLOW_PRIORITY", "TEST_THEN_ALLOW", "MANUAL", "NOT_NEEDED", "ADVISED", "NEEDED", "SEE_LOCAL",
)  # fmt: skip
"""What a rule may say. There is no refusal among them: a machine sends nobody back, it sends to a person (MANUAL)."""

LEVELS = ("nation", "province", "city", "county")

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,47}$")]
Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
Cite = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(#.{1,60})?$")]
"""A source of this pack, and the item in it: `n1#三(八)`."""

Ground = Literal[
    "star", "plate_region", "no_pass", "waiting_result", "repeat_test", "foreign_test", "blanket_ban",
    "unapproved_point", "layered_rules",
]  # fmt: skip
"""On what trucks were stopped against the rules, by the documents and by those who were stopped; each has its words."""

Day = dt.date
Constant = bool | int | float | str


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Words(_Shape):
    """A sentence in each language; Chinese first."""

    zh: Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
    en: Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]

    @property
    def say(self) -> Say:
        """The sentence, for whoever reads it."""
        return in_each({"zh": self.zh, "en": self.en})


class Dated(_Shape):
    """Something that holds from a day on, until the day on which it no longer does."""

    from_: Day | None = Field(None, alias="from", description="The first day; the pack's own when it is missing.")
    until: Day | None = Field(None, description="The first day on which it no longer holds.")

    def holds(self, day: Day) -> bool:
        """Whether it holds on this day."""
        return (self.from_ is None or self.from_ <= day) and (self.until is None or day < self.until)


class Head(_Shape):
    """What the pack is about, where and when it holds, and when somebody last compared it with its sources."""

    id: Id = Field(description="The name of the file, without .toml.")
    scheme: Name = Field(description="The question that it answers, such as truck_release.")
    kind: Literal["passage", "need", "other"] = Field(description="May I pass, do I need one, or something else.")
    title: Words
    level: Literal["nation", "province", "city", "county"]
    divisions: tuple[Annotated[str, StringConstraints(pattern=r"^\d{6}$")], ...] = Field(
        description="Codes of GB/T 2260; 000000 is the nation. A template has none."
    )
    from_: Day = Field(alias="from", description="The first day on which it is in force.")
    until: Day | None = Field(None, description="The first day on which it is no longer in force.")
    ended_by: Cite | None = Field(None, description="What ended it.")
    checked: Day = Field(description="The day on which somebody last compared it with its sources.")
    template: bool = Field(False, description="A bureau fills it in; as it stands it is in force nowhere.")
    note: Words | None = None

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.until is not None and self.until <= self.from_:
            raise ValueError("until is not after from")
        if self.template == bool(self.divisions):
            raise ValueError("a template names no division, and any other pack names one at least")
        return self


class Source(_Shape):
    """A published document; `secondary` when we read it as somebody else's copy or report and not at its issuer."""

    title: str
    issuer: str
    number: str | None = None
    date: Day | None = Field(None, description="Missing when the document bears none; the note then says so.")
    secondary: bool = False
    note: str | None = None

    @model_validator(mode="after")
    def _dated(self) -> Self:
        if self.date is None and not self.note:
            raise ValueError("a source without its date needs a note that says why")
        return self


class Value(Dated):
    """What a parameter is from a day on; without a `value` it is not known, and then only a person can say."""

    value: Constant | tuple[Constant, ...] | None = None
    cite: tuple[Cite, ...] = Field(min_length=1)
    note: Words | None = None


class Parameter(_Shape):
    """A number or a list that a document sets, by date."""

    meaning: Words
    unit: str | None = None
    values: tuple[Value, ...] = Field(min_length=1)


class Fact(_Shape):
    """Something that can be asked: a choice, yes or no, or a number between `low` and `high`."""

    kind: Literal["choice", "yes_no", "number"]
    ask: Words
    label: Words
    options: dict[Name, Words] | None = None
    low: float | None = None
    high: float | None = None
    whole: bool = Field(False, description="Only whole numbers.")
    unit: str | None = None
    none: Words | None = Field(None, description="The words for having no number at all: never tested.")
    assume: Constant | None = Field(
        None,
        description="Taken to be so, and said so, unless somebody says otherwise; a form asks for what is `last`.",
    )
    last: bool = Field(False, description="Asked for only when the others have not decided: it seldom changes much.")

    @model_validator(mode="after")
    def _whole_shape(self) -> Self:
        if (self.kind == "choice") != bool(self.options):
            raise ValueError("a choice has options, and nothing else does")
        if self.kind == "number" and (self.low is None or self.high is None or self.low >= self.high):
            raise ValueError("a number needs low and high, and low below high")
        wanted: type | tuple[type, ...] = {"choice": str, "yes_no": bool}.get(self.kind, (int, float))
        if self.assume is not None and not isinstance(self.assume, wanted):
            raise ValueError("assume is no value of this fact")
        if self.kind == "choice" and self.assume is not None and self.assume not in (self.options or ()):
            raise ValueError("assume is no option of this fact")
        if self.kind != "number" and (self.none or self.whole or self.low is not None or self.high is not None):
            raise ValueError("low, high, whole and none belong to numbers")
        return self


class Condition(Dated):
    """Every atom of `all` holds, and one of `any` where there are some. An atom compares one fact with constants."""

    all_: tuple[str, ...] = Field((), alias="all")
    any_: tuple[str, ...] = Field((), alias="any")
    cite: tuple[Cite, ...] = Field(min_length=1)

    @property
    def atoms(self) -> tuple[str, ...]:
        """Every atom."""
        return self.all_ + self.any_


class Rule(Condition):
    """One line of the list; the first that holds decides."""

    id: Id
    verdict: Literal[
        "ALLOW", "ALLOW_PRIORITY", "TEST_THEN_ALLOW", "MANUAL", "NOT_NEEDED", "ADVISED", "NEEDED", "SEE_LOCAL"
    ]
    class_: str | None = Field(None, alias="class", description="Which kind of it: the class of an oversize load.")
    ground: Ground | None = Field(
        None, description="What the rule is strict about; a wider pack may forbid that ground."
    )
    say: Words = Field(description="The answer in one sentence.")
    next: Words | None = Field(None, description="What to do now.")
    offer: tuple[Literal["appeal", "nearest", "filing"], ...] = Field(
        (), description="What the desk offers in one tap: an appeal against a code, the nearest points, a filing."
    )


class Forbidden(Condition):
    """A ground on which nobody may be stopped while the condition holds; it overrides narrower packs too."""

    ground: Ground
    say: Words


class Also(Condition):
    """Something more to be said: a document to bring, an authority. With `asks`, its facts are asked for."""

    id: Id
    of: tuple[str, ...] = Field((), description="Only with these classes.")
    asks: bool = False
    kind: Literal["note", "document", "authority", "limit"] = "note"
    say: Words


class Simple(Condition):
    """When an application is so plain that it is granted at once, and a sample of such ones looked at afterwards."""


class Issuing(_Shape):
    """The pass that is issued where this pack holds: what is asked for it, who decides by when, how long it holds."""

    name: Words = Field(description="As it is called on its face.")
    goods: Name | None = Field(
        None, description="The choice among the facts that says what is carried; told in words where there is none."
    )
    per: Literal["route", "truck"] = Field(
        "route", description="Of what there is one pass: 一车一证一线路, or 一车一证."
    )
    uses: Literal["many", "once"] = "many"
    valid_days: Name | None = Field(
        None, description="The parameter that says for how many days; where it has no value the reviewer decides."
    )
    steps: Literal[1, 2] = Field(1, description="How many people must agree.")
    decide_within: Annotated[str, StringConstraints(pattern=r"^[1-9]\d{0,3} ?(m|h|d|wh|wd)$")] = Field(
        "2h", description="By when it is decided, from the application on."
    )
    decide_within_of: dict[str, Annotated[str, StringConstraints(pattern=r"^[1-9]\d{0,3} ?(m|h|d|wh|wd)$")]] = Field(
        default_factory=dict, description="The same for a class of its own: a large load takes longer."
    )
    decide_within_across: dict[str, Annotated[str, StringConstraints(pattern=r"^[1-9]\d{0,3} ?(m|h|d|wh|wd)$")]] = (
        Field(
            default_factory=dict,
            description="The same for a class of its own when the way leads into another province.",
        )
    )
    issued_by: Literal["end", "way"] = Field(
        "end",
        description="Whose bureau issues it: that of the end whose pack it is, or of the division that holds the way.",
    )
    asks: tuple[Literal["crew", "test", "trailer", "photos"], ...] = Field(
        (), description="What must be told besides: who is on board, when each was tested, the trailer, photos."
    )
    automatic: tuple[Simple, ...] = Field((), description="Granted at once to a firm that is verified.")
    sample: float = Field(0.1, ge=0, le=1, description="The share of these that somebody looks at afterwards.")
    notes: tuple[Words, ...] = Field((), description="What is printed under it.")
    cite: tuple[Cite, ...] = Field(min_length=1)


class Filings(_Shape):
    """The filing before arrival (提前报备) that this pack asks for, each number by the name of its parameter."""

    name: Words = Field(description="As its code is called: 货车畅行码.")
    window_hours: Name | None = Field(None, description="How long before arrival at the latest.")
    valid_hours: Name | None = Field(None, description="How long the code holds from the planned arrival on.")
    stay_hours: Name | None = Field(None, description="After how long somebody has stayed too long.")
    asks: tuple[Literal["crew", "test", "trailer", "goods"], ...] = ()
    filed_by: tuple[Literal["driver", "firm"], ...] = ("driver", "firm")
    cite: tuple[Cite, ...] = Field(min_length=1)


class Case(_Shape):
    """Facts on a day, and what must come out."""

    name: str
    on: Day
    facts: dict[str, Constant] = Field(default_factory=dict)
    verdict: str
    class_: str | None = Field(None, alias="class")
    rule: Id | None = Field(None, description="The rule that decides.")
    forbidden: tuple[Name, ...] = Field((), description="Grounds that must be among the forbidden ones.")
    also: tuple[Id, ...] = Field((), description="What must be said besides.")
    asks: tuple[Name, ...] | None = Field(None, description="Exactly the facts that are still to be asked.")


class Written(_Shape):
    """A whole pack."""

    pack: Head
    sources: dict[Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+$")], Source] = Field(min_length=1)
    parameters: dict[Name, Parameter] = Field(default_factory=dict)
    facts: dict[Name, Fact] = Field(default_factory=dict)
    rules: tuple[Rule, ...] = Field(min_length=1)
    forbidden: tuple[Forbidden, ...] = ()
    also: tuple[Also, ...] = ()
    issuing: Issuing | None = Field(None, alias="pass", description="The pass that is issued under this pack.")
    filing: Filings | None = Field(None, description="The filing before arrival that this pack asks for.")
    cases: tuple[Case, ...] = Field(min_length=1)

    def cited(self) -> Iterator[tuple[str, str]]:
        """Every citation, and what cites it."""
        for name, parameter in self.parameters.items():
            yield from ((f"parameters.{name}", cite) for value in parameter.values for cite in value.cite)
        for rule in self.rules:
            yield from ((f"rule {rule.id}", cite) for cite in rule.cite)
        for ban in self.forbidden:
            yield from ((f"forbidden {ban.ground}", cite) for cite in ban.cite)
        for more in self.also:
            yield from ((f"also {more.id}", cite) for cite in more.cite)
        if self.issuing:
            yield from (("pass", cite) for cite in self.issuing.cite)
            yield from (("pass.automatic", cite) for one in self.issuing.automatic for cite in one.cite)
        if self.filing:
            yield from (("filing", cite) for cite in self.filing.cite)
        if self.pack.ended_by:
            yield "pack.ended_by", self.pack.ended_by

    def conditions(self) -> Iterator[tuple[str, Condition]]:
        """Everything that has atoms, with the name by which an error calls it."""
        yield from ((f"rule {rule.id}", rule) for rule in self.rules)
        yield from ((f"forbidden {ban.ground}", ban) for ban in self.forbidden)
        yield from ((f"also {more.id}", more) for more in self.also)
        yield from (("pass.automatic", one) for one in (self.issuing.automatic if self.issuing else ()))

    def breaks(self) -> list[Day]:
        """The days on which something in it changes, its first among them."""
        dated: list[Any] = [c for _, c in self.conditions()]
        dated += [value for parameter in self.parameters.values() for value in parameter.values]
        days = {day for one in dated for day in (one.from_, one.until) if day is not None}
        return sorted({self.pack.from_} | {day for day in days if self.holds(day)})

    def assumed(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        """What is taken to be so beside these facts."""
        return {n: f.assume for n, f in self.facts.items() if f.assume is not None and n not in facts}

    def holds(self, day: Day) -> bool:
        """Whether the pack is in force on this day."""
        return self.pack.from_ <= day and (self.pack.until is None or day < self.pack.until)
