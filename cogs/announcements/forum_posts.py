"""Creates forum posts for competitions, and finds one that the bot may have created."""

from __future__ import annotations

from collections.abc import AsyncIterator

import discord
from discord import ui

from cogs.announcements.http_attempts import send_once
from cogs.channels.forum_tags import RUNNING_TAG, ensure_tag

MAX_NAME = 100
"""Characters of the name of a thread."""


async def create_post(forum: discord.ForumChannel, name: str, view: ui.LayoutView) -> int:
    """Create a post and return its id, which is also that of its first message."""
    tag = await ensure_tag(forum, RUNNING_TAG)
    created = await send_once(
        forum.create_thread(
            name=name[:MAX_NAME],
            view=view,
            applied_tags=[] if tag is None else [tag],
            allowed_mentions=discord.AllowedMentions.none(),
        )
    )
    return created.thread.id


async def load_first_messages(
    forum: discord.ForumChannel, after_id: int
) -> AsyncIterator[discord.Message]:
    """Yield the first messages of the bot's own posts since an id, also of archived ones."""
    posts = [one for one in await forum.guild.active_threads() if one.parent_id == forum.id]
    posts += [one async for one in forum.archived_threads()]
    for post in posts:
        if post.id > after_id and post.owner_id == forum.guild.me.id:
            try:
                yield await post.fetch_message(post.id)
            except discord.NotFound:
                continue  # Somebody has deleted it.
