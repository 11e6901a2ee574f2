"""Payload data of interactions, as Discord sends it to the bot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tests.wire.state import payloads
from tests.wire.state.components import ACTION_ROW, CHANNEL_SELECT, SELECTS, walk
from tests.wire.state.interactions import Interaction
from tests.wire.state.world import Channel, Json, Message, World

_SUBCOMMAND, _GROUP = 1, 2
_USER, _CHANNEL = 6, 7
_SLASH = 1


def slash_command(
    world: World,
    channel: Channel,
    name: str,
    options: Mapping[str, Any],
    focused: str | None = None,
) -> Json:
    """Write a slash command such as "competition follow"; raises `LookupError` for none.

    It has to be one that the bot sent to Discord, with options that it has.
    """
    first, *path = name.split()
    command = world.command_named(channel.guild_id, first)
    data: Json = {"id": command["id"], "name": first, "type": _SLASH, "options": []}
    resolved: Json = {}
    inner, definition = data, command
    for word in path:
        definition = _option(definition, word, name)
        inner["options"] = [{"name": word, "type": definition["type"], "options": []}]
        inner = inner["options"][0]
    if any(o["type"] in (_SUBCOMMAND, _GROUP) for o in definition.get("options") or []):
        raise LookupError(f"/{name} is a group of commands")
    for option_name, value in options.items():
        option = _option(definition, option_name, name)
        typed_option = {"name": option_name, "type": option["type"], "value": value}
        if option_name == focused:
            typed_option["focused"] = True
        elif option["type"] in (_USER, _CHANNEL):
            typed_option["value"] = str(value)
            _resolve(world, option["type"], int(value), resolved)
        inner["options"].append(typed_option)
    missing = [
        option["name"]
        for option in definition.get("options") or []
        if option.get("required") and option["name"] not in options
    ]
    if missing and focused is None:
        raise LookupError(f"/{name} needs {', '.join(missing)}")
    return {**data, "resolved": resolved} if resolved else data


def context_menu(world: World, channel: Channel, name: str, target_id: int) -> Json:
    """Write the use of a context menu on a person or a message."""
    command = world.command_named(channel.guild_id, name)
    resolved: Json = {}
    if target_id in channel.messages:
        message = payloads.message(channel.messages[target_id], world)
        resolved["messages"] = {str(target_id): message}
    else:
        _resolve(world, _USER, target_id, resolved)
    return {
        "id": command["id"],
        "name": name,
        "type": command["type"],
        "target_id": str(target_id),
        "resolved": resolved,
    }


def component_use(world: World, message: Message, custom_id: str, values: Sequence[str]) -> Json:
    """Write the use of a button or a select; raises `LookupError` when it has none such."""
    for part in walk(message.components):
        if part.get("custom_id") == custom_id:
            break
    else:
        raise LookupError(f"The message has no component {custom_id!r}")
    if part.get("disabled"):
        raise LookupError(f"The component {custom_id!r} is disabled")
    data: Json = {"custom_id": custom_id, "component_type": part["type"], "id": part["id"]}
    if part["type"] in SELECTS:
        offered = {option["value"] for option in part.get("options") or []}
        if offered and not offered.issuperset(values):
            raise LookupError(f"The select {custom_id!r} does not offer {list(values)}")
        data["values"] = list(values)
    if part["type"] == CHANNEL_SELECT:
        data["resolved"] = {}
        for value in values:
            _resolve(world, _CHANNEL, int(value), data["resolved"])
    return data


def modal_submission(interaction: Interaction, fields: Mapping[str, Any]) -> Json:
    """Write what a member filled into the modal that an interaction was answered with."""
    modal = (interaction.answer or {}).get("data") or {}
    if "custom_id" not in modal:
        raise LookupError("The interaction was not answered with a modal")
    left = dict(fields)
    filled = [_fill_in(part, left) for part in modal["components"]]
    if left:
        raise LookupError(f"The modal has no field {', '.join(left)}")
    return {"custom_id": modal["custom_id"], "components": filled, "resolved": {}}


def _fill_in(part: Json, fields: dict[str, Any]) -> Json:
    filled: Json = {"type": part["type"], "id": part.get("id") or 0}
    if part["type"] == ACTION_ROW:
        return {**filled, "components": [_fill_in(each, fields) for each in part["components"]]}
    if "component" in part:
        return {**filled, "component": _fill_in(part["component"], fields)}
    if "custom_id" in part:
        value = fields.pop(part["custom_id"], part.get("value") or "")
        several = isinstance(value, list)
        filled |= {"custom_id": part["custom_id"], "values" if several else "value": value}
    return filled


def _option(definition: Json, name: str, command: str) -> Json:
    for option in definition.get("options") or []:
        if option["name"] == name:
            return dict(option)
    raise LookupError(f"/{command} has no {name!r}")


def _resolve(world: World, kind: int, object_id: int, resolved: Json) -> None:
    key = str(object_id)
    if kind == _USER:
        who = world.user(object_id)
        resolved.setdefault("users", {})[key] = payloads.user(who)
        member = payloads.member(who, 0)
        del member["user"]
        resolved.setdefault("members", {})[key] = member
    else:
        channel = world.channel(object_id)
        channel_data = {**payloads.channel(channel), "permissions": str(channel.permissions)}
        resolved.setdefault("channels", {})[key] = channel_data
