"""JSON of messages for the control interface."""

from __future__ import annotations

from tests.wire.state.world import Json, Message


def message_to_json(message: Message) -> Json:
    """Return a message as JSON for a test."""
    return {
        "id": message.id,
        "channel_id": message.channel_id,
        "author_id": message.author.id,
        "text": message.text,
        "nonce": message.nonce,
        "flags": message.flags,
        "component_ids": message.component_ids,
        "components": message.components,
        "embeds": message.embeds,
        "attachments": message.attachments,
        "mentions": message.mentions,
        "timestamp": message.timestamp,
        "edited": message.edited,
        "interaction_id": message.interaction_id,
        "published": message.published,
    }
