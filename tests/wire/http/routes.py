"""Routes of Discord's HTTP API: the bot itself, servers, channels and messages."""

from __future__ import annotations

from tests.wire.http.api_errors import ApiError, InvalidRequest
from tests.wire.http.call import Call, Handler
from tests.wire.http.command_limits import command_problems
from tests.wire.http.limits import message_problems
from tests.wire.state import payloads
from tests.wire.state.world import FORUM, OWNER_ID, Channel, Json, Message

_IN_A_MESSAGE = ("content", "embeds", "components", "sticker_ids", "poll")


def own_user(call: Call) -> Json:
    """Return the bot's user."""
    return payloads.own_user(call.world.bot)


def application(call: Call) -> Json:
    """Return the bot's application."""
    return payloads.application(call.world.bot, call.world.user(OWNER_ID))


def gateway(call: Call) -> Json:
    """Return the gateway's address."""
    return {"url": call.parts.gateway.url}


def gateway_for_bots(call: Call) -> Json:
    """Return the gateway's address and the recommended number of shards."""
    limit = {"total": 1000, "remaining": 999, "reset_after": 14_400_000, "max_concurrency": 1}
    return {
        "url": call.parts.gateway.url,
        "shards": call.parts.shards,
        "session_start_limit": limit,
    }


def commands(call: Call) -> list[Json]:
    """Return the registered commands."""
    return call.world.commands.get(_command_guild(call), [])


def replace_commands(call: Call) -> list[Json]:
    """Accept a new list of commands."""
    guild_id = _command_guild(call)
    if guild_id is not None and guild_id not in call.world.guilds:
        raise ApiError(50001)
    call.hold_to(command_problems(call.body))
    known = {(each["type"], each["name"]): each["id"] for each in commands(call)}
    call.world.commands[guild_id] = [
        _register_command(call, each, known, guild_id) for each in call.body
    ]
    return call.world.commands[guild_id]


def guild(call: Call) -> Json:
    """Return a server."""
    return payloads.guild(call.world.guild(call.id("guild_id")))


def guild_channels(call: Call) -> list[Json]:
    """Return the channels of a server."""
    channels = call.world.guild(call.id("guild_id")).channels.values()
    return [payloads.channel(channel) for channel in channels]


def guild_member(call: Call) -> Json:
    """Return a member of a server."""
    call.world.guild(call.id("guild_id"))
    user_id = call.id("user_id")
    if user_id not in call.world.users:
        raise ApiError(10007)
    return payloads.member(call.world.user(user_id))


def user(call: Call) -> Json:
    """Return a user."""
    user_id = call.id("user_id")
    if user_id not in call.world.users:
        raise ApiError(10013)
    return payloads.user(call.world.user(user_id))


def open_dm(call: Call) -> Json:
    """Return the DM channel of the bot and a user."""
    recipient = call.world.user(int(call.body["recipient_id"]))
    return payloads.channel(call.world.dm_with(recipient))


def channel(call: Call) -> Json:
    """Return a channel."""
    found = _channel(call)
    found.needs()
    return payloads.channel(found)


def typing(call: Call) -> None:
    """Show that the bot is about to say something."""
    _channel(call).needs("send_messages")


def history(call: Call) -> list[Json]:
    """Return a page of a channel's messages."""
    found = _channel(call)
    found.needs()
    limit = call.query_id("limit") or 50
    ends = {name: call.query_id(name) for name in ("before", "after", "around")}
    if not 1 <= limit <= 100:
        raise InvalidRequest([f"limit: {limit} is not from 1 to 100"])
    if len([end for end in ends.values() if end is not None]) > 1:
        raise InvalidRequest(["before, after and around exclude each other"])
    messages = call.parts.messages.history(found, limit=limit, **ends)
    return [payloads.message(each, call.world) for each in messages]


def message(call: Call) -> Json:
    """Return a message."""
    found = _channel(call)
    found.needs("read_message_history")
    return payloads.message(_message(call), call.world)


async def create_message(call: Call) -> Json:
    """Send a message; that opens an archived thread again."""
    found = _channel(call)
    _may_send(call, found)
    if found.open_for_message():
        updated = payloads.channel(found)
        await call.parts.gateway.dispatch("THREAD_UPDATE", updated, found.guild_id)
    names = [upload.name for upload in call.uploads]
    call.hold_to(message_problems(call.body, call.body.get("flags") or 0, names))
    hold_to_something(call)
    made = call.parts.messages.create(found, call.world.bot, call.body, call.uploads)
    return payloads.message(made, call.world, just_made=True)


