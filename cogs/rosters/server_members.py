"""The members of a server whom a roster names, as Discord knows them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import discord

from cogs.options.memberships import query_members
from cogs.rosters.roster_check import ServerMember, find_id, find_name
from cogs.rosters.roster_file import RosterRow
from cogs.rosters.roster_screen import looking_text

_MAX_FOUND = 100
"""Discord's limit for the members that a search for a name returns."""
_MAX_NAME = 32
"""Discord's limit for the characters of a name."""
_STEP = 20
"""Names between two reports of the progress."""


async def load_named_members(
    guild: discord.Guild, rows: Sequence[RosterRow], progress: Callable[[str], None]
) -> list[ServerMember]:
    """Return the members that the rows may name, and perhaps others.

    Raises `TimeoutError` if Discord does not answer. discord.py waits where Discord's limit for
    such questions is reached, about a hundred names a minute.
    """
    ids = {id_ for row in rows if (id_ := find_id(row.member)) is not None}
    found = {member.id: member for member in await load_members(guild, ids)}
    # Discord ignores case, but takes the casefolded "strauss" for another name than "Strauß".
    names = {name.casefold(): name for row in rows if (name := find_name(row.member)) is not None}
    for number, name in enumerate(names.values()):
        if number % _STEP == 0:
            progress(looking_text(number, len(names)))
        members = await guild.query_members(name[:_MAX_NAME], limit=_MAX_FOUND, cache=False)
        found |= {member.id: _build_server_member(member) for member in members}
    return list(found.values())


async def load_members(guild: discord.Guild, user_ids: Iterable[int]) -> list[ServerMember]:
    """Return those of some users who are members of a server.

    Raises `TimeoutError` if Discord does not answer.
    """
    return [
        _build_server_member(member)
        async for members in query_members(guild, user_ids)
        for member in members
    ]


def _build_server_member(member: discord.Member) -> ServerMember:
    others = tuple(filter(None, (member.nick, member.global_name)))
    return ServerMember(member.id, member.name, member.display_name, others, member.bot)
