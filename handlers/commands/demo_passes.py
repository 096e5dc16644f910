"""Invented firms, trucks, passes in every state, checks at the roadside and filed trips, all made by the verbs."""

from __future__ import annotations

import io
import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from PIL import Image
from sqlalchemy.ext.asyncio import AsyncSession

from bot.app import House
from hotline.filings import filing, moving
from hotline.filings.filing import Trip
from hotline.firms import fleet, registering, verifying
from hotline.passes import applying, blocks, deciding, ending, scans, wishes
from hotline.passes.scans import Check
from hotline.passes.wishes import Wish
from hotline.rules import shelf
from storage import attachments, files, turns
from storage.models import Contact, Firm, Pass, Staff

ALL = tomllib.loads(Path(__file__).with_name("demo_passes.toml").read_text("utf-8"))
"""Everything invented, by what it is; `hours` are hours ago."""

MINUTES = timedelta(minutes=12)
"""What a step takes at this desk."""


async def invent_passes(
    tx: AsyncSession, house: House, admin: Staff, reviewer: Staff, gate: Staff, now: datetime
) -> None:
    """Whatever there is to be seen of passes; nothing where the invented packs are not on the shelf."""
    if "demo-pass-need" not in shelf.current().packs:
        return
    start = now - timedelta(days=12)
    await blocks.allot(tx, admin, ALL["division"], ALL["first"], ALL["last"], ALL["document"], start)
    firms = [await _firm(tx, house, one, reviewer, start) for one in ALL["firms"]]
    told = [*_told("passes", "pass_need"), *_told("danger", "danger_pass"), *_told("oversize", "oversize")]
    for scene in sorted(told, key=lambda one: -one["hours"]):
        await _pass(tx, house, scene, firms, (reviewer, admin, gate), now)
    await ending.end(tx, now)
    for one in ALL["trips"]:
        await _trip(tx, house, one, gate, now)


def _told(name: str, scheme: str) -> list[dict[str, Any]]:
    return [one | {"scheme": scheme} for one in ALL[name]]


async def _firm(
    tx: AsyncSession, house: House, one: dict[str, Any], reviewer: Staff, at: datetime
) -> tuple[Contact, Firm]:
    owner = await _somebody(tx, house, f"demo-{one['uscc']}", at)
    entry = registering.Entry(
        one["uscc"], one["name"], one["division"], one["person"], one["phone"], [await _photo(tx, house, owner, at)]
    )
    firm = await registering.register(tx, owner, entry, house.settings.default_division, at)
    for plate, colour, trailer in one["trucks"]:
        await fleet.add(tx, owner, firm.id or 0, plate, colour, trailer or None, at)
    if one["verified"]:
        await verifying.verify(tx, reviewer, firm.id or 0, ["registry"], at + MINUTES)
    return owner, firm


async def _pass(
    tx: AsyncSession,
    house: House,
    scene: dict[str, Any],
    firms: list[tuple[Contact, Firm]],
    staff: tuple[Staff, Staff, Staff],
    now: datetime,
) -> None:
    at = (now - timedelta(hours=scene["hours"])).replace(second=0, microsecond=0)
    reviewer, admin, gate = staff
    owner, firm = firms[scene["firm"]] if "firm" in scene else (await _somebody(tx, house, scene["plate"], at), None)
    wish = await _wish(tx, house, scene, owner, firm, at)
    pass_ = await applying.apply(tx, owner, wish, at)
    await _decided(tx, scene, pass_, owner, (reviewer, admin), at)
    if scene["story"] in ("granted", "issued", "used") and pass_.payload and at + 5 * MINUTES < now:
        await _checked(tx, gate, pass_, at + 4 * MINUTES)
    if scene["story"] == "renewed":
        again = min(at + timedelta(days=9), now)
        await applying.apply(tx, owner, wishes.renewal_of(pass_, again), again)


