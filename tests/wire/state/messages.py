"""Sending, changing and reading messages, as Discord does it."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass

from tests.wire.http.api_errors import ApiError
from tests.wire.state.components import media_of, number
from tests.wire.state.world import Channel, Json, Message, User, World, sha256

_CDN = "https://cdn.invalid/attachments"


@dataclass(frozen=True)
class Upload:
    """A file that came along with a request."""

    name: str
    data: bytes


@dataclass(frozen=True)
class _Remembered:
    message: Message
    at: float


class Messages:
    """Writes into channels; the same nonce twice within the window makes one message."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.nonce_window = 180.0
        """Seconds for which a nonce is remembered. Discord says "a few minutes"."""
        self.created = 0
        self.repeated = 0
        """How often a nonce kept a second message from being made."""
        self._nonces: dict[tuple[int, int, str], _Remembered] = {}

    def create(
        self,
        channel: Channel,
        author: User,
        body: Json,
        uploads: Sequence[Upload] = (),
        *,
        flags: int | None = None,
        interaction_id: int | None = None,
        message_id: int | None = None,
    ) -> Message:
        """Create a message, or return the one that has the nonce already."""
        nonce = None if body.get("nonce") is None else str(body["nonce"])
        earlier = self._earlier(channel, author, nonce) if body.get("enforce_nonce") else None
        if earlier is not None:
            self.repeated += 1
            # A message that was deleted since is not made again: the nonce stands for it still.
            if earlier.id not in channel.messages:
                raise ApiError(10008)
            return earlier
        message = Message(
            message_id or self.world.clock.next_id(),
            channel.id,
            author,
            self.world.clock.timestamp(),
            flags=(body.get("flags") or 0) if flags is None else flags,
            nonce=nonce,
            reference=body.get("message_reference"),
            interaction_id=interaction_id,
        )
        self.fill(message, body, uploads)
        channel.messages[message.id] = message
        self.created += 1
        if nonce is not None:
            key = (author.id, channel.id, nonce)
            self._nonces[key] = _Remembered(message, self.world.clock.now())
        self.world.changes.notify()
        return message

    def change(self, message: Message, body: Json, uploads: Sequence[Upload] = ()) -> Message:
        """Change what the body names of a message."""
        self.fill(message, body, uploads)
        message.edited = self.world.clock.timestamp()
        self.world.changes.notify()
        return message

    def fill(self, message: Message, body: Json, uploads: Sequence[Upload]) -> None:
        """Write into a message what the body holds."""
        if "content" in body:
            message.content = body["content"] or ""
        if "embeds" in body:
            message.embeds = deepcopy(body["embeds"] or [])
        if "flags" in body and body["flags"] is not None:
            message.flags |= body["flags"]
        if "allowed_mentions" in body:
            message.mentions = [
                int(each) for each in (body["allowed_mentions"] or {}).get("users", [])
            ]
        if uploads or "attachments" in body:
            kept = {str(each["id"]) for each in body.get("attachments") or []}
            message.attachments = [each for each in message.attachments if each["id"] in kept]
            message.attachments += [self._attachment(message, upload) for upload in uploads]
        if "components" in body:
            message.components = deepcopy(body["components"] or [])
            number(message.components)
            self._link_media(message)

    def delete(self, message: Message) -> None:
        """Delete a message."""
        del self.world.channels[message.channel_id].messages[message.id]
        self.world.changes.notify()

    def history(
        self,
        channel: Channel,
        *,
        before: int | None = None,
        after: int | None = None,
        around: int | None = None,
        limit: int = 50,
    ) -> list[Message]:
        """Return a page of messages, newest first; empty without the permission to read it."""
        if "read_message_history" in channel.denied:
            return []
        everything = sorted(channel.messages.values(), key=lambda message: message.id)
        if around is not None:
            upto = [message for message in everything if message.id <= around][-(limit // 2 + 1) :]
            beyond = [message for message in everything if message.id > around]
            found = [*upto, *beyond[: limit - len(upto)]]
        elif after is not None:
            found = [message for message in everything if message.id > after][:limit]
        else:
            found = [message for message in everything if before is None or message.id < before][
                -limit:
            ]
        return found[::-1]

    def _earlier(self, channel: Channel, author: User, nonce: str | None) -> Message | None:
        if nonce is None:
            return None
        remembered = self._nonces.get((author.id, channel.id, nonce))
        if remembered is None or self.world.clock.now() - remembered.at >= self.nonce_window:
            return None
        return remembered.message

    def _attachment(self, message: Message, upload: Upload) -> Json:
        attachment_id = self.world.clock.next_id()
        url = f"{_CDN}/{message.channel_id}/{attachment_id}/{upload.name}"
        return {
            "id": str(attachment_id),
            "filename": upload.name,
            "size": len(upload.data),
            "url": url,
            "proxy_url": url,
            "content_type": "application/octet-stream",
            "sha256": sha256(upload.data),
        }

    def _link_media(self, message: Message) -> None:
        by_name = {each["filename"]: each for each in message.attachments}
        for media in media_of(message.components):
            scheme, _, name = media["url"].partition("://")
            if scheme == "attachment":
                attachment = by_name[name]
                media |= {
                    "url": attachment["url"],
                    "proxy_url": attachment["url"],
                    "attachment_id": attachment["id"],
                    "content_type": attachment["content_type"],
                    "loading_state": 2,
                }
