"""Editors know the format of a pack: the schema in docs is that of the code, and each pack points to it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from hotline.rules.shelf import FOLDER
from hotline.rules.written import VERDICTS, Written

SCHEMA = Path(__file__).parents[2] / "docs/pack.schema.json"
PACKS = [*sorted(FOLDER.glob("*.toml")), *sorted((Path(__file__).parents[1] / "packs/filled").glob("*.toml"))]


def test_it_is_current() -> None:
    """If not: `python -m bot packs schema > docs/pack.schema.json`."""
    made = json.dumps(Written.model_json_schema(by_alias=True), ensure_ascii=False, indent=2)
    assert SCHEMA.read_text("utf-8") == made + "\n"


def test_it_leads_nowhere_else() -> None:
    assert not re.search(r"https?:|//\w|\$schema", SCHEMA.read_text("utf-8"))


def test_it_knows_what_an_editor_should_complain_of() -> None:
    schema: dict[str, Any] = json.loads(SCHEMA.read_text("utf-8"))
    rule = schema["$defs"]["Rule"]
    assert set(rule["properties"]["verdict"]["enum"]) == set(VERDICTS)
    assert {"id", "verdict", "say", "cite"} <= set(rule["required"]) and rule["additionalProperties"] is False
    assert {"all", "any", "class", "from", "until"} <= set(rule["properties"])


@pytest.mark.parametrize("file", PACKS, ids=lambda file: file.stem)
def test_each_pack_points_to_it(file: Path) -> None:
    first = file.read_text("utf-8").splitlines()[0]
    assert first.startswith("#:schema ")
    assert (file.parent / first.removeprefix("#:schema ")).resolve() == SCHEMA
