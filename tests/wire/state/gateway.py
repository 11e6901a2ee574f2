"""The gateway: sessions that outlive their connection, and the events that are sent to them."""

from __future__ import annotations

import asyncio
import json
import secrets
from asyncio.trsock import TransportSocket
from collections import deque
from dataclasses import dataclass, field
from socket import SHUT_RDWR

from aiohttp import WSMsgType, web

from tests.wire.http.journal import Journal
from tests.wire.state import payloads
from tests.wire.state.world import BOT_ID, OWNER_ID, Guild, Json, World

DISPATCH, HEARTBEAT, IDENTIFY, PRESENCE, RESUME = 0, 1, 2, 3, 6
RECONNECT, INVALID_SESSION, HELLO, ACK = 7, 9, 10, 11
NOT_AUTHENTICATED, AUTHENTICATION_FAILED, INVALID_SHARD = 4003, 4004, 4010
_KEPT_EVENTS, _KEPT_SESSIONS = 10_000, 8
_CLOSED_BY_CLIENT = (1000, 1001)


@dataclass
class Session:
    """What Discord keeps of a shard that has identified itself."""

    id: str
    shard: int
    shard_count: int
    intents: int
    socket: web.WebSocketResponse | None
    sequence: int = 0
    events: deque[Json] = field(default_factory=lambda: deque(maxlen=_KEPT_EVENTS))

    def receives(self, guild_id: int | None) -> bool:
        """Return whether this shard gets events of a server; those without one go to the first."""
        return self.shard == ((guild_id or 0) >> 22) % self.shard_count


