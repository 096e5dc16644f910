"""What the checkpoint page asks of the console: its list, a second look by the ledger, and to take its checks in.

The page itself is public and kept on the phone (handlers/public/checkpoint.py); the console's session opens these.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web
from itsdangerous import BadSignature, URLSafeTimedSerializer

from handlers import checkpoint_words as words
from handlers.staff.visit import Visit
from hotline import approvals, divisions
from hotline.filings.alerting import AFTERWARDS
from hotline.passes import offline, scans
from hotline.passes.issuer import issuer_of
from hotline.passes.scans import OLDEST, Check, here_at, record
from hotline.passes.verifying import Judged, Look, verify
from locales.words import Refusal
from storage import filings, points
from storage import staff as people
from storage.models import Point, Staff

PAGE = "/checkpoint"
MOST_GATES = 300
MOST_ALERTED = 500
"""Trips with an alert that a phone takes along; a province with more has other means."""

AT_ONCE = 100
"""Checks that one upload may bring; a phone with more sends the rest in the next."""

LONGEST_WORDS = 700


async def go(visit: Visit) -> web.StreamResponse:
    """GET /staff/checkpoint: to the page; where the sign-in leads back to."""
    return visit.onward(PAGE)


async def taken_along(visit: Visit) -> web.StreamResponse:
    """GET /staff/checkpoint/list: keys, numbers, what ended early, alerts, the gates here, and who this is."""
    member = visit.staff
    async with visit.house.db.read() as tx:
        found = dict(await offline.taken_along(tx, visit.now))
        found["keys"] = await offline.public_keys(tx)
        bounds, force = divisions.bounds(member.division), approvals.in_force(approvals.today(visit.now))
        gates = await points.in_division(tx, "checkpoint", bounds, MOST_GATES, force, placed=True)
        issuer = await issuer_of(tx, member.division)
        alerted = await filings.alerted(tx, bounds, visit.now - AFTERWARDS, MOST_ALERTED)
    found |= {
        "alerted": alerted,
        "at": int(visit.now.timestamp() * 1000),
        "officer": {"id": member.id, "name": member.name},
        "writ": _writ(visit).dumps(member.id),
        "form": visit.form_token,
        "gates": [_gate(one) for one in gates],
        "issuer": {"name": issuer.called, "phone": issuer.reached_by},
    }
    return _json(found)


async def look(visit: Visit) -> web.StreamResponse:
    """POST /staff/checkpoint/look: what the ledger says of a code now, beside what the phone said."""
    form = visit.form
    async with visit.house.db.read() as tx:
        here = await here_at(tx, visit.staff, _whole(form.get("point")))
        shown = Look(form.get("shown", "")[: scans.LONGEST_SHOWN], visit.now, form.get("plate", "")[:40] or None, here)
        judged = await verify(tx, replace(shown, staff_id=visit.staff.id))
        told = _told(visit, judged) | {"gate": await words.gate_of(tx, judged)}
        if judged.number:
            issuer = await issuer_of(tx, judged.number[:6])
            told["issuer"] = {"name": issuer.called, "phone": issuer.reached_by}
    return _json(told)


async def take_in(visit: Visit) -> web.StreamResponse:
    """POST /staff/checkpoint/scans: checks made while there was no network, or just now; each counts once."""
    try:
        sent = json.loads(visit.form.get("scans", ""))
    except ValueError:
        raise web.HTTPBadRequest from None
    if not isinstance(sent, list) or len(sent) > AT_ONCE or not all(isinstance(one, dict) for one in sent):
        raise web.HTTPBadRequest
    return _json({"answers": [await _one(visit, one) for one in sent]})


async def _one(visit: Visit, sent: Mapping[str, Any]) -> dict[str, Any]:
    """One check in a transaction of its own: what is amiss with one holds up no other."""
    mark = str(sent.get("mark", ""))[:64]
    try:
        check = _check(sent)
        async with visit.house.db.write() as tx:
            by = await _officer(visit, tx, sent.get("writ"))
            scan, is_new = await record(tx, by, check, visit.now)
    except Refusal as no:
        return {"mark": mark, "refused": visit.render(no.say)}
    word = visit.words(f"checkpoint.verdict.{scan.verdict}")
    return {"mark": mark, "verdict": scan.verdict, "word": word, "told": scan.told, "new": is_new, "id": scan.id}


def _check(sent: Mapping[str, Any]) -> Check:
    """Raises Refusal for what no page of ours sends."""
    try:
        at = datetime.fromtimestamp(float(sent["at"]) / 1000, UTC)
        known = {name: _text(sent.get(name)) for name in ("told", "reason", "plate_seen", "place")}
        return Check(
            mark=str(sent["mark"]),
            shown=str(sent["shown"]),
            deed=str(sent["deed"]),
            at=at,
            point_id=_whole(sent.get("point")),
            offline=bool(sent.get("offline")),
            **known,
        )
    except (KeyError, TypeError, ValueError, OverflowError, OSError):
        raise Refusal("checkpoint.scan.unread") from None


async def _officer(visit: Visit, tx: Any, writ: object) -> Staff:
    """Who made the check: the one whose list the phone held, as we signed it then; else whoever uploads it."""
    if not isinstance(writ, str) or not writ:
        return visit.staff
    try:
        staff_id = _writ(visit).loads(writ, max_age=int((OLDEST + timedelta(days=1)).total_seconds()))
    except BadSignature:
        raise Refusal("checkpoint.scan.unread") from None
    return await people.by_id(tx, int(staff_id)) or visit.staff


def _writ(visit: Visit) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(visit.house.secret, salt="checkpoint.writ")


def _told(visit: Visit, judged: Judged) -> dict[str, Any]:
    face = judged.face if judged.verdict not in ("altered", "forged") else None
    told: dict[str, Any] = {
        "verdict": judged.verdict,
        "why": visit.render(words.why(judged)),
        "do": visit.words(f"checkpoint.do.{judged.verdict}"),
        "number": judged.number,
    }
    if face is not None and judged.verdict != "unknown":
        told["face"] = {
            "kind": face.kind, "number": face.number, "plate": face.plate, "colour": face.colour,
            "origin": face.origin, "destination": face.destination, "via": list(face.via), "trailer": face.trailer,
            "goods": face.goods, "once": face.once,
            "from": int(face.valid_from.timestamp() * 1000), "until": int(face.valid_until.timestamp() * 1000),
        }  # fmt: skip
    return told


def _gate(point: Point) -> dict[str, Any]:
    known = None if point.north is None else [round(point.north, 5), round(point.east or 0, 5)]
    return {"id": point.id, "name": point.name, "road": point.road or "", "direction": point.direction, "at": known,
            "division": point.division}  # fmt: skip


def _text(value: object) -> str | None:
    return value[:LONGEST_WORDS] if isinstance(value, str) and value else None


def _whole(value: object) -> int | None:
    plain = str(value or "")
    return int(plain) if plain.isascii() and plain.isdecimal() and len(plain) < 19 else None


def _json(body: Mapping[str, Any]) -> web.Response:
    response = web.json_response(body, dumps=lambda it: json.dumps(it, ensure_ascii=False, separators=(",", ":")))
    response.headers["Cache-Control"] = "no-store"
    response.enable_compression()
    return response
