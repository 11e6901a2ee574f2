"""Gives members the roles that they have earned, and takes away those that it gave."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import timedelta
from typing import cast

import discord
from discord.ext import commands

from cogs.framework.coalesce import Coalesced
from cogs.framework.services import Services, get_services
from cogs.members.role_rules import danger, obstacle
from cogs.members.roles_screen import refused
from leaderboards.role_criteria import qualifying_members
from records.members import GrantState, RoleGrant

logger = logging.getLogger(__name__)

MOST = 25
"""Members whose roles change in one server in one go; the others follow with the next sync."""

_LOOK_AGAIN = timedelta(days=1)
"""How often one looks who has left the server or is back: nobody tells."""

_UNKNOWN_ROLE = 10011
_WHY = "Earned on Kaggle's leaderboards"


class RoleSync(commands.Cog):
    """Brings roles in line with the boards after each sync; asks Discord for differences only."""

    def __init__(self, bot: commands.Bot, services: Services) -> None:
        self._bot = bot
        self._services = services
        self._looks = Coalesced(self._settle_all)
        self._refused: dict[tuple[int, int], str] = {}
        """By server and role, where Discord refused although nothing seemed to be in the way."""

    @commands.Cog.listener()
    async def on_outbox_filled(self) -> None:
        """Look at all servers, after each round and each change of what is set."""
        await self._looks()

    @commands.Cog.listener()
    async def on_guild_role_delete(self, role: discord.Role) -> None:
        """Forget a role that is gone."""
        await self._services.storage.roles.delete_role(role.guild.id, role.id)

    async def problems(self, guild: discord.Guild) -> dict[int, str]:
        """Say of each role that a server wants to be given what is in the way, if anything is."""
        found = {}
        for role_id in (await self._services.storage.roles.load_roles(guild.id)).values():
            problem = (
                obstacle(guild, role_id)
                or danger(guild, role_id)
                or self._refused.get((guild.id, role_id))
            )
            if problem is not None:
                found[role_id] = problem
        return found

    async def take(self, grants: Iterable[RoleGrant]) -> None:
        """Take away what members were given, as far as that is possible now."""
        for grant in grants:
            guild = self._bot.get_guild(grant.guild_id)
            if guild is not None:
                await self._take(guild, grant)

    async def _settle_all(self) -> None:
        try:
            guild_ids = await self._services.storage.roles.load_guild_ids()
        except Exception:
            logger.exception("It could not be read which servers give roles")
            return
        for guild_id in guild_ids:
            await self._settle_or_log(guild_id)

    async def _settle_or_log(self, guild_id: int) -> None:
        try:
            await self._settle(guild_id)
        except Exception:
            logger.exception("Server %s: its roles were not looked at", guild_id)

    async def _settle(self, guild_id: int) -> None:
        guild = self._bot.get_guild(guild_id)
        if guild is None or guild.unavailable:
            return
        roles = self._services.storage.roles
        rewards = await roles.load_roles(guild_id)
        for role_id in {*rewards.values(), *(g.role_id for g in await roles.load_grants(guild_id))}:
            if guild.get_role(role_id) is None:  # Deleted while the bot was away.
                await roles.delete_role(guild_id, role_id)
        members = qualifying_members(await roles.load_member_ranks(guild_id))
        wanted = {
            (user_id, role_id)
            for reward, role_id in rewards.items()
            if guild.get_role(role_id) is not None
            for user_id in members.get(reward, ())
        }
        known = {
            (grant.user_id, grant.role_id): grant for grant in await roles.load_grants(guild_id)
        }
        now = self._services.now()
        changes = 0
        for key, grant in known.items():
            if key not in wanted and changes < MOST:
                changes += await self._take(guild, grant)
        for user_id, role_id in sorted(wanted):
            grant = known.get((user_id, role_id)) or RoleGrant(
                guild_id, user_id, role_id, GrantState.AWAY, now - _LOOK_AGAIN
            )
            due = grant.state is GrantState.GIVING or (
                grant.state is not GrantState.HAD and now - grant.since >= _LOOK_AGAIN
            )
            if due and changes < MOST:
                changes += await self._give(guild, grant)

    async def _give(self, guild: discord.Guild, grant: RoleGrant) -> bool:
        """Give a role to who does not have it (any more); True when Discord was asked."""
        if obstacle(guild, grant.role_id) or danger(guild, grant.role_id):
            return False
        try:
            await self._try_to_give(guild, grant)
        except discord.HTTPException as error:
            await self._failed(guild, grant, error)
        return True

    async def _try_to_give(self, guild: discord.Guild, grant: RoleGrant) -> None:
        if grant.state is not GrantState.GIVING:
            member = await guild.fetch_member(grant.user_id)
            has = any(role.id == grant.role_id for role in member.roles)
            was_given = grant.state is GrantState.GIVEN
            is_back = member.joined_at is not None and member.joined_at > grant.since
            if has or (was_given and not is_back):
                # What somebody else gave, or took away by hand, stays as it is.
                await self._keep(grant, GrantState.GIVEN if has and was_given else GrantState.HAD)
                return
            await self._keep(grant, GrantState.GIVING)
        await self._bot.http.add_role(guild.id, grant.user_id, grant.role_id, reason=_WHY)
        await self._keep(grant, GrantState.GIVEN)
        self._refused.pop((guild.id, grant.role_id), None)

    async def _take(self, guild: discord.Guild, grant: RoleGrant) -> bool:
        """Take a role from who has it from the bot; True when Discord was asked."""
        if grant.state in {GrantState.HAD, GrantState.AWAY}:
            await self._services.storage.roles.delete_grant(grant)
            return False
        if obstacle(guild, grant.role_id):
            return False
        try:
            await self._bot.http.remove_role(guild.id, grant.user_id, grant.role_id, reason=_WHY)
        except discord.NotFound as error:
            if error.code == _UNKNOWN_ROLE:
                await self._failed(guild, grant, error)
                return True
        except discord.HTTPException as error:
            await self._failed(guild, grant, error)
            return True
        await self._services.storage.roles.delete_grant(grant)
        return True

    async def _keep(self, grant: RoleGrant, state: GrantState) -> None:
        now = self._services.now()
        await self._services.storage.roles.store_grant(
            RoleGrant(grant.guild_id, grant.user_id, grant.role_id, state, now)
        )

    async def _failed(
        self, guild: discord.Guild, grant: RoleGrant, error: discord.HTTPException
    ) -> None:
        if isinstance(error, discord.NotFound):
            if error.code == _UNKNOWN_ROLE:
                await self._services.storage.roles.delete_role(guild.id, grant.role_id)
            else:
                await self._keep(grant, GrantState.AWAY)
            return
        logger.warning("Server %s: role %s was not changed: %s", guild.id, grant.role_id, error)
        if isinstance(error, discord.Forbidden):
            self._refused[guild.id, grant.role_id] = refused(error.text)


def get_role_sync(client: discord.Client) -> RoleSync:
    """Give the cog that keeps roles."""
    return cast("RoleSync", cast("commands.Bot", client).get_cog("RoleSync"))


async def setup(bot: commands.Bot) -> None:
    """Start keeping roles."""
    await bot.add_cog(RoleSync(bot, get_services(bot)))
