"""The tags of forum posts: one for running competitions, one for those that have ended."""

from __future__ import annotations

import discord

RUNNING_TAG, ENDED_TAG = "running", "ended"
"""The names of the tags; those of a forum are compared without case."""

_MAX_TAGS = 20
"""Discord's limit for a forum."""


def find_tag(forum: discord.ForumChannel, name: str) -> discord.ForumTag | None:
    """Return a tag of a forum that the bot may give to its posts; None if there is none."""
    is_moderator = forum.permissions_for(forum.guild.me).manage_threads
    for tag in forum.available_tags:
        if tag.name.casefold() == name and (is_moderator or not tag.moderated):
            return tag
    return None


def can_create_tag(forum: discord.ForumChannel) -> bool:
    """Return whether the bot may add a tag to a forum."""
    may_edit = forum.permissions_for(forum.guild.me).manage_channels
    return may_edit and len(forum.available_tags) < _MAX_TAGS


async def ensure_tag(forum: discord.ForumChannel, name: str) -> discord.ForumTag | None:
    """Return a tag of a forum, created if need be; None if the bot may not create it."""
    tag = find_tag(forum, name)
    if tag is None and can_create_tag(forum):
        tag = await forum.create_tag(name=name)
    return tag
