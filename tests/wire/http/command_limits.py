"""Discord's documented limits of slash commands, autocomplete answers and modals."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

from tests.wire.state.components import walk

SLASH, USER, MESSAGE = 1, 2, 3
MOST = {SLASH: 100, USER: 5, MESSAGE: 5}
TEXT = 8_000
_GROUPS = (1, 2)

Command = dict[str, Any]


def command_problems(commands: Sequence[Command]) -> Iterator[str]:
    """Return what Discord would reject in a list of commands."""
    for kind, most in MOST.items():
        names = [command["name"] for command in commands if command.get("type", SLASH) == kind]
        if len(names) > most:
            yield f"{len(names)} commands of type {kind}, but {most} is the most"
        if len(set(names)) < len(names):
            yield f"a command of type {kind} stands twice"
    for command in commands:
        where = f"/{command['name']}"
        if command.get("type", SLASH) == SLASH:
            yield from _slash(command, where)
            if _text(command) > TEXT:
                yield f"{where}: more than {TEXT} characters of names, descriptions and values"
        elif command.get("description"):
            yield f"{where}: a context menu has no description"


def choice_problems(choices: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Return what Discord would reject in an autocomplete response."""
    if len(choices) > 25:
        yield f"{len(choices)} choices, but 25 is the most"
    for choice in choices:
        if not 1 <= len(choice["name"]) <= 100:
            yield "the name of a choice is not from 1 to 100 long"
        if isinstance(choice["value"], str) and not 1 <= len(choice["value"]) <= 100:
            yield "the value of a choice is not from 1 to 100 long"


def modal_problems(modal: dict[str, Any]) -> Iterator[str]:
    """Return what Discord would reject in a modal."""
    if not 1 <= len(modal["title"]) <= 45:
        yield "modal: the title is not from 1 to 45 long"
    if not 1 <= len(modal["custom_id"]) <= 100:
        yield "modal: the custom_id is not from 1 to 100 long"
    if not 1 <= len(modal["components"]) <= 5:
        yield "modal: one to five components"
    custom = [part["custom_id"] for part in walk(modal["components"]) if "custom_id" in part]
    if len(set(custom)) < len(custom):
        yield "modal: a custom_id stands twice"
    for part in walk(modal["components"]):
        if len(part.get("label") or "") > 45:
            yield "modal: a label is longer than 45"
        if len(part.get("options") or []) > 25:
            yield "modal: more than 25 options"


def _slash(command: Command, where: str, depth: int = 0) -> Iterator[str]:
    if not _is_name(command["name"]):
        yield f"{where}: no name for a command"
    if not 1 <= len(command.get("description") or "") <= 100:
        yield f"{where}: the description is not from 1 to 100 long"
    options = command.get("options") or []
    if len(options) > 25:
        yield f"{where}: more than 25 options"
    names = [option["name"] for option in options]
    if len(set(names)) < len(names):
        yield f"{where}: an option stands twice"
    needed = [bool(option.get("required")) for option in options]
    if sorted(needed, reverse=True) != needed:
        yield f"{where}: required options come first"
    if len({option["type"] in _GROUPS for option in options}) > 1:
        yield f"{where}: either subcommands or options"
    if depth == 2 and any(option["type"] in _GROUPS for option in options):
        yield f"{where}: nested too deep"
    for option in options:
        inside = f"{where} {option['name']}"
        yield from _slash(option, inside, depth + 1)
        yield from (
            f"{inside}: {problem}" for problem in choice_problems(option.get("choices", []))
        )
        if option.get("choices") and option.get("autocomplete"):
            yield f"{inside}: either choices or autocomplete"


def _is_name(name: str) -> bool:
    return (
        1 <= len(name) <= 32
        and name == name.lower()
        and all(sign in "-_'" or unicodedata.category(sign)[0] in "LN" for sign in name)
    )


def _text(command: Command) -> int:
    total = len(command["name"]) + len(command.get("description") or "")
    total += sum(
        len(choice["name"]) + len(str(choice["value"])) for choice in command.get("choices") or []
    )
    return total + sum(map(_text, command.get("options") or []))
