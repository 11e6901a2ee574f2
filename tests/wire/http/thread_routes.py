"""Routes of Discord's HTTP API: threads, forum posts, pins and announcement channels."""

from __future__ import annotations

from tests.wire.http.api_errors import ApiError, InvalidRequest
from tests.wire.http.call import Call, Handler
from tests.wire.http.limits import message_problems
from tests.wire.state import payloads
from tests.wire.state.world import BOT_ID, FORUM, NEWS, TEXT, Channel, Json

_NAME_LENGTH = 100
_TAGS = 20
"""The most tags of a forum."""


async def create_post(call: Call) -> Json:
    """Open a post in a forum with its first message, whose id is the post's."""
    forum = call.world.channel(call.id("channel_id"))
    forum.needs("send_messages")
    if forum.kind != FORUM:
        raise InvalidRequest(["the stand-in opens threads without a message in forums only"])
    tags = [str(tag) for tag in call.body.get("applied_tags") or []]
    if forum.requires_tag and not tags:
        raise ApiError(40067)
    call.hold_to(_name_problems(call.body))
    known = {tag["id"] for tag in forum.tags}
    call.hold_to([f"no tag {tag}" for tag in tags if tag not in known])
    message = call.body["message"]
    names = [upload.name for upload in call.uploads]
    call.hold_to(message_problems(message, message.get("flags") or 0, names))
    post = call.world.add_thread(forum, call.body["name"], owner_id=BOT_ID, applied_tags=tags)
    made = call.parts.messages.create(
        post, call.world.bot, message, call.uploads, message_id=post.id
    )
    await _tell(call, "THREAD_CREATE", post)
    return {**payloads.channel(post), "message": payloads.message(made, call.world)}


async def create_thread(call: Call) -> Json:
    """Open the thread of a message, which can have one only."""
    parent = call.world.channel(call.id("channel_id"))
    parent.needs("create_public_threads", "read_message_history")
    if parent.kind not in {TEXT, NEWS}:
        raise ApiError(50024)
    message = call.world.message(parent.id, call.id("message_id"))
    if message.id in call.world.channels:
        raise ApiError(160004)
    call.hold_to(_name_problems(call.body))
    thread = call.world.add_thread(parent, call.body["name"], message.id, BOT_ID)
    await _tell(call, "THREAD_CREATE", thread)
    return payloads.channel(thread)


async def change_channel(call: Call) -> Json:
    """Change a thread, or the tags of a forum."""
    channel = call.world.channel(call.id("channel_id"))
    channel.needs()
    if not channel.is_thread:
        channel.needs("manage_channels")
        call.hold_to([f"more than {_TAGS} tags"] * (len(call.body["available_tags"]) > _TAGS))
        channel.tags = [
            {**tag, "id": str(tag.get("id") or call.world.clock.next_id())}
            for tag in call.body["available_tags"]
        ]
        await _tell(call, "CHANNEL_UPDATE", channel)
        return payloads.channel(channel)
    is_moderator = channel.may("manage_threads")
    if call.body.get("archived") is False:
        channel.open_for_message()
    elif channel.owner_id != BOT_ID and not is_moderator:
        raise ApiError(50013)
    elif channel.archived:
        raise ApiError(50083)
    if "applied_tags" in call.body:
        channel.applied_tags = [str(tag) for tag in call.body["applied_tags"]]
    channel.archived = call.body.get("archived", channel.archived)
    channel.name = call.body.get("name", channel.name)
    await _tell(call, "THREAD_UPDATE", channel)
    return payloads.channel(channel)


def active_threads(call: Call) -> Json:
    """Return the threads of a server that are not archived."""
    guild = call.world.guild(call.id("guild_id"))
    return _thread_list(call.world.threads_of(guild.id))


def archived_threads(call: Call) -> Json:
    """Return the archived public threads of a channel."""
    parent = call.world.channel(call.id("channel_id"))
    parent.needs("read_message_history")
    channels = call.world.channels.values()
    found = [each for each in channels if each.parent is parent and each.archived]
    return {**_thread_list(found), "has_more": False}


def pin_message(call: Call) -> None:
    """Pin a message; that it is pinned already is no error."""
    channel = call.world.channel(call.id("channel_id"))
    channel.needs("pin_messages", "read_message_history")
    if channel.archived:
        raise ApiError(50083)
    message = call.world.message(channel.id, call.id("message_id"))
    if message.id not in channel.pinned:
        channel.pinned.append(message.id)


def publish_message(call: Call) -> Json:
    """Publish a message of an announcement channel, once."""
    channel = call.world.channel(call.id("channel_id"))
    channel.needs("send_messages")
    if channel.kind != NEWS:
        raise ApiError(50024)
    message = call.world.message(channel.id, call.id("message_id"))
    if message.published:
        raise ApiError(40033)
    message.published = True
    call.world.changes.notify()
    return payloads.message(message, call.world)


def _name_problems(body: Json) -> list[str]:
    if 1 <= len(body["name"]) <= _NAME_LENGTH:
        return []
    return [f"name: must be between 1 and {_NAME_LENGTH} in length"]


def _thread_list(threads: list[Channel]) -> Json:
    return {"threads": [payloads.channel(each) for each in threads], "members": []}


async def _tell(call: Call, event: str, channel: Channel) -> None:
    await call.parts.gateway.dispatch(event, payloads.channel(channel), channel.guild_id)
    call.world.changes.notify()


_CHANNEL = "/channels/{channel_id}"

ROUTES: list[tuple[str, str, Handler]] = [
    ("PATCH", _CHANNEL, change_channel),
    ("POST", f"{_CHANNEL}/threads", create_post),
    ("GET", f"{_CHANNEL}/threads/archived/public", archived_threads),
    ("POST", f"{_CHANNEL}/messages/{{message_id}}/threads", create_thread),
    ("PUT", f"{_CHANNEL}/messages/pins/{{message_id}}", pin_message),
    ("POST", f"{_CHANNEL}/messages/{{message_id}}/crosspost", publish_message),
    ("GET", "/guilds/{guild_id}/threads/active", active_threads),
]
