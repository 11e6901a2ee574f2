"""Control interface for interactions: create them and read the responses."""

from __future__ import annotations

from aiohttp import web

from tests.wire.control.message_json import message_to_json
from tests.wire.http.call import Parts
from tests.wire.state import interaction_data, permissions
from tests.wire.state.interactions import (
    AUTOCOMPLETE,
    COMMAND,
    COMPONENT,
    MODAL_SUBMIT,
    Interaction,
)
from tests.wire.state.world import Json, Message

_MEMBER = 1100000000000000003


class InteractionControl:
    """Pushes interactions and reads their answers."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def push(self, request: web.Request, asked: Json) -> Json:
        """Create an interaction of this `kind` by a member."""
        world = self._parts.world
        channel = world.channel(asked["channel_id"])
        kind, source = asked["kind"], None
        if kind in ("command", "autocomplete"):
            number = COMMAND if kind == "command" else AUTOCOMPLETE
            options, focused = asked.get("options", {}), asked.get("focused")
            data = interaction_data.slash_command(world, channel, asked["name"], options, focused)
        elif kind == "context_menu":
            number = COMMAND
            data = interaction_data.context_menu(world, channel, asked["name"], asked["target_id"])
        elif kind == "component":
            number, source = COMPONENT, self._message(asked)
            data = interaction_data.component_use(
                world, source, asked["custom_id"], asked.get("values", [])
            )
        elif kind == "modal":
            number, before = MODAL_SUBMIT, self._interaction(asked["interaction_id"])
            data, source = interaction_data.modal_submission(before, asked["fields"]), before.source
        else:
            raise LookupError(f"No kind of interaction: {kind}")
        interaction = await self._parts.interactions.push(
            number,
            channel,
            world.user(asked.get("user_id", _MEMBER), asked.get("user_name")),
            data,
            may=permissions.MEMBER | permissions.bits_of(asked.get("may", [])),
            source=source,
        )
        return self._to_json(interaction)

    async def read(self, request: web.Request, asked: Json) -> Json:
        """Return the response to an interaction, and wait for it if the query asks to."""
        interaction = self._interaction(int(request.match_info["interaction_id"]))
        wait, text = float(request.query.get("wait", 0)), request.query.get("text", "")
        await self._parts.world.changes.wait_for(
            lambda: interaction.settled and text in interaction.text, wait
        )
        return self._to_json(interaction)

    def _interaction(self, interaction_id: int) -> Interaction:
        return self._parts.interactions.by_id[interaction_id]

    def _message(self, asked: Json) -> Message:
        message_id: int = asked["message_id"]
        hidden = self._parts.interactions.answer_with(message_id)
        return hidden or self._parts.world.message(asked["channel_id"], message_id)

    def _to_json(self, interaction: Interaction) -> Json:
        content = self._parts.interactions.to_json(interaction)
        original: Message | None = content["original"]
        return {
            **content,
            "original": None if original is None else message_to_json(original),
            "followups": [message_to_json(message) for message in content["followups"]],
        }
