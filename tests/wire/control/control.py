"""Control interface of the stand-in for tests: JSON under /_control."""

from __future__ import annotations

import inspect
import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any

from aiohttp import web

from tests.wire.control.control_interactions import InteractionControl
from tests.wire.control.message_json import message_to_json
from tests.wire.http.api_errors import ApiError
from tests.wire.http.call import Parts
from tests.wire.http.faults import Fault
from tests.wire.state import payloads, permissions
from tests.wire.state.messages import Upload
from tests.wire.state.scheduled_events import unfinished
from tests.wire.state.world import COMPONENTS_V2, TEXT, Guild, Json

PREFIX = "/_control"
_Handler = Callable[[web.Request, Json], Any | Awaitable[Any]]


class Control:
    """Changes the world, sets faults, and tells what was seen."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.world = parts.world
        self._gone: dict[int, Guild] = {}
        """Servers that the bot was put out of; it can be invited again."""

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Add the control routes to a router."""
        interactions = InteractionControl(self.parts)
        handlers: list[tuple[str, str, _Handler]] = [
            ("POST", "/guilds", self._add_guild),
            ("DELETE", "/guilds/{guild_id}", self._remove_guild),
            ("POST", "/guilds/{guild_id}/return", self._return_guild),
            ("POST", "/guilds/{guild_id}/channels", self._add_channel),
            ("GET", "/guilds/{guild_id}/scheduled-events", self._scheduled_events),
            ("PATCH", "/channels/{channel_id}", self._deny),
            ("POST", "/channels/{channel_id}/threads", self._add_thread),
            ("PATCH", "/channels/{channel_id}/state", self._change_channel),
            ("GET", "/channels/{channel_id}/state", self._channel_state),
            ("GET", "/channels/{channel_id}/threads", self._threads),
            ("DELETE", "/channels/{channel_id}", self._remove_channel),
            ("GET", "/channels/{channel_id}/messages", self._messages),
            ("POST", "/channels/{channel_id}/messages", self._post),
            ("DELETE", "/channels/{channel_id}/messages/{message_id}", self._delete_message),
            ("PATCH", "/users/{user_id}", self._change_user),
            ("POST", "/users/{user_id}/channel", self._dm_channel),
            ("GET", "/commands", self._commands),
            ("POST", "/interactions", interactions.push),
            ("GET", "/interactions/{interaction_id}", interactions.read),
            ("POST", "/events", self._dispatch),
            ("POST", "/faults", self._add_fault),
            ("GET", "/faults", self._faults),
            ("GET", "/faults/{number}", self._fault),
            ("POST", "/faults/{number}/release", self._release),
            ("DELETE", "/faults", self._clear_faults),
            ("DELETE", "/faults/{number}", self._clear_faults),
            ("POST", "/clock", self._advance),
            ("PATCH", "/settings", self._settings),
            ("GET", "/gateway", self._gateway),
            ("POST", "/gateway/drop", self._drop),
            ("POST", "/gateway/reconnect", self._reconnect),
            ("POST", "/gateway/invalidate", self._invalidate),
            ("GET", "/requests", self._requests),
            ("GET", "/counters", self._counters),
            ("GET", "/violations", self._violations),
            ("DELETE", "/journal", self._forget),
        ]
        for method, route, handler in handlers:
            router.add_route(method, PREFIX + route, _answering(handler))

    async def _add_guild(self, request: web.Request, asked: Json) -> Json:
        guild = self.world.add_guild(asked["name"], asked.get("guild_id"))
        for name in asked["channels"]:
            self.world.add_channel(guild, name)
        created = payloads.guild_create(guild, self.world, joined=True)
        await self.parts.gateway.dispatch("GUILD_CREATE", created, guild.id)
        channels = {channel.name: channel.id for channel in guild.channels.values()}
        return {"id": guild.id, "channels": channels}

    async def _remove_guild(self, request: web.Request, asked: Json) -> None:
        guild = self.world.guild(_number(request, "guild_id"))
        payload: Json = {"id": str(guild.id)}
        if asked.get("outage"):
            guild.available = False
            payload["unavailable"] = True
        else:
            self._gone[guild.id] = self.world.guilds.pop(guild.id)
        await self.parts.gateway.dispatch("GUILD_DELETE", payload, guild.id)

    async def _return_guild(self, request: web.Request, asked: Json) -> None:
        guild_id = _number(request, "guild_id")
        invited = guild_id in self._gone
        if invited:
            self.world.guilds[guild_id] = self._gone.pop(guild_id)
        guild = self.world.guild(guild_id)
        guild.available = True
        created = payloads.guild_create(guild, self.world, joined=invited)
        await self.parts.gateway.dispatch("GUILD_CREATE", created, guild_id)

    async def _add_channel(self, request: web.Request, asked: Json) -> Json:
        guild = self.world.guild(_number(request, "guild_id"))
        deny = asked.get("deny", [])
        permissions.bits_of(deny)
        channel = self.world.add_channel(guild, asked["name"], deny=deny)
        channel.kind = asked.get("kind", TEXT)
        payload = payloads.channel(channel)
        await self.parts.gateway.dispatch("CHANNEL_CREATE", payload, guild.id)
        return {"id": channel.id}

    async def _scheduled_events(self, request: web.Request, asked: Json) -> list[Json]:
        return unfinished(self.world.guild(_number(request, "guild_id")))

    async def _deny(self, request: web.Request, asked: Json) -> None:
        channel = self.world.channel(_number(request, "channel_id"))
        permissions.bits_of(asked["deny"])
        channel.denied = set(asked["deny"])
        if not asked.get("quiet"):
            payload = payloads.channel(channel)
            await self.parts.gateway.dispatch("CHANNEL_UPDATE", payload, channel.guild_id)

    async def _add_thread(self, request: web.Request, asked: Json) -> Json:
        parent = self.world.channel(_number(request, "channel_id"))
        thread = self.world.add_thread(parent, asked["name"])
        payload = payloads.channel(thread)
        await self.parts.gateway.dispatch("THREAD_CREATE", payload, thread.guild_id)
        return {"id": thread.id}

    async def _change_channel(self, request: web.Request, asked: Json) -> None:
        channel = self.world.channel(_number(request, "channel_id"))
        for name, value in asked["changed"].items():
            setattr(channel, name, set(value) if name == "allowed" else value)
        event = "THREAD_UPDATE" if channel.is_thread else "CHANNEL_UPDATE"
        await self.parts.gateway.dispatch(event, payloads.channel(channel), channel.guild_id)

    def _channel_state(self, request: web.Request, asked: Json) -> Json:
        channel = self.world.channel(_number(request, "channel_id"))
        names = ("name", "archived", "locked", "tags", "applied_tags", "pinned")
        return {name: getattr(channel, name) for name in names}

    def _threads(self, request: web.Request, asked: Json) -> list[int]:
        parent = self.world.channel(_number(request, "channel_id"))
        return [each.id for each in self.world.channels.values() if each.parent is parent]

    async def _remove_channel(self, request: web.Request, asked: Json) -> None:
        channel = self.world.channel(_number(request, "channel_id"))
        del self.world.channels[channel.id]
        if channel.guild_id is not None and not channel.is_thread:
            del self.world.guilds[channel.guild_id].channels[channel.id]
        if not asked.get("quiet"):
            event = "THREAD_DELETE" if channel.is_thread else "CHANNEL_DELETE"
            await self.parts.gateway.dispatch(event, payloads.channel(channel), channel.guild_id)

    async def _messages(self, request: web.Request, asked: Json) -> list[Json]:
        channel = self.world.channels[_number(request, "channel_id")]
        count = int(request.query.get("count", 0))
        await self.parts.world.changes.wait_for(
            lambda: len(channel.messages) >= count, float(request.query.get("wait", 0))
        )
        return [message_to_json(message) for message in channel.messages.values()]

    def _post(self, request: web.Request, asked: Json) -> Json:
        channel = self.world.channels[_number(request, "channel_id")]
        author = self.world.user(asked["user_id"]) if asked.get("user_id") else self.world.bot
        flags = COMPONENTS_V2 if asked["body"].get("components") else 0
        uploads = [Upload(name, b"") for name in asked.get("files", [])]
        made = self.parts.messages.create(channel, author, asked["body"], uploads, flags=flags)
        return message_to_json(made)

    def _delete_message(self, request: web.Request, asked: Json) -> None:
        found = self.world.message(_number(request, "channel_id"), _number(request, "message_id"))
        self.parts.messages.delete(found)

    def _change_user(self, request: web.Request, asked: Json) -> None:
        user = self.world.user(_number(request, "user_id"), asked.get("name"))
        user.open_to_dms = asked.get("open_to_dms", user.open_to_dms)

    def _dm_channel(self, request: web.Request, asked: Json) -> Json:
        return {"id": self.world.dm_with(self.world.user(_number(request, "user_id"))).id}

    def _commands(self, request: web.Request, asked: Json) -> Json:
        return {str(guild_id or "all"): sent for guild_id, sent in self.world.commands.items()}

    async def _dispatch(self, request: web.Request, asked: Json) -> Json:
        guild_id = asked.get("guild_id")
        count = await self.parts.gateway.dispatch(asked["event"], asked["data"], guild_id)
        return {"count": count}

    def _add_fault(self, request: web.Request, asked: Json) -> Json:
        return self.parts.faults.add(Fault(**asked)).to_json()

    def _faults(self, request: web.Request, asked: Json) -> list[Json]:
        return [rule.to_json() for rule in self.parts.faults.rules.values()]

    async def _fault(self, request: web.Request, asked: Json) -> Json:
        rule = self.parts.faults.rules[_number(request, "number")]
        hits = int(request.query.get("hits", 0))
        wait = float(request.query.get("wait", 0))
        await self.world.changes.wait_for(lambda: rule.hits >= hits, wait)
        return rule.to_json()

    def _release(self, request: web.Request, asked: Json) -> None:
        self.parts.faults.rules[_number(request, "number")].released = True
        self.world.changes.notify()

    def _clear_faults(self, request: web.Request, asked: Json) -> None:
        number = request.match_info.get("number")
        self.parts.faults.clear(None if number is None else int(number))
        self.world.changes.notify()

    def _advance(self, request: web.Request, asked: Json) -> Json:
        self.world.clock.ahead += asked["seconds"]
        self.world.changes.notify()
        return {"ahead": self.world.clock.ahead}

    def _settings(self, request: web.Request, asked: Json) -> None:
        parts = self.parts
        owners: dict[str, object] = {
            "nonce_window": parts.messages,
            "strict": parts.rate_limits,
            "heartbeat_interval": parts.gateway,
            "acks": parts.gateway,
            "silent": parts.gateway,
            "refusing": parts.gateway,
            "revoked": parts.world,
            "shards": parts,
        }
        for name, value in asked.items():
            setattr(owners[name], name, value)

    async def _gateway(self, request: web.Request, asked: Json) -> list[Json]:
        gateway = self.parts.gateway
        count = int(request.query.get("connected", 0))
        wait = float(request.query.get("wait", 0))
        await self.world.changes.wait_for(lambda: len(gateway.connected()) >= count, wait)
        return [
            {
                "shard": session.shard,
                "shard_count": session.shard_count,
                "intents": session.intents,
                "sequence": session.sequence,
                "connected": session.socket is not None,
            }
            for session in gateway.sessions.values()
        ]

    async def _drop(self, request: web.Request, asked: Json) -> Json:
        gateway, shard = self.parts.gateway, asked.get("shard")
        dropped = await gateway.drop(shard, asked.get("close_code"))
        if asked.get("forget"):
            gateway.forget(shard)
        return {"count": dropped}

    async def _reconnect(self, request: web.Request, asked: Json) -> Json:
        return {"count": await self.parts.gateway.ask_to_reconnect(asked.get("shard"))}

    async def _invalidate(self, request: web.Request, asked: Json) -> Json:
        resumable = asked.get("resumable", False)
        count = await self.parts.gateway.invalidate(asked.get("shard"), resumable=resumable)
        return {"count": count}

    def _requests(self, request: web.Request, asked: Json) -> list[Json]:
        after = int(request.query.get("after", 0))
        return self.parts.journal.to_json(after, request.query.get("route"))

    def _counters(self, request: web.Request, asked: Json) -> Json:
        parts = self.parts
        return {
            "answers": parts.journal.answers,
            "gateway": parts.journal.gateway,
            "created": parts.messages.created,
            "repeated": parts.messages.repeated,
            "exceeded": parts.rate_limits.exceeded,
            "ignored": parts.rate_limits.ignored,
            "schema": parts.schema.known,
        }

    def _violations(self, request: web.Request, asked: Json) -> list[Json]:
        return [asdict(violation) for violation in self.parts.journal.violations]

    def _forget(self, request: web.Request, asked: Json) -> None:
        self.parts.journal.entries.clear()
        self.parts.journal.violations.clear()
        self.parts.journal.answers.clear()
        self.parts.journal.gateway.clear()


def _answering(handler: _Handler) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answer(request: web.Request) -> web.Response:
        try:
            asked = json.loads(await request.read() or b"{}")
            value = handler(request, asked)
            if inspect.isawaitable(value):
                value = await value
        except (ApiError, LookupError, TypeError, ValueError) as error:
            reason = f"{type(error).__name__}: {error}"
            return web.json_response({"error": reason}, status=400)
        return web.json_response(value)

    return answer


def _number(request: web.Request, name: str) -> int:
    return int(request.match_info[name])
