"""Where the five published sources are, if they are at hand: LIBRARY_SOURCES, else a folder beside the repository."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
_NAMED = os.environ.get("LIBRARY_SOURCES")
_FOLDER = Path(_NAMED) if _NAMED else ROOT.parent / "shared" / "sources"
FILES = sorted(_FOLDER.glob("*.txt")) if _FOLDER.is_dir() else []
FOLDER = _FOLDER if FILES else None

QUESTIONS = Path(__file__).with_name("questions.toml")


def questions() -> list[dict[str, Any]]:
    """Every question, with the document and the clause that answer it."""
    return list(tomllib.loads(QUESTIONS.read_text("utf-8"))["questions"])


def chatter() -> list[str]:
    """What people also write, and no clause answers."""
    return list(tomllib.loads(QUESTIONS.read_text("utf-8"))["chatter"])
