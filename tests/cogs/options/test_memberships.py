"""Which users are still members of a server, asked of Discord and kept for some minutes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import discord
import pytest

from cogs.options.memberships import Memberships
from tests.cogs.world import World


async def test_membership_that_expires_during_a_request_still_counts(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = world.server
    guild = world.bot.get_guild(server.guild.id)
    assert guild is not None
    services, started_at = world.bot.services, world.bot.services.now()
    memberships = services.get(Memberships)
    monkeypatch.setattr(services, "now", lambda: started_at)
    assert await memberships.find_members(guild, [server.ada.id]) == {server.ada.id}
    query_members = discord.Guild.query_members

    async def answer_late(self: discord.Guild, **options: Any) -> list[discord.Member]:
        monkeypatch.setattr(services, "now", lambda: started_at + timedelta(minutes=5))
        await memberships.is_member(guild, server.manager.id)
        return await query_members(self, **options)

    monkeypatch.setattr(discord.Guild, "query_members", answer_late)
    found = await memberships.find_members(guild, [server.ada.id, server.bob.id, 1])
    assert found == {server.ada.id, server.bob.id}
