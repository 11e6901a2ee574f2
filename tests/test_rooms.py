"""Every room and screen of `cogs` is named in import-linter's contracts."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]


def contract(words: str) -> dict[str, Any]:
    """Return the contract whose name begins with some words."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (found,) = [
        each
        for each in settings["tool"]["importlinter"]["contracts"]
        if each["name"].startswith(words)
    ]
    return dict(found)


def test_every_screen_is_in_the_import_contract() -> None:
    screens = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in (ROOT / "cogs").rglob("*_screen.py")
    }
    assert screens == set(contract("screens show plain values")["source_modules"])


def test_every_room_of_cogs_is_in_the_import_contract() -> None:
    rooms = {f"cogs.{path.parent.name}" for path in (ROOT / "cogs").glob("*/__init__.py")}
    layers = contract("rooms of cogs import downwards only")["layers"]
    assert rooms == {room for layer in layers for room in re.split(r"\s*\|\s*", layer)}


def test_rooms_are_drawn_as_the_import_contract_has_them() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    _, drawing, *_ = text.partition("Inside `cogs/`")[2].split("\n\n")
    layers = contract("rooms of cogs import downwards only")["layers"]
    assert [set(line.split()) for line in drawing.splitlines()] == [
        {room.removeprefix("cogs.") for room in re.split(r"\s*\|\s*", layer)} for layer in layers
    ]