async def _wish(
    tx: AsyncSession, house: House, scene: dict[str, Any], owner: Contact, firm: Firm | None, at: datetime
) -> Wish:
    is_everyday = scene["scheme"] == "pass_need"
    facts: dict[str, dict[str, Any]] = {
        "pass_need": {"controlled": True},
        "danger_pass": {"empty": False},
        "oversize": {"height_m": 4.6},
    }
    photos = [] if is_everyday else [await _photo(tx, house, owner, at)]
    return Wish(
        scheme=scene["scheme"],
        origin=scene["origin"],
        destination=scene["destination"],
        via=tuple(scene.get("via", ())),
        plate=scene["plate"],
        colour=scene["colour"],
        trailer=scene.get("trailer", "" if not is_everyday else None),
        goods=scene.get("goods", "other"),
        goods_words=scene.get("words"),
        from_wished=at,
        crew=({"name": "示例司机"},),
        facts=facts[scene["scheme"]],
        photos=photos,
        firm_id=firm.id if firm else None,
    )


async def _decided(
    tx: AsyncSession, scene: dict[str, Any], pass_: Pass, owner: Contact, desk: tuple[Staff, Staff], at: datetime
) -> None:
    """What the desk did with it."""
    pass_id, (reviewer, admin), said, then = pass_.id or 0, desk, scene.get("said", ""), at + MINUTES
    match scene["story"]:
        case "issued" | "checked":
            await deciding.approve(tx, reviewer, pass_id, then)
        case "used":
            await deciding.approve(tx, reviewer, pass_id, then, valid_until=at + timedelta(days=2))
        case "refused":
            await deciding.refuse(tx, reviewer, pass_id, ALL["cite"], said, then)
        case "withdrawn":
            await applying.withdraw(tx, pass_id, owner, then)
        case "returned" | "completed":
            await deciding.send_back(tx, reviewer, pass_id, scene["missing"], said, then)
            if scene["story"] == "completed":
                crew = ({"name": "示例司机"}, {"name": "示例押运"})
                later = then + MINUTES
                told = wishes.wish_of(pass_, crew=crew, from_wished=later, until_wished=later + timedelta(days=5))
                await applying.complete(tx, pass_id, owner, told, later)
        case "revoked":
            await deciding.approve(tx, reviewer, pass_id, then)
            await deciding.revoke(tx, admin, pass_id, ALL["cite"], said, at + timedelta(hours=20))
        case "granted" | "renewed" if pass_.state == "applied":
            await deciding.approve(tx, reviewer, pass_id, then)


async def _checked(tx: AsyncSession, gate: Staff, pass_: Pass, at: datetime) -> None:
    check = Check(f"demo-{pass_.code}", pass_.payload or "", "passed", at, plate_seen=pass_.plate, place="示例检查点")
    await scans.record(tx, gate, check, at)


async def _trip(tx: AsyncSession, house: House, one: dict[str, Any], gate: Staff, now: datetime) -> None:
    arrives = now - timedelta(hours=one["hours"])
    filed = min(now, arrives) - timedelta(hours=10)
    trip = Trip(
        origin=one["origin"],
        destination=one["destination"],
        plate=one["plate"],
        colour=one["colour"],
        arrives_at=arrives,
        leaves_at=arrives + timedelta(hours=one["stays"]),
        consignee=one["consignee"],
        goods=one["goods"],
        crew=({"name": one["person"]},),
        facts={"unloads": True},
    )
    made = await filing.file(tx, await _somebody(tx, house, one["plate"], filed), trip, filed)
    if arrives < now:
        await moving.enter(tx, made, f"staff:{gate.id}", arrives, now)


async def _somebody(tx: AsyncSession, house: House, address: str, now: datetime) -> Contact:
    return await turns.contact_at(tx, "web", house.settings.web_account, f"demo-{address}", "zh_CN", now)


async def _photo(tx: AsyncSession, house: House, owner: Contact, now: datetime) -> int:
    """A blank sheet in place of a paper."""
    sheet = io.BytesIO()
    Image.new("RGB", (640, 400), "#eef2ee").save(sheet, "PNG")
    kept = files.keep(house.files, sheet.getvalue())
    return await attachments.keep(tx, owner.channel, owner.account, owner.address, kept, now)
