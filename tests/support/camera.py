"""What a cheap phone's camera makes of a picture: small, tilted, turned, blurred, dim, noisy, and a JPEG."""

from __future__ import annotations

from io import BytesIO

from PIL import Image, ImageChops, ImageEnhance, ImageFilter

GROUND = 110


def seen(
    picture: Image.Image, *, width: int = 480, share: float = 1.0, blur: float = 1.0, tilt: float = 0.0,
    turn: float = 0.0, contrast: float = 1.0, noise: float = 0.0, quality: int = 50,
) -> Image.Image:  # fmt: skip
    """A frame of `width` pixels of which the picture takes `share`; `tilt` narrows its top by that share a side.

    `turn` in degrees, `blur` as the radius in pixels, `noise` as the deviation in steps of grey.
    """
    held = picture.convert("L")
    wide = int(width * share)
    held = held.resize((wide, held.height * wide // held.width), Image.Resampling.BILINEAR)
    frame = Image.new("L", (width, held.height + 60), GROUND)
    frame.paste(held, ((width - wide) // 2, 30))
    w, h = frame.size
    corners = (-tilt * w, 0, 0, h, w, h, w + tilt * w, 0)
    frame = frame.transform((w, h), Image.Transform.QUAD, corners, Image.Resampling.BILINEAR, fillcolor=GROUND)
    frame = frame.rotate(turn, Image.Resampling.BILINEAR, expand=True, fillcolor=GROUND)
    frame = frame.filter(ImageFilter.GaussianBlur(blur))
    frame = ImageEnhance.Contrast(frame).enhance(contrast)
    if noise:
        frame = ImageChops.add(frame, Image.effect_noise(frame.size, noise), 1, -128)
    out = BytesIO()
    frame.save(out, "JPEG", quality=quality)
    return Image.open(BytesIO(out.getvalue()))
