"""Interactions of members with the bot, from the push to the last edit of the answer."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Any

from tests.wire.http.api_errors import ApiError, InvalidRequest
from tests.wire.state import payloads, permissions
from tests.wire.state.gateway import Gateway
from tests.wire.state.messages import Messages, Upload
from tests.wire.state.world import EPHEMERAL, LOADING, Channel, Json, Message, User, World

COMMAND, COMPONENT, AUTOCOMPLETE, MODAL_SUBMIT = 2, 3, 4, 5
ANSWER, DEFER, DEFER_UPDATE, UPDATE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9
_MESSAGE_ANSWERS = (ANSWER, DEFER, DEFER_UPDATE, UPDATE)
_FITTING = {
    COMMAND: (ANSWER, DEFER, MODAL),
    COMPONENT: (ANSWER, DEFER, DEFER_UPDATE, UPDATE, MODAL),
    AUTOCOMPLETE: (CHOICES,),
    MODAL_SUBMIT: (ANSWER, DEFER, DEFER_UPDATE, UPDATE),
}
FIRST_ANSWER, TOKEN = 3.0, 15 * 60.0
"""Seconds within which the first answer has to come, and for which the token holds."""
_KEPT = 2_000


@dataclass
class Interaction:
    """Something that a member did, and what the bot made of it."""

    id: int
    token: str
    type: int
    channel: Channel
    user: User
    at: float
    data: Json
    source: Message | None = None
    """The message whose component was used."""
    answer: Json | None = None
    """The first answer, as the bot sent it."""
    original: Message | None = None
    followups: list[Message] = field(default_factory=list)
    edits: int = 0

    @property
    def settled(self) -> bool:
        """Whether the member has got what there is to get: an answer that is not still loading."""
        if self.answer is None:
            return False
        return self.original is None or not self.original.flags & LOADING

    @property
    def text(self) -> str:
        """Everything that the member reads."""
        mine = [self.original] if self.original is not None else []
        return "\n".join(message.text for message in [*mine, *self.followups])

    @property
    def hidden(self) -> bool:
        """Whether only the one who asked sees the answer."""
        return bool(self.original and self.original.flags & EPHEMERAL)


class Interactions:
    """Pushes interactions to the bot, and takes its answers."""

    def __init__(self, world: World, gateway: Gateway, messages: Messages) -> None:
        self.world = world
        self.gateway = gateway
        self.messages = messages
        self.by_id: dict[int, Interaction] = {}
        self.by_token: dict[str, Interaction] = {}

    async def push(
        self,
        kind: int,
        channel: Channel,
        user: User,
        data: Json,
        *,
        may: int = permissions.MEMBER,
        source: Message | None = None,
    ) -> Interaction:
        """Send an interaction to the bot; raises `LookupError` when no shard is connected."""
        interaction = Interaction(
            self.world.clock.next_id(),
            secrets.token_urlsafe(32),
            kind,
            channel,
            user,
            self.world.clock.now(),
            data,
            source,
        )
        self.by_id[interaction.id] = self.by_token[interaction.token] = interaction
        if len(self.by_id) > _KEPT:
            oldest = self.by_id.pop(next(iter(self.by_id)))
            del self.by_token[oldest.token]
        payload = self._payload(interaction, may)
        if not await self.gateway.dispatch("INTERACTION_CREATE", payload, channel.guild_id):
            raise LookupError("The bot is not there: no session of that server's shard")
        return interaction

    def respond(
        self, interaction_id: int, token: str, body: Json, uploads: list[Upload]
    ) -> Interaction:
        """Accept the first answer to an interaction."""
        interaction = self.by_id.get(interaction_id)
        if interaction is None or interaction.token != token:
            raise ApiError(10062)
        if interaction.answer is not None:
            raise ApiError(40060)
        if self._age(interaction) > FIRST_ANSWER:
            raise ApiError(10062)
        kind, data = body["type"], body.get("data") or {}
        if kind not in _FITTING[interaction.type]:
            raise InvalidRequest(
                [f"type: {kind} does not answer an interaction of type {interaction.type}"]
            )
        if kind == ANSWER:
            interaction.original = self._send(interaction, data, uploads)
        elif kind == DEFER:
            flags = LOADING | (data.get("flags") or 0) & EPHEMERAL
            interaction.original = self._send(interaction, {}, [], flags)
        elif kind in (UPDATE, DEFER_UPDATE):
            if interaction.source is None:
                raise InvalidRequest(["type: there is no message to update"])
            interaction.original = interaction.source
            if kind == UPDATE:
                self.messages.change(interaction.source, data, uploads)
        interaction.answer = body
        self.world.changes.notify()
        return interaction

    def callback_response(self, interaction: Interaction) -> Json:
        """Return the body of the answer to the initial response."""
        kind = (interaction.answer or {})["type"]
        callback: Json = {
            "id": str(interaction.id),
            "type": interaction.type,
            "response_message_loading": kind == DEFER,
            "response_message_ephemeral": interaction.hidden,
        }
        resource: Json = {"type": kind}
        if interaction.original is not None and kind in _MESSAGE_ANSWERS:
            callback["response_message_id"] = str(interaction.original.id)
            if kind in (ANSWER, UPDATE):
                resource["message"] = payloads.message(interaction.original, self.world)
        return {"interaction": callback, "resource": resource}

    def follow_up(self, token: str, body: Json, uploads: list[Upload]) -> Message:
        """Send another message; the first one after a bare deferral fills that in instead."""
        interaction = self._answered(token)
        original = interaction.original
        if original is not None and original.flags & LOADING:
            return self._fill_in(interaction, original, body, uploads)
        message = self._send(interaction, body, uploads)
        interaction.followups.append(message)
        self.world.changes.notify()
        return message

    def message(self, token: str, which: str) -> tuple[Interaction, Message]:
        """Return a response's message: "@original", or a follow-up by its id."""
        interaction = self._answered(token)
        mine = [interaction.original, *interaction.followups]
        for message in mine:
            if message is not None and (which in ("@original", str(message.id))):
                return interaction, message
        raise ApiError(10008)

    def edit(self, token: str, which: str, body: Json, uploads: list[Upload]) -> Message:
        """Change an answer; the first change of a deferral is what it was deferred for."""
        interaction, message = self.message(token, which)
        if message.flags & LOADING:
            return self._fill_in(interaction, message, body, uploads)
        interaction.edits += 1
        return self.messages.change(message, body, uploads)

    def delete(self, token: str, which: str) -> None:
        """Delete an answer."""
        interaction, message = self.message(token, which)
        if message is interaction.original:
            interaction.original = None
        else:
            interaction.followups.remove(message)
        interaction.channel.messages.pop(message.id, None)

    def answer_with(self, message_id: int) -> Message | None:
        """Return a response's message by its id, also an ephemeral one."""
        for interaction in self.by_id.values():
            for message in [interaction.original, *interaction.followups]:
                if message is not None and message.id == message_id:
                    return message
        return None

    def to_json(self, interaction: Interaction) -> Json:
        """Return an interaction as JSON for a test."""
        answer = interaction.answer or {}
        data = answer.get("data") or {}
        return {
            "id": interaction.id,
            "type": interaction.type,
            "answer_type": answer.get("type"),
            "settled": interaction.settled,
            "ephemeral": interaction.hidden,
            "edits": interaction.edits,
            "choices": data.get("choices") if answer.get("type") == CHOICES else None,
            "modal": data if answer.get("type") == MODAL else None,
            "original": interaction.original,
            "followups": interaction.followups,
        }

    def _fill_in(
        self, interaction: Interaction, message: Message, body: Json, uploads: list[Upload]
    ) -> Message:
        # Whether it is hidden was decided by the deferral.
        message.flags &= ~LOADING
        flags = (body.get("flags") or 0) & ~EPHEMERAL
        self.messages.change(message, {**body, "flags": flags}, uploads)
        interaction.edits += 1
        self.world.changes.notify()
        return message

    def _send(
        self, interaction: Interaction, body: Json, uploads: list[Upload], flags: int | None = None
    ) -> Message:
        message = self.messages.create(
            interaction.channel,
            self.world.bot,
            body,
            uploads,
            flags=flags,
            interaction_id=interaction.id,
        )
        if message.flags & EPHEMERAL:
            # Nobody but the one who asked finds it in the channel.
            del interaction.channel.messages[message.id]
        return message

    def _answered(self, token: str) -> Interaction:
        interaction = self.by_token.get(token)
        if interaction is None or interaction.answer is None:
            raise ApiError(10015)
        if self._age(interaction) > TOKEN:
            raise ApiError(50027)
        return interaction

    def _age(self, interaction: Interaction) -> float:
        return self.world.clock.now() - interaction.at

    def _payload(self, interaction: Interaction, may: int) -> Json:
        channel, who = interaction.channel, interaction.user
        payload: Json = {
            "id": str(interaction.id),
            "application_id": str(self.world.bot.id),
            "type": interaction.type,
            "token": interaction.token,
            "version": 1,
            "data": interaction.data,
            "channel": payloads.channel(channel),
            "channel_id": str(channel.id),
            "app_permissions": str(channel.permissions),
            "locale": "en-US",
            "entitlements": [],
            "authorizing_integration_owners": {"0": str(channel.guild_id or 0)},
            "context": 0 if channel.guild_id else 1,
            "attachment_size_limit": 10 << 20,
        }
        if channel.guild_id is None:
            payload["user"] = payloads.user(who)
        else:
            guild: dict[str, Any] = {"id": str(channel.guild_id), "locale": "en-US", "features": []}
            member = payloads.member(who, may)
            payload |= {"guild": guild, "guild_id": guild["id"], "member": member}
        if interaction.source is not None:
            payload["message"] = payloads.message(interaction.source, self.world)
        return payload