def _own_message(call: Call, *, refusal: int) -> Message:
    """Return a message of the bot's own; of anybody else's, raise an error of this code."""
    channel = _channel(call)
    channel.needs()
    if channel.archived:
        raise ApiError(50083)
    found = _message(call)
    if found.author is not call.world.bot:
        raise ApiError(refusal)
    return found


def edit_message(call: Call) -> Json:
    """Change a message of the bot's own."""
    found = _own_message(call, refusal=50005)
    names = [upload.name for upload in call.uploads]
    flags = found.flags | (call.body.get("flags") or 0)
    call.hold_to(message_problems(call.body, flags, [*names, *_kept(found)]))
    return payloads.message(call.parts.messages.change(found, call.body, call.uploads), call.world)


def delete_message(call: Call) -> None:
    """Delete a message of the bot's own."""
    found = _own_message(call, refusal=50013)
    call.parts.messages.delete(found)


def hold_to_something(call: Call) -> None:
    """Refuse an empty message."""
    if not call.uploads and not any(call.body.get(name) for name in _IN_A_MESSAGE):
        raise ApiError(50006)


def _channel(call: Call) -> Channel:
    return call.world.channel(call.id("channel_id"))


def _message(call: Call) -> Message:
    return call.world.message(call.id("channel_id"), call.id("message_id"))


def _kept(message: Message) -> list[str]:
    return [attachment["filename"] for attachment in message.attachments]


def _may_send(call: Call, channel: Channel) -> None:
    channel.needs("send_messages_in_threads" if channel.is_thread else "send_messages")
    if channel.kind == FORUM:
        raise ApiError(50008)
    if channel.recipient is not None and not channel.recipient.open_to_dms:
        raise ApiError(50007)
    if call.uploads:
        channel.needs("attach_files")
    if call.body.get("message_reference"):
        channel.needs("read_message_history")


def _command_guild(call: Call) -> int | None:
    return call.id("guild_id") if "guild_id" in call.request.match_info else None


def _register_command(
    call: Call, command: Json, known: dict[tuple[int, str], str], guild_id: int | None
) -> Json:
    kind = command.get("type") or 1
    new_id = known.get((kind, command["name"])) or str(call.world.clock.next_id())
    of_guild = {} if guild_id is None else {"guild_id": str(guild_id)}
    permissions = command.get("default_member_permissions")
    return {
        "description": "",
        "nsfw": False,
        "dm_permission": True,
        "contexts": None,
        "integration_types": [0],
        **command,
        **of_guild,
        "id": new_id,
        "type": kind,
        "application_id": str(call.world.bot.id),
        "version": str(call.world.clock.next_id()),
        "default_member_permissions": None if permissions is None else str(permissions),
    }


_COMMANDS = "/applications/{application_id}/commands"
_GUILD_COMMANDS = "/applications/{application_id}/guilds/{guild_id}/commands"
_MESSAGES = "/channels/{channel_id}/messages"

ROUTES: list[tuple[str, str, Handler]] = [
    ("GET", "/users/@me", own_user),
    ("POST", "/users/@me/channels", open_dm),
    ("GET", "/users/{user_id}", user),
    ("GET", "/oauth2/applications/@me", application),
    ("GET", "/applications/@me", application),
    ("GET", _COMMANDS, commands),
    ("PUT", _COMMANDS, replace_commands),
    ("GET", _GUILD_COMMANDS, commands),
    ("PUT", _GUILD_COMMANDS, replace_commands),
    ("GET", "/gateway", gateway),
    ("GET", "/gateway/bot", gateway_for_bots),
    ("GET", "/guilds/{guild_id}", guild),
    ("GET", "/guilds/{guild_id}/channels", guild_channels),
    ("GET", "/guilds/{guild_id}/members/{user_id}", guild_member),
    ("GET", "/channels/{channel_id}", channel),
    ("POST", "/channels/{channel_id}/typing", typing),
    ("GET", _MESSAGES, history),
    ("POST", _MESSAGES, create_message),
    ("GET", f"{_MESSAGES}/{{message_id}}", message),
    ("PATCH", f"{_MESSAGES}/{{message_id}}", edit_message),
    ("DELETE", f"{_MESSAGES}/{{message_id}}", delete_message),
]
