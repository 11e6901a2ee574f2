"""Values that the control client returns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

_EPHEMERAL, _LOADING, _SILENT = 1 << 6, 1 << 7, 1 << 12


@dataclass(frozen=True, slots=True)
class Guild:
    """A server, with its channels by name."""

    id: int
    channels: dict[str, int]


@dataclass(frozen=True, slots=True)
class ReceivedMessage:
    """A message as it stands in its channel."""

    id: int
    channel_id: int
    author_id: int
    text: str
    """The content, and every text display, a line after another."""
    nonce: str | None
    flags: int
    component_ids: list[int]
    components: list[dict[str, Any]]
    embeds: list[dict[str, Any]]
    attachments: list[dict[str, Any]]
    mentions: list[int]
    """Whom the sender allowed to be pinged by name."""
    timestamp: str
    edited: str | None
    interaction_id: int | None
    published: bool

    @property
    def ephemeral(self) -> bool:
        """Whether only the one who asked sees it."""
        return bool(self.flags & _EPHEMERAL)

    @property
    def silent(self) -> bool:
        """Whether nobody is notified."""
        return bool(self.flags & _SILENT)

    @property
    def loading(self) -> bool:
        """Whether it still says that the bot is thinking."""
        return bool(self.flags & _LOADING)


@dataclass(frozen=True, slots=True)
class Answer:
    """What has come of an interaction."""

    id: int
    type: int
    answer_type: int | None
    """Discord's number for the kind of the first answer; None when there was none."""
    settled: bool
    """Whether the member has got an answer that is not still loading."""
    ephemeral: bool
    edits: int
    choices: list[dict[str, Any]] | None
    modal: dict[str, Any] | None
    original: ReceivedMessage | None
    followups: list[ReceivedMessage]

    @classmethod
    def of(cls, content: dict[str, Any]) -> Self:
        """Build it from the JSON of the stand-in."""
        original = content["original"]
        return cls(
            **{
                **content,
                "original": None if original is None else ReceivedMessage(**original),
                "followups": [ReceivedMessage(**each) for each in content["followups"]],
            }
        )

    @property
    def text(self) -> str:
        """Everything that the member reads."""
        mine = [self.original] if self.original is not None else []
        return "\n".join(message.text for message in [*mine, *self.followups])


@dataclass(frozen=True, slots=True)
class Rule:
    """A fault in force."""

    number: int
    fitting: int
    hits: int
    released: bool


@dataclass(frozen=True, slots=True)
class Session:
    """What Discord keeps of a shard."""

    shard: int
    shard_count: int
    intents: int
    sequence: int
    connected: bool


@dataclass(frozen=True, slots=True)
class Request:
    """A request of the bot, and what became of it."""

    number: int
    at: float
    method: str
    route: str
    path: str
    query: str
    body: Any
    status: int | None
    """None when the connection ended without an answer."""
    code: int | None
    fault: int | None


@dataclass(frozen=True, slots=True)
class Counters:
    """How often things happened."""

    answers: dict[str, int]
    """By route and status, as in "POST /channels/{channel_id}/messages 200"."""
    gateway: dict[str, int]
    """connections, identifies, resumes, refused resumes, heartbeats."""
    created: int
    """Messages made."""
    repeated: int
    """How often a nonce kept a second message from being made."""
    exceeded: int
    """Requests over Discord's rate limits, which hold when `strict` is set."""
    ignored: int
    """Requests that came although the bot had been told to wait."""
    schema: bool
    """Whether request bodies are held against Discord's published description."""
