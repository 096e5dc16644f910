"""Small real pictures."""

from io import BytesIO

from PIL import Image


def png(shade: int, size: int = 8) -> bytes:
    """A grey PNG; another shade is another content."""
    out = BytesIO()
    Image.new("L", (size, size), shade % 256).save(out, "PNG")
    return out.getvalue()
