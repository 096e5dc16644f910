"""What a page of the console may load: only what is ours, unless a page names one more source of pictures."""

from __future__ import annotations

POLICY = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"


def with_images_of(origin: str) -> str:
    """The same, with pictures of this origin too."""
    return f"{POLICY}; img-src 'self' {origin}"
