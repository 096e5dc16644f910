"""What the tests of the machinery share: the form with everything, and words for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from bot import commands
from locales import words
from tests.machinery import everything


@pytest.fixture(autouse=True, scope="package")
def plain_traces() -> None:
    """Logged crashes without the values of variables, which take seconds to lay out."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,
            structlog.dev.ConsoleRenderer(),
        ]
    )


@pytest.fixture(scope="session")
def catalogues(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real catalogues, and beside them one for the form that only tests know."""
    folder = tmp_path_factory.mktemp("locales")
    for language in words.LANGUAGES:
        (folder / language).mkdir()
        for file in (words.LOCALES / language).glob("*.po"):
            (folder / language / file.name).symlink_to(file)
        (folder / language / "everything.po").write_text(everything.words(language), "utf-8")
    return folder


@pytest.fixture(scope="module")
def worded(catalogues: Path) -> Iterator[None]:
    """The form with everything can be worded."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(words, "LOCALES", catalogues)
        _forget()
        yield
    _forget()


@pytest.fixture
def all_kinds(worded: None) -> everything.Everything:
    """The form with everything."""
    return everything.Everything()


def _forget() -> None:
    words._catalogue.cache_clear()
    commands._words.cache_clear()
