"""A ruling as plain data: what a terminal prints, a page shows and a test compares."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hotline.rules.rulings import Citation, Ruling, citation
from hotline.rules.shelf import Pack
from hotline.rules.written import Words


def account(ruling: Ruling, language: str = "zh") -> dict[str, Any]:
    """Verdict, class, rules fired, citations, forbidden grounds, what else is said, and the facts still unknown."""
    head: dict[str, Any] = {
        "scheme": ruling.scheme,
        "place": ruling.place,
        "on": ruling.day.isoformat(),
        "verdict": ruling.verdict,
        "class": None,
        "packs": [pack_row(pack) for pack in ruling.packs],
    }
    answer = ruling.answer
    if answer is None:
        return {**head, **_empty(), "ended": ruling.ended and _ended(ruling.ended)}
    by_id = {pack.id: pack for pack in ruling.packs}
    own = ruling.pack
    rules: list[dict[str, Any]] = [
        {
            "id": rule.id,
            "pack": own.id,
            "verdict": rule.verdict,
            "say": _in(rule.say, language),
            "next": rule.next and _in(rule.next, language),
            "citations": _cited(own, rule.cite),
        }
        for rule in answer.rules
    ]
    bans = [
        {
            "ground": ban.forbidden.ground,
            "pack": ban.pack,
            "say": _in(ban.forbidden.say, language),
            "citations": _cited(by_id[ban.pack], ban.forbidden.cite),
        }
        for ban in answer.forbidden
    ]
    also = [
        {"id": one.id, "kind": one.kind, "say": _in(one.say, language), "citations": _cited(own, one.cite)}
        for one in answer.also
    ]
    return {
        **head,
        "class": answer.class_,
        "open": answer.open,
        "gap": answer.gap,
        "not_stated": answer.parameter,
        "say": rules[0]["say"] if rules else None,
        "next": rules[0]["next"] if rules else None,
        "rules": rules,
        "citations": [one for rule in rules for one in rule["citations"]],
        "forbidden": bans,
        "also": also,
        "overridden": [
            {
                "rule": one.rule.id,
                "say": _in(one.rule.say, language),
                "ground": one.forbidden.ground,
                "by": one.by,
                "citations": _cited(by_id[one.by], one.forbidden.cite),
            }
            for one in answer.overridden
        ],
        "assumed": dict(ruling.assumed),
        "unknown": list(answer.unknown),
        "possible": list(answer.possible),
        "ended": None,
    }


def pack_row(pack: Pack) -> dict[str, Any]:
    """A pack's head: id, scheme, divisions, and the days between which it holds (`until` is the first day after)."""
    head = pack.written.pack
    return {
        "id": pack.id,
        "version": pack.version,
        "scheme": head.scheme,
        "level": head.level,
        "divisions": list(head.divisions),
        "from": head.from_.isoformat(),
        "until": head.until and head.until.isoformat(),
        "checked": head.checked.isoformat(),
        "template": head.template,
        "title": head.title.zh,
    }


def cited(one: Citation) -> dict[str, Any]:
    """A citation: the document's title, number, date and issuer, the item meant, and whether we read it second hand."""
    source = one.source
    return {
        "title": source.title,
        "number": source.number,
        "date": source.date and source.date.isoformat(),
        "issuer": source.issuer,
        "item": one.item,
        "secondary": source.secondary,
        "pack": one.pack,
    }


def _cited(pack: Pack, cites: Sequence[str]) -> list[dict[str, Any]]:
    return [cited(citation(pack.written, cite)) for cite in cites]


def _in(words: Words, language: str) -> str:
    return words.en if language == "en" else words.zh


def _ended(pack: Pack) -> dict[str, Any]:
    by = pack.written.pack.ended_by
    return {**pack_row(pack), "by": cited(citation(pack.written, by)) if by else None}


def _empty() -> dict[str, Any]:
    lists: dict[str, Any] = {
        name: [] for name in ("rules", "citations", "forbidden", "also", "overridden", "unknown", "possible")
    }
    return {"assumed": {}, "open": False, "gap": False, "not_stated": None, "say": None, "next": None, **lists}
