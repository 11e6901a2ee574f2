"""Servers, channels, people and messages as Discord writes them."""

from __future__ import annotations

from tests.wire.state import permissions
from tests.wire.state.world import BOT_ID, FORUM, Channel, Guild, Json, Message, User, World

_PUBLISHED = 1 << 0
_REQUIRES_TAG = 1 << 4
_JOINED = "2026-01-01T00:00:00+00:00"


def user(of: User) -> Json:
    """Write a person."""
    return {
        "id": str(of.id),
        "username": of.name,
        "global_name": None if of.bot else of.name.title(),
        "discriminator": "0",
        "avatar": None,
        "bot": of.bot,
        "system": False,
        "public_flags": 0,
        "flags": 0,
        "banner": None,
        "accent_color": None,
        "avatar_decoration_data": None,
        "collectibles": None,
        "primary_guild": None,
    }


def own_user(of: User) -> Json:
    """Write the bot as it is told about itself."""
    return {**user(of), "verified": True, "mfa_enabled": True, "email": None, "locale": "en-US"}


def member(of: User, may: int | None = None) -> Json:
    """Write a member of a server; `may` is given where Discord works permissions out."""
    worked_out = {} if may is None else {"permissions": str(may)}
    return {
        "user": user(of),
        "nick": None,
        "avatar": None,
        "banner": None,
        "roles": [],
        "joined_at": _JOINED,
        "premium_since": None,
        "communication_disabled_until": None,
        "deaf": False,
        "mute": False,
        "pending": False,
        "flags": 0,
        **worked_out,
    }


def application(bot: User, owner: User) -> Json:
    """Write the bot's application."""
    return {
        "id": str(BOT_ID),
        "name": bot.name,
        "icon": None,
        "description": "",
        "summary": "",
        "bot_public": True,
        "bot_require_code_grant": False,
        "rpc_origins": [],
        "verify_key": "0" * 64,
        "flags": 0,
        "owner": user(owner),
        "bot": user(bot),
        "team": None,
        "hook": True,
        "tags": [],
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "approximate_guild_count": 1,
        "approximate_user_install_count": 0,
    }


def channel(of: Channel) -> Json:
    """Write a channel."""
    if of.recipient is not None:
        return {
            "id": str(of.id),
            "type": 1,
            "last_message_id": None,
            "flags": 0,
            "recipients": [user(of.recipient)],
        }
    if of.parent is not None:
        return _thread(of, of.parent)
    bots_own = {
        "id": str(BOT_ID),
        "type": 1,
        "allow": str(permissions.bits_of(of.allowed)),
        "deny": str(permissions.bits_of(of.denied)),
    }
    forum: Json = {}
    if of.kind == FORUM:
        forum = {"available_tags": of.tags, "default_sort_order": None, "default_forum_layout": 0}
    return {
        "id": str(of.id),
        "type": of.kind,
        "guild_id": str(of.guild_id),
        "name": of.name,
        "topic": None,
        "position": 0,
        "nsfw": False,
        "parent_id": None,
        "rate_limit_per_user": 0,
        "last_message_id": str(max(of.messages)) if of.messages else None,
        "last_pin_timestamp": None,
        "flags": _REQUIRES_TAG if of.requires_tag else 0,
        "permission_overwrites": [bots_own] if of.denied or of.allowed else [],
        **forum,
    }


def _thread(of: Channel, parent: Channel) -> Json:
    return {
        "id": str(of.id),
        "type": of.kind,
        "guild_id": str(of.guild_id),
        "parent_id": str(parent.id),
        "owner_id": str(of.owner_id),
        "name": of.name,
        "rate_limit_per_user": 0,
        "last_message_id": str(max(of.messages)) if of.messages else None,
        "message_count": len(of.messages),
        "total_message_sent": len(of.messages),
        "member_count": 1,
        "flags": 0,
        "applied_tags": of.applied_tags,
        "thread_metadata": {
            "archived": of.archived,
            "locked": of.locked,
            "auto_archive_duration": 4320,
            "archive_timestamp": _JOINED,
            "create_timestamp": _JOINED,
        },
    }


def guild(of: Guild) -> Json:
    """Write a server."""
    everyone = {
        "id": str(of.id),
        "name": "@everyone",
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "icon": None,
        "unicode_emoji": None,
        "position": 0,
        "permissions": str(permissions.MEMBER),
        "managed": False,
        "mentionable": False,
        "flags": 0,
    }
    nothing: Json = dict.fromkeys(
        (
            *("icon", "splash", "discovery_splash", "description", "banner", "vanity_url_code"),
            *("afk_channel_id", "system_channel_id", "rules_channel_id", "application_id"),
            *("public_updates_channel_id", "safety_alerts_channel_id", "max_presences"),
        )
    )
    return {
        **nothing,
        "id": str(of.id),
        "name": of.name,
        "owner_id": str(of.owner_id),
        "region": "deprecated",
        "afk_timeout": 300,
        "verification_level": 0,
        "default_message_notifications": 0,
        "explicit_content_filter": 0,
        "mfa_level": 0,
        "nsfw_level": 0,
        "nsfw": False,
        "premium_tier": 0,
        "premium_subscription_count": 0,
        "premium_progress_bar_enabled": False,
        "preferred_locale": "en-US",
        "system_channel_flags": 0,
        "max_members": 500_000,
        "roles": [everyone],
        "emojis": [],
        "stickers": [],
        "features": [],
    }


def guild_create(of: Guild, world: World, *, joined: bool = False) -> Json:
    """Write a server as the gateway tells it, whether known before or just joined."""
    known = {} if joined else {"unavailable": False}
    return {
        **known,
        **guild(of),
        "joined_at": _JOINED,
        "large": False,
        "member_count": 3,
        "members": [member(world.bot)],
        "channels": [channel(each) for each in of.channels.values()],
        "threads": [channel(each) for each in world.threads_of(of.id)],
        "voice_states": [],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def message(of: Message, world: World, *, just_made: bool = False) -> Json:
    """Write a message; its nonce is told only to the one who sends it."""
    nonce = {"nonce": of.nonce} if just_made and of.nonce is not None else {}
    reference = {} if of.reference is None else {"message_reference": of.reference}
    return {
        "id": str(of.id),
        "channel_id": str(of.channel_id),
        "author": user(of.author),
        "type": 0 if of.reference is None else 19,
        "content": of.content,
        "timestamp": of.timestamp,
        "edited_timestamp": of.edited,
        "tts": False,
        "mention_everyone": False,
        "mentions": [user(world.user(user_id)) for user_id in of.mentions],
        "mention_roles": [],
        "attachments": of.attachments,
        "embeds": of.embeds,
        "components": of.components,
        "pinned": of.id in world.channels[of.channel_id].pinned,
        "flags": of.flags | (_PUBLISHED if of.published else 0),
        **nonce,
        **reference,
    }
