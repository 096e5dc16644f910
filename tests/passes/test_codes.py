"""The QR code: small enough for a cheap phone, dense whatever the address, and read from bad pictures of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from xml.etree import ElementTree

import pytest
import zxingcpp
from cryptography.hazmat.primitives.asymmetric import ec
from PIL import Image

from handlers.pictures import codes, fonts, sheet
from hotline.passes.face import Face, address_of, read, sign
from tests.support import camera

KEY = ec.derive_private_key(220100, ec.SECP256R1())
UNTIL = datetime(2026, 3, 11, 4, tzinfo=UTC)
PLAIN = Face(
    "pass", "220100000017", "吉A12345", "yellow", "210102", "220104", UNTIL.replace(day=1), UNTIL, goods="daily"
)
USUAL = replace(PLAIN, plate="吉AD12345", trailer="吉B1234挂", via=("130229", "120119"), goods="key_industry")
FULL = replace(USUAL, via=("130229",) * 8)
HERE = "https://changxing.example.org"
ADDRESS = address_of(sign(USUAL, 3, KEY), HERE)


def found(image: Image.Image) -> str | None:
    """What a decoder that phones use (ZXing) reads."""
    return next((one.text for one in zxingcpp.read_barcodes(image, zxingcpp.BarcodeFormat.QRCode)), None)


@pytest.mark.parametrize("base", [HERE, "http://10.0.0.5:8080", "https://jt.example.org/cx"])
@pytest.mark.parametrize(("face", "version"), [(PLAIN, 8), (USUAL, 9), (FULL, 10)])
def test_its_size_whatever_the_address(face: Face, version: int, base: str) -> None:
    address = address_of(sign(face, 3, KEY), base)
    code = codes.qr(address)
    assert (code.error, code.version) == ("M", version)
    seen = found(codes.picture(address, 400))
    assert seen == address
    assert read(seen, {3: KEY.public_key()}).face == face


def test_as_a_drawing_in_a_page() -> None:
    drawn = ElementTree.fromstring(codes.svg(ADDRESS, "核验"))
    ground, dark = (part.attrib for part in drawn)
    side = int(drawn.attrib["viewBox"].split()[2])
    assert (ground["fill"], ground["d"], dark["fill"]) == ("#fff", f"M0 0h{side}v{side}H0z", "#000")
    image = Image.new("L", (side, side), 255)
    for run in dark["d"].removesuffix("z").split("z"):
        x, y, wide = (int(part) for part in run.removeprefix("M").replace("h", " ").partition("v")[0].split())
        image.paste(0, (x, y, x + wide, y + 1))
    assert found(image.resize((side * 8, side * 8), Image.Resampling.NEAREST)) == ADDRESS


def test_as_a_picture_each_module_is_whole_pixels() -> None:
    for most in (30, 400, 620):
        image = codes.picture(ADDRESS, most)
        assert image.width == image.height
        assert image.width % 61 == 0 and (image.width <= most or image.width == 61)
        assert [shade for _, shade in image.getcolors() or []] == [0, 255]


@pytest.fixture(scope="module")
def card() -> Image.Image:
    """The picture of a pass as it goes out by chat."""
    if fonts.found() is None:
        pytest.skip("no font for Chinese is installed")
    held_up = sheet.Sheet(
        tone="green",
        title="保供通行证（测试）",
        word="有效",
        until="到 2026年3月11日 12:00 为止",
        plate="吉AD12345",
        colour="yellow",
        way="辽宁省沈阳市和平区 → 河北省唐山市玉田县 → 天津市蓟州区 → 吉林省长春市朝阳区",
        rows=(("证号", "220100 000017"), ("货物", "重点工业品"), ("挂车", "吉B1234挂")),
        code=ADDRESS,
        foot=("扫码当场核验",),
    )
    drawn = sheet.png(held_up)
    assert drawn is not None
    return Image.open(BytesIO(drawn))


@pytest.mark.parametrize(
    "how",
    [
        {}, {"blur": 2.0}, {"turn": 12.0, "tilt": 0.1}, {"turn": 25.0, "tilt": 0.2, "blur": 1.5, "noise": 12.0},
        {"share": 0.6, "blur": 0.8}, {"contrast": 0.4, "noise": 8.0, "blur": 1.3, "quality": 30}, {"width": 320},
        {"turn": 180.0}, {"turn": -90.0, "share": 0.9},
    ],
    ids=str,
)  # fmt: skip
def test_a_cheap_phone_reads_it(card: Image.Image, how: dict[str, Any]) -> None:
    """480 pixels wide and worse, of the whole card: the code has half of that, four pixels to a module."""
    assert found(camera.seen(card, **how)) == ADDRESS


def test_telegram_makes_it_smaller_and_a_jpeg(card: Image.Image) -> None:
    """Photos there have at most 1280 pixels a side."""
    small = card.convert("RGB")
    small.thumbnail((1280, 1280))
    out = BytesIO()
    small.save(out, "JPEG", quality=80)
    assert found(camera.seen(Image.open(BytesIO(out.getvalue())), blur=1.5, turn=7.0)) == ADDRESS
