"""Client that starts the stand-in for Discord as a process and controls it."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Self, Unpack

import aiohttp

from tests.wire.control.control import PREFIX as CONTROL
from tests.wire.control.control_types import ActorOptions, StandInSettings, UserOptions
from tests.wire.control.results import (
    Answer,
    Counters,
    Guild,
    ReceivedMessage,
    Request,
    Rule,
    Session,
)
from tests.wire.http.faults import Fault
from tests.wire.http.journal import Violation
from tests.wire.http.responder import PREFIX as API
from tests.wire.state.world import TEXT

_PROJECT = Path(__file__).resolve().parents[3]
_PATIENCE = 10.0


class WireError(Exception):
    """The stand-in cannot do what the test asked of it."""


class Wire:
    """The stand-in for Discord, as a test sees it."""

    def __init__(self, port: int | None = None, *, arguments: Sequence[str] = ()) -> None:
        """Start a process if no port is given; it ends with the test."""
        self.port = port or 0
        self._arguments = arguments
        self._start = port is None
        self._process: asyncio.subprocess.Process | None = None
        self._session: aiohttp.ClientSession | None = None

    @property
    def base_url(self) -> str:
        """Where Discord's HTTP interface is."""
        return f"http://127.0.0.1:{self.port}{API}"

    @property
    def gateway_url(self) -> str:
        """Where its gateway is."""
        return f"ws://127.0.0.1:{self.port}/"

    async def __aenter__(self) -> Self:
        if self._start:
            self._process = await _started(self._arguments)
            self.port = await _port(self._process)
        self._session = aiohttp.ClientSession()
        return self

    async def __aexit__(self, *_error: object) -> None:
        if self._session is not None:
            await self._session.close()
        if self._process is not None:
            await _end(self._process)

    async def add_guild(
        self, name: str, channels: Sequence[str] = ("general",), guild_id: int | None = None
    ) -> Guild:
        """Invite the bot to a new server."""
        asked = {"name": name, "channels": list(channels), "guild_id": guild_id}
        return Guild(**await self._ask("POST", "/guilds", asked))

    async def remove_guild(self, guild_id: int, *, outage: bool = False) -> None:
        """Remove the bot from a server; with `outage` the server only cannot be reached."""
        await self._ask("DELETE", f"/guilds/{guild_id}", {"outage": outage})

    async def return_guild(self, guild_id: int) -> None:
        """Invite the bot again, or end the outage."""
        await self._ask("POST", f"/guilds/{guild_id}/return")

    async def add_channel(
        self, guild_id: int, name: str, deny: Sequence[str] = (), kind: int = TEXT
    ) -> int:
        """Create a channel of one of Discord's kinds; return its id."""
        asked = {"name": name, "deny": list(deny), "kind": kind}
        made = await self._ask("POST", f"/guilds/{guild_id}/channels", asked)
        return int(made["id"])

    async def scheduled_events(self, guild_id: int) -> list[dict[str, Any]]:
        """Return the Scheduled Events of a server that have not ended."""
        content: list[dict[str, Any]] = await self._ask(
            "GET", f"/guilds/{guild_id}/scheduled-events"
        )
        return content

    async def deny(self, channel_id: int, *permissions: str, quiet: bool = False) -> None:
        """Deny the bot these permissions, and no others, in a channel.

        They are named as in "read_message_history". With `quiet` the gateway does not tell.
        """
        asked = {"deny": list(permissions), "quiet": quiet}
        await self._ask("PATCH", f"/channels/{channel_id}", asked)

    async def add_thread(self, channel_id: int, name: str) -> int:
        """Open a person's thread in a channel, or a post in a forum; return its id."""
        made = await self._ask("POST", f"/channels/{channel_id}/threads", {"name": name})
        return int(made["id"])

    async def change_channel(self, channel_id: int, **changed: object) -> None:
        """Change fields of a channel, such as `kind`, or `archived` and `locked` of a thread."""
        await self._ask("PATCH", f"/channels/{channel_id}/state", {"changed": changed})

    async def channel_state(self, channel_id: int) -> dict[str, Any]:
        """Return whether a thread is archived and locked, its tags and what is pinned."""
        state: dict[str, Any] = await self._ask("GET", f"/channels/{channel_id}/state")
        return state

    async def threads(self, channel_id: int) -> list[int]:
        """Return the threads of a channel, or the posts of a forum, oldest first."""
        threads: list[int] = await self._ask("GET", f"/channels/{channel_id}/threads")
        return threads

    async def remove_channel(self, channel_id: int, *, quiet: bool = False) -> None:
        """Delete a channel."""
        await self._ask("DELETE", f"/channels/{channel_id}", {"quiet": quiet})

    async def change_user(self, user_id: int, **changed: Unpack[UserOptions]) -> None:
        """Change a person's `name`, or whether they are `open_to_dms`."""
        await self._ask("PATCH", f"/users/{user_id}", changed)

    async def dm_channel(self, user_id: int) -> int:
        """Return the channel of the bot's direct messages to a person, whom it adds if needed."""
        return int((await self._ask("POST", f"/users/{user_id}/channel"))["id"])

    async def messages(
        self, channel_id: int, *, count: int = 0, wait: float = 0
    ) -> list[ReceivedMessage]:
        """Return a channel's messages, oldest first; waits until there are so many."""
        query = {"count": count, "wait": wait}
        content = await self._ask("GET", f"/channels/{channel_id}/messages", query=query)
        return [ReceivedMessage(**each) for each in content]

    async def post(
        self,
        channel_id: int,
        content: str = "",
        user_id: int | None = None,
        components: Sequence[Mapping[str, Any]] = (),
    ) -> ReceivedMessage:
        """Post a message in a channel: a person's, or without one the bot's own."""
        body = {"components": components} if components else {"content": content}
        asked = {"user_id": user_id, "body": body}
        return ReceivedMessage(**await self._ask("POST", f"/channels/{channel_id}/messages", asked))

    async def delete_message(self, channel_id: int, message_id: int) -> None:
        """Delete a message as a moderator does."""
        await self._ask("DELETE", f"/channels/{channel_id}/messages/{message_id}")

    async def command(
        self,
        channel_id: int,
        name: str,
        options: Mapping[str, Any] | None = None,
        **who: Unpack[ActorOptions],
    ) -> Answer:
        """Use a slash command such as "competition follow", and wait for the answer.

        It must be one that the bot sent to Discord.
        """
        asked = {"kind": "command", "name": name, "options": dict(options or {}), **who}
        return await self.interact(channel_id, asked)

    async def autocomplete(
        self,
        channel_id: int,
        name: str,
        options: Mapping[str, Any],
        focused: str,
        **who: Unpack[ActorOptions],
    ) -> Answer:
        """Type into an option of a slash command, and wait for the choices."""
        asked = {"kind": "autocomplete", "name": name, "options": dict(options), **who}
        return await self.interact(channel_id, {**asked, "focused": focused})

    async def context_menu(
        self, channel_id: int, name: str, target_id: int, **who: Unpack[ActorOptions]
    ) -> Answer:
        """Use a context menu on a person or a message."""
        asked = {"kind": "context_menu", "name": name, "target_id": target_id, **who}
        return await self.interact(channel_id, asked)

    async def use(
        self,
        message: ReceivedMessage,
        custom_id: str,
        values: Sequence[str] = (),
        **who: Unpack[ActorOptions],
    ) -> Answer:
        """Press a button of a message, or choose in its select."""
        asked = {"kind": "component", "message_id": message.id, "custom_id": custom_id, **who}
        return await self.interact(message.channel_id, {**asked, "values": list(values)})

    async def submit(
        self, channel_id: int, modal: Answer, fields: Mapping[str, Any], **who: Unpack[ActorOptions]
    ) -> Answer:
        """Fill in the modal with which an interaction was answered."""
        asked = {"kind": "modal", "interaction_id": modal.id, "fields": dict(fields), **who}
        return await self.interact(channel_id, asked)

    async def interact(
        self, channel_id: int, asked: Mapping[str, Any], *, wait: float = _PATIENCE
    ) -> Answer:
        """Send an interaction, and return what has come of it after at most this time."""
        pushed = await self._ask("POST", "/interactions", {"channel_id": channel_id, **asked})
        return await self.answer(pushed["id"], wait=wait)

    async def answer(self, interaction_id: int, *, wait: float = 0, text: str = "") -> Answer:
        """Return the response to an interaction; waits until it is there and contains this text."""
        query = {"wait": wait, "text": text}
        content = await self._ask("GET", f"/interactions/{interaction_id}", query=query)
        return Answer.of(content)

    async def fault(self, fault: Fault) -> int:
        """Add a fault; return its number."""
        return int((await self._ask("POST", "/faults", asdict(fault)))["number"])

    async def rule(self, number: int, *, hits: int = 0, wait: float = 0) -> Rule:
        """Return a fault's state; waits until it has happened so often."""
        query = {"hits": hits, "wait": wait}
        content = await self._ask("GET", f"/faults/{number}", query=query)
        return Rule(
            content["number"], content["fitting"], content["hits"], released=content["released"]
        )

    async def release(self, number: int) -> None:
        """Release the requests that a fault holds."""
        await self._ask("POST", f"/faults/{number}/release")

    async def clear_faults(self, number: int | None = None) -> None:
        """End a fault, or all."""
        await self._ask("DELETE", "/faults" if number is None else f"/faults/{number}")

    async def advance(self, seconds: float) -> None:
        """Move the clock by which nonces, interactions and ids live."""
        await self._ask("POST", "/clock", {"seconds": seconds})

    async def set(self, **settings: Unpack[StandInSettings]) -> None:
        """Change how the stand-in behaves."""
        await self._ask("PATCH", "/settings", settings)

    async def sessions(self, *, connected: int = 0, wait: float = 0) -> list[Session]:
        """Return the shards' sessions; waits until so many are connected."""
        query = {"connected": connected, "wait": wait}
        return [Session(**each) for each in await self._ask("GET", "/gateway", query=query)]

    async def drop(
        self, shard: int | None = None, *, close_code: int | None = None, forget: bool = False
    ) -> int:
        """End connections, with or without a close code; forgotten ones cannot resume."""
        asked = {"shard": shard, "close_code": close_code, "forget": forget}
        return int((await self._ask("POST", "/gateway/drop", asked))["count"])

    async def ask_to_reconnect(self, shard: int | None = None) -> int:
        """Send op 7."""
        return int((await self._ask("POST", "/gateway/reconnect", {"shard": shard}))["count"])

    async def invalidate(self, shard: int | None = None, *, resumable: bool = False) -> int:
        """Send op 9."""
        asked = {"shard": shard, "resumable": resumable}
        return int((await self._ask("POST", "/gateway/invalidate", asked))["count"])

    async def dispatch(
        self, event: str, data: Mapping[str, Any], guild_id: int | None = None
    ) -> int:
        """Send any event to the bot; return how many sessions received it."""
        asked = {"event": event, "data": data, "guild_id": guild_id}
        return int((await self._ask("POST", "/events", asked))["count"])

    async def requests(self, *, after: int = 0, route: str | None = None) -> list[Request]:
        """Return the bot's requests in order."""
        query = {"after": after, **({} if route is None else {"route": route})}
        return [Request(**each) for each in await self._ask("GET", "/requests", query=query)]

    async def counters(self) -> Counters:
        """Return the counters."""
        return Counters(**await self._ask("GET", "/counters"))

    async def violations(self) -> list[Violation]:
        """Return the requests that broke Discord's rules."""
        return [Violation(**each) for each in await self._ask("GET", "/violations")]

    async def forget(self) -> None:
        """Forget the requests, violations and counts of answers so far."""
        await self._ask("DELETE", "/journal")

    async def commands(self) -> dict[str, list[dict[str, Any]]]:
        """Return the commands that the bot registered: for "all", and by the id of a server."""
        content: dict[str, list[dict[str, Any]]] = await self._ask("GET", "/commands")
        return content

    async def _ask(
        self,
        method: str,
        path: str,
        asked: Mapping[str, Any] | None = None,
        *,
        query: Mapping[str, Any] | None = None,
    ) -> Any:
        assert self._session is not None, "the stand-in is not started"
        url = f"http://127.0.0.1:{self.port}{CONTROL}{path}"
        async with self._session.request(method, url, json=asked or {}, params=query) as answer:
            content = await answer.json()
            if answer.status != 200:
                raise WireError(content["error"])
            return content


async def _started(arguments: Sequence[str]) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.wire", *arguments),
        cwd=_PROJECT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )


async def _port(process: asyncio.subprocess.Process) -> int:
    assert process.stdout is not None
    line = await process.stdout.readline()
    if not line:
        await _end(process)
        raise WireError("The stand-in did not start; standard error tells why")
    return int(json.loads(line)["port"])


async def _end(process: asyncio.subprocess.Process) -> None:
    assert process.stdin is not None
    process.stdin.close()
    try:
        await asyncio.wait_for(process.wait(), _PATIENCE)
    except TimeoutError:
        process.kill()
        await process.wait()
