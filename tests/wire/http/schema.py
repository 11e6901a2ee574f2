"""Holds request bodies against Discord's published description of its interface."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from jsonschema.exceptions import best_match  # type: ignore[import-untyped]

DESCRIPTION = Path(__file__).resolve().parents[4] / "shared" / "discord-openapi.json"
"""Where the description lies on the machines that have it."""

_SNOWFLAKE = {"anyOf": [{"type": "string", "pattern": "^(0|[1-9][0-9]*)$"}, {"type": "integer"}]}
"""The description has ids as text alone; Discord takes numbers as well, and is sent them."""


class Schema:
    """The description, or nothing where its file is missing."""

    def __init__(self, path: Path | None = DESCRIPTION) -> None:
        self._description: dict[str, Any] | None = None
        self._validators: dict[tuple[str, str], Draft202012Validator | None] = {}
        if path is not None and path.exists():
            self._description = json.loads(path.read_text("utf-8"))
            self._description["components"]["schemas"]["SnowflakeType"] = _SNOWFLAKE

    @property
    def known(self) -> bool:
        """Whether there is a description to hold bodies against."""
        return self._description is not None

    def problems(self, method: str, route: str, body: object) -> list[str]:
        """Return where a body differs from the description."""
        key = (method.lower(), route)
        if key not in self._validators:
            self._validators[key] = self._validator(*key)
        validator = self._validators[key]
        if validator is None:
            return []
        return [
            f"{place(error.absolute_path)}: {error.message[:300]}"
            for error in (best_match([error]) for error in validator.iter_errors(body))
        ]

    def _validator(self, method: str, route: str) -> Draft202012Validator | None:
        if self._description is None:
            return None
        operation = self._description["paths"].get(route, {}).get(method, {})
        content = operation.get("requestBody", {}).get("content", {})
        if "application/json" not in content:
            return None
        # The references inside point to "#/components/…": the components have to lie beside.
        schema = {
            **content["application/json"]["schema"],
            "components": self._description["components"],
        }
        return Draft202012Validator(schema)


def place(path: Iterable[str | int]) -> str:
    """Write where in a body something is."""
    return ".".join(map(str, path)) or "body"
