"""A checkpoint for tests in a browser: gates, officers, passes that were granted, and codes tampered with."""

from __future__ import annotations

import base64
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path

import segno
from cryptography.hazmat.primitives.asymmetric import ec
from PIL import Image

from hotline import points
from hotline.passes import deciding, face
from hotline.point_entry import Entry
from storage.models import Pass, Staff
from tests.staff.desk import Desk
from tests.support.passes import contact, hired, issued

HOUR = timedelta(hours=1)
PLATES = ("吉A12345", "吉D40001", "吉E50001", "吉B20001", "吉C30001")


@dataclass
class Gates:
    """Two gates, and the passes: three that hold, one that is revoked, one that begins tomorrow."""

    desk: Desk
    boss: Staff
    east: int
    far: int
    good: Pass
    second: Pass
    third: Pass
    revoked: Pass
    later: Pass

    @property
    def code(self) -> str:
        return self.good.payload or ""

    def altered(self) -> str:
        """Another truck under the signature of this one."""
        known, key = face.from_bytes(_raw(self.code)[:-64])
        return _text(face.to_bytes(replace(known, plate="吉Z99999"), key) + _raw(self.code)[-64:])

    def forged(self, key: int = 0) -> str:
        """The same face, signed by somebody else; `key` is whose it says it is."""
        known, _ = face.from_bytes(_raw(self.code)[:-64])
        return face.sign(known, key, ec.generate_private_key(ec.SECP256R1()))

    async def revoke(self, pass_: Pass) -> None:
        """It is revoked, and no phone has heard of it yet."""
        async with self.desk.db.write() as tx:
            await deciding.revoke(tx, self.boss, pass_.id or 0, (pass_.basis or {})["cite"], "改线", now())


def now() -> datetime:
    """By the same clock as the browser's."""
    return datetime.now(UTC)


async def gates(desk: Desk) -> Gates:
    """A desk whose officer 老周 stands at 长春东."""
    moment = now()
    async with desk.db.write() as tx:
        staff = await hired(tx, moment)
        driver = await contact(tx, "driver", moment)
        begins = [moment - HOUR] * 4 + [moment + 24 * HOUR]
        good, second, third, revoked, later = [
            await issued(tx, driver, staff["li"], moment - HOUR, plate=plate, trailer="吉A1234挂", from_wished=since)
            for plate, since in zip(PLATES, begins, strict=True)
        ]
        await deciding.revoke(tx, staff["boss"], revoked.id or 0, (revoked.basis or {})["cite"], "改线", moment)
        east, far = [
            (await points.add(tx, staff["boss"], _gate(name, division, at), moment)).id or 0
            for name, division, at in (
                ("长春东检查站", "220112", (43.88, 125.45)), ("德惠北检查站", "220183", (44.53, 125.70)),
            )
        ]  # fmt: skip
    await desk.hire("zhou1", "checkpoint")
    await desk.hire("wu", "checkpoint")
    return Gates(desk, staff["boss"], east, far, good, second, third, revoked, later)


def _gate(name: str, division: str, at: tuple[float, float]) -> Entry:
    return Entry(
        kind="checkpoint", name=name, division=division, latitude=at[0], longitude=at[1], datum="wgs84", road="G12",
        purpose="overload", body="省政府", body_level="province", document="批复", valid_from=date(2020, 1, 1),
        source="现场核对", confirmed_on=date(2026, 3, 1),
    )  # fmt: skip


def as_film(code: str, file: Path, *, frames: int = 8) -> Path:
    """What a camera sees that is held over a printed code: a few seconds of MJPEG, which Chromium plays as a camera."""
    drawn = BytesIO()
    segno.make(code, error="m", micro=False).save(drawn, kind="png", scale=6, border=4)
    picture = Image.open(drawn).convert("RGB")
    picture.thumbnail((420, 420))
    still = Image.new("RGB", (640, 480), "#7a7f78")
    still.paste(picture.rotate(4, expand=True, fillcolor="#7a7f78"), (100, 20))
    frame = BytesIO()
    still.save(frame, "JPEG", quality=80)
    file.write_bytes(frame.getvalue() * frames)
    return file


def _raw(text: str) -> bytes:
    return base64.b32decode(text + "=" * (-len(text) % 8))


def _text(raw: bytes) -> str:
    return base64.b32encode(raw).decode().rstrip("=")
