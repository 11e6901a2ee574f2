"""A request of the bot, on its way to what answers it."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import BodyPartReader, web

from tests.wire.http.api_errors import ApiError, InvalidRequest
from tests.wire.http.faults import Faults
from tests.wire.http.journal import Journal
from tests.wire.http.limits import FILE_BYTES
from tests.wire.http.rate_limits import RateLimits
from tests.wire.http.schema import Schema
from tests.wire.state.gateway import Gateway
from tests.wire.state.interactions import Interactions
from tests.wire.state.messages import Messages, Upload
from tests.wire.state.world import World


class Parts:
    """The parts of the stand-in, put together."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.world = World()
        self.journal = Journal()
        self.faults = Faults()
        self.rate_limits = RateLimits()
        self.gateway = Gateway(self.world, self.journal)
        self.messages = Messages(self.world)
        self.interactions = Interactions(self.world, self.gateway, self.messages)
        self.shards = 1
        """How many shards Discord recommends."""


@dataclass
class Call:
    """A request, read."""

    parts: Parts
    request: web.Request
    body: Any = None
    uploads: list[Upload] = field(default_factory=list)

    @property
    def world(self) -> World:
        """The world in which it is asked."""
        return self.parts.world

    def id(self, name: str) -> int:
        """Return an id from the path."""
        return _number(name, self.request.match_info[name])

    def query_id(self, name: str) -> int | None:
        """Return an id from the query."""
        value = self.request.query.get(name)
        return None if value is None else _number(name, value)

    def hold_to(self, problems: Iterable[str]) -> None:
        """Refuse the request if there is a problem."""
        found = list(problems)
        if found:
            raise InvalidRequest(found)

    async def read(self) -> None:
        """Read the body: JSON, or JSON with files."""
        if self.request.content_type == "multipart/form-data":
            await self._read_parts()
        elif self.request.can_read_body:
            if self.request.content_type != "application/json":
                raise InvalidRequest([f"the content type is {self.request.content_type}"])
            self.body = _json(await self.request.read())

    async def _read_parts(self) -> None:
        async for part in await self.request.multipart():
            if not isinstance(part, BodyPartReader):
                raise InvalidRequest(["a part of the body has parts itself"])
            data = bytes(await part.read())
            if part.name == "payload_json":
                self.body = _json(data)
            elif len(data) > FILE_BYTES:
                raise ApiError(40005)
            else:
                self.uploads.append(Upload(part.filename or "file", data))


Handler = Callable[[Call], Awaitable[Any] | Any]
"""Gives what is answered as JSON; None is an answer without a body."""


def _json(data: bytes) -> Any:
    try:
        return json.loads(data)
    except ValueError:
        raise InvalidRequest(["the body is not JSON"]) from None


def _number(name: str, value: str) -> int:
    if not value.isdecimal() or int(value) >= 1 << 64:
        raise InvalidRequest([f"{name}: {value[:50]!r} is not a snowflake"])
    return int(value)