class Gateway:
    """Speaks with the shards of the bot."""

    def __init__(self, world: World, journal: Journal) -> None:
        self.world = world
        self.journal = journal
        self.sessions: dict[str, Session] = {}
        self.heartbeat_interval = 41_250
        self.acks = True
        """False: heartbeats are not answered."""
        self.silent = False
        """True: nothing at all is said, as when the network swallows everything."""
        self.refusing = False
        """True: no connection is taken."""
        self.url = ""

    async def connect(self, request: web.Request) -> web.StreamResponse:
        """Accept a connection, and serve it until it ends."""
        self.journal.gateway["connections"] += 1
        if self.refusing:
            return web.Response(status=503)
        socket = web.WebSocketResponse(timeout=1)
        await socket.prepare(request)
        await _send(socket, {"op": HELLO, "d": {"heartbeat_interval": self.heartbeat_interval}})
        try:
            async for message in socket:
                if message.type is not WSMsgType.TEXT:
                    continue
                await self._received(socket, json.loads(message.data))
        except ConnectionError:
            pass
        finally:
            self._ended(socket)
        return socket

    async def dispatch(self, event: str, data: Json, guild_id: int | None = None) -> int:
        """Send an event to the sessions of a server's shard; return how many there are."""
        receivers = [session for session in self.sessions.values() if session.receives(guild_id)]
        for session in receivers:
            await self._send_event(session, event, data)
        return len(receivers)

    async def drop(self, shard: int | None = None, close_code: int | None = None) -> int:
        """End connections, with or without a close code; return how many there were."""
        sockets = self._sockets(shard)
        # A session whose client closes it is over; one whose connection breaks goes on.
        for session in self.connected():
            if session.socket in sockets:
                session.socket = None
        await asyncio.gather(*(_end(socket, close_code) for socket in sockets))
        return len(sockets)

    async def ask_to_reconnect(self, shard: int | None = None) -> int:
        """Send op 7."""
        return await self._send_each(shard, {"op": RECONNECT, "d": None})

    async def invalidate(self, shard: int | None = None, *, resumable: bool = False) -> int:
        """Send op 9; sessions that are not resumable are forgotten."""
        count = await self._send_each(shard, {"op": INVALID_SESSION, "d": resumable})
        if not resumable:
            self.forget(shard)
        return count

    def forget(self, shard: int | None = None) -> None:
        """Forget sessions, so that they cannot be resumed."""
        for session in list(self.sessions.values()):
            if shard in (None, session.shard):
                del self.sessions[session.id]

    def connected(self) -> list[Session]:
        """Return the connected sessions by shard."""
        live = [session for session in self.sessions.values() if session.socket is not None]
        return sorted(live, key=lambda session: session.shard)

    async def _received(self, socket: web.WebSocketResponse, message: Json) -> None:
        op, data = message["op"], message.get("d") or {}
        if op == HEARTBEAT:
            self.journal.gateway["heartbeats"] += 1
            if self.acks and not self.silent:
                await _send(socket, {"op": ACK})
        elif op == IDENTIFY:
            await self._identify(socket, data)
        elif op == RESUME:
            await self._resume(socket, data)
        elif op == PRESENCE:
            self.journal.gateway["presences"] += 1
        elif not any(session.socket is socket for session in self.sessions.values()):
            await socket.close(code=NOT_AUTHENTICATED)

    async def _identify(self, socket: web.WebSocketResponse, data: Json) -> None:
        self.journal.gateway["identifies"] += 1
        shard, shard_count = data.get("shard", (0, 1))
        if not data.get("token") or self.world.revoked:
            await socket.close(code=AUTHENTICATION_FAILED, message=b"Authentication failed.")
            return
        if not 0 <= shard < shard_count:
            await socket.close(code=INVALID_SHARD, message=b"Invalid shard.")
            return
        session = Session(secrets.token_hex(16), shard, shard_count, data["intents"], socket)
        self._make_room(shard)
        self.sessions[session.id] = session
        guilds = [guild for guild in self.world.guilds.values() if session.receives(guild.id)]
        await self._send_event(session, "READY", self._ready(session, guilds))
        for guild in guilds:
            if guild.available:
                created = payloads.guild_create(guild, self.world)
                await self._send_event(session, "GUILD_CREATE", created)
        self.world.changes.notify()

    async def _resume(self, socket: web.WebSocketResponse, data: Json) -> None:
        session = self.sessions.get(data["session_id"])
        first = session.events[0]["s"] if session and session.events else 1
        if session is None or not first - 1 <= data["seq"] <= session.sequence:
            self.journal.gateway["refused resumes"] += 1
            await _send(socket, {"op": INVALID_SESSION, "d": False})
            return
        self.journal.gateway["resumes"] += 1
        last_received = data["seq"]
        while missed := [event for event in session.events if event["s"] > last_received]:
            for event in missed:
                await _send(socket, event)
            last_received = missed[-1]["s"]
        session.socket = socket
        await self._send_event(session, "RESUMED", {})
        self.world.changes.notify()

    async def _send_event(self, session: Session, event: str, data: Json) -> None:
        session.sequence += 1
        message = {"op": DISPATCH, "s": session.sequence, "t": event, "d": data}
        session.events.append(message)
        if session.socket is not None and not self.silent:
            await _send(session.socket, message)

    def _ready(self, session: Session, guilds: list[Guild]) -> Json:
        return {
            "v": 10,
            "user": payloads.own_user(self.world.bot),
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
            "session_id": session.id,
            "resume_gateway_url": self.url,
            "shard": [session.shard, session.shard_count],
            "application": {"id": str(BOT_ID), "flags": 0},
            "session_type": "normal",
            "private_channels": [],
            "relationships": [],
            "_trace": [str(OWNER_ID)],
        }

    def _make_room(self, shard: int) -> None:
        lost = [
            session
            for session in self.sessions.values()
            if session.shard == shard and session.socket is None
        ]
        for session in lost[: -_KEPT_SESSIONS + 1]:
            del self.sessions[session.id]

    def _ended(self, socket: web.WebSocketResponse) -> None:
        for session in list(self.sessions.values()):
            if session.socket is socket:
                session.socket = None
                if socket.close_code in _CLOSED_BY_CLIENT:
                    del self.sessions[session.id]
        self.world.changes.notify()

    async def _send_each(self, shard: int | None, message: Json) -> int:
        sockets = self._sockets(shard)
        await asyncio.gather(*(_send(socket, message) for socket in sockets))
        return len(sockets)

    def _sockets(self, shard: int | None) -> list[web.WebSocketResponse]:
        return [
            session.socket
            for session in self.connected()
            if shard in (None, session.shard) and session.socket is not None
        ]


async def _send(socket: web.WebSocketResponse, message: Json) -> None:
    # A session that has just disconnected receives it when it resumes.
    if not socket.closed:
        try:
            await socket.send_str(json.dumps(message))
        except ConnectionError:
            return


async def _end(socket: web.WebSocketResponse, close_code: int | None) -> None:
    if close_code is not None:
        await socket.close(code=close_code)
        return
    connection: TransportSocket | None = socket.get_extra_info("socket")
    if connection is not None:
        connection.shutdown(SHUT_RDWR)
