"""Synchronization of members' roles with their ranks."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

import discord

from cogs.framework.clock import is_within
from cogs.framework.coalesced_function import CoalescedFunction
from cogs.framework.discord_errors import is_expected
from cogs.framework.log_context import log_subject
from cogs.framework.services import Services
from cogs.members.role_rules import explain_dangerous, explain_unmanageable
from cogs.members.roles_screen import ROLE_AUDIT_TEXT, role_refusal_text
from cogs.options.memberships import query_members
from leaderboards.members.role_criteria import RoleCriterion, find_qualifying_members
from records.members import GrantState, RoleGrant

logger = logging.getLogger(__name__)

_MAX_CHANGES = 25
"""Changes in one server at a time; the others follow with the next synchronization."""

_RECHECK_INTERVAL = timedelta(days=1)
"""How often grants are checked against the member: without the members intent, Discord does not
report who leaves a server or comes back."""
_REJOIN_CHECK_INTERVAL = timedelta(hours=1)
"""How often it is checked whether members who left are back. Those who use a command or control are
noticed at once, by `check_rejoined`."""
_UNKNOWN_ROLE = 10011

_GrantKey = tuple[int, int, int]
"""Guild, user and role id."""


class RoleSyncService:
    """Adds and removes roles after each round of syncs; only differences become requests."""

    def __init__(self, client: discord.Client, services: Services) -> None:
        self._client = client
        self._services = services
        self.sync = CoalescedFunction(self._sync_guilds)
        """Synchronizes all servers."""
        self._refused: dict[tuple[int, int], str] = {}
        """By guild and role id: why Discord refused a change that the role rules allow."""
        self._rejoined: set[_GrantKey] = set()
        """Grants to members who came back, to be checked with the next synchronization."""
        self._rejoins_checked_at: datetime | None = None
        """When it was last checked whether members who left are back."""

    async def find_problems(self, guild: discord.Guild) -> dict[int, str]:
        """Return why roles of a server cannot be given, by role id."""
        problems = {}
        for role_id in (await self._services.storage.roles.load_roles(guild.id)).values():
            problem = (
                explain_unmanageable(guild, role_id)
                or explain_dangerous(guild, role_id)
                or self._refused.get((guild.id, role_id))
            )
            if problem is not None:
                problems[role_id] = problem
        return problems

    async def count_losing(self, guild_id: int, criterion: RoleCriterion) -> int:
        """Return how many members lose the role of a criterion if it is removed or replaced.

        Those who have earned the same role by another criterion keep it.
        """
        storage = self._services.storage
        roles_by_criterion = await storage.roles.load_roles(guild_id)
        role_id = roles_by_criterion.pop(criterion, None)
        members = find_qualifying_members(await storage.member_ranks.load(guild_id))
        kept = {
            user_id
            for other, other_id in roles_by_criterion.items()
            if other_id == role_id
            for user_id in members.get(other, ())
        }
        return sum(
            grant.role_id == role_id
            and grant.state is GrantState.GIVEN
            and grant.user_id not in kept
            for grant in await storage.roles.load_grants(guild_id)
        )

    async def remove_roles(self, grants: Iterable[RoleGrant]) -> None:
        """Remove given roles, as far as Discord allows it now; what fails is logged."""
        for grant in grants:
            guild = self._client.get_guild(grant.guild_id)
            if guild is None:
                continue
            try:
                await self._remove(guild, grant)
            except Exception as error:
                if not is_expected(error):
                    raise
                logger.warning("Server %s: role %s stays: %s", guild.id, grant.role_id, error)

    async def check_rejoined(self, member: discord.Member) -> None:
        """Assign the earned roles to a member who left the server and is seen again."""
        roles = self._services.storage.roles
        grants = await roles.load_grants_of_member(member.guild.id, member.id)
        rejoined = _select_rejoined_grants([member], grants) - self._rejoined
        if rejoined:
            self._rejoined |= rejoined
            await self.sync()

    async def _sync_guilds(self) -> None:
        try:
            guild_ids = await self._services.storage.roles.load_guild_ids()
        except Exception:
            logger.exception("Servers with roles could not be loaded")
            return
        check_due = self._is_rejoin_check_due()
        if check_due:
            self._rejoins_checked_at = self._services.now()
        for guild_id in guild_ids:
            with log_subject(server=guild_id):
                # A check without an answer takes 30 seconds, and the next would get none either.
                check_due = check_due and await self._find_rejoined(guild_id)
                await self._try_sync_guild(guild_id)

    def _is_rejoin_check_due(self) -> bool:
        now = self._services.now()
        return not is_within(self._rejoins_checked_at, _REJOIN_CHECK_INTERVAL, now)

    async def _find_rejoined(self, guild_id: int) -> bool:
        """Find the members who left a server and are back; return False without an answer."""
        guild = self._client.get_guild(guild_id)
        if guild is None or guild.unavailable:
            return True
        try:
            grants = await self._services.storage.roles.load_grants(guild_id)
            async for members in query_members(guild, (grant.user_id for grant in grants)):
                self._rejoined |= _select_rejoined_grants(members, grants)
        except Exception as error:  # noqa: BLE001 - the daily check finds them too
            logger.warning("Server %s: it was not checked who is back: %r", guild_id, error)
            return False
        return True

    async def _try_sync_guild(self, guild_id: int) -> None:
        try:
            await self._sync_guild(guild_id)
        except Exception:
            logger.exception("Server %s: roles could not be synchronized", guild_id)

    async def _sync_guild(self, guild_id: int) -> None:
        guild = self._client.get_guild(guild_id)
        if guild is None or guild.unavailable:
            return
        roles = self._services.storage.roles
        roles_by_criterion = await roles.load_roles(guild_id)
        for role_id in {
            *roles_by_criterion.values(),
            *(g.role_id for g in await roles.load_grants(guild_id)),
        }:
            if guild.get_role(role_id) is None:  # Deleted while the bot was away.
                await roles.delete_role(guild_id, role_id)
        members = find_qualifying_members(await self._services.storage.member_ranks.load(guild_id))
        wanted = {
            (user_id, role_id)
            for criterion, role_id in roles_by_criterion.items()
            if guild.get_role(role_id) is not None
            for user_id in members.get(criterion, ())
        }
        grants = {
            (grant.user_id, grant.role_id): grant for grant in await roles.load_grants(guild_id)
        }
        refused_roles: set[int] = set()
        unearned = [grant for key, grant in grants.items() if key not in wanted]
        changes = await self._remove_unearned(guild, unearned, refused_roles)
        earned = [
            grants.get((user_id, role_id)) or self._build_missing_grant(guild_id, user_id, role_id)
            for user_id, role_id in sorted(wanted)
        ]
        await self._assign_earned(guild, earned, refused_roles, _MAX_CHANGES - changes)
        self._rejoined -= {
            grant_key
            for grant_key in self._rejoined
            if grant_key[0] == guild_id and grant_key[1:] not in wanted
        }

    def _build_missing_grant(self, guild_id: int, user_id: int, role_id: int) -> RoleGrant:
        """Return a grant for a member without one, which makes `_request_grant` read their roles.

        Somebody else may have given them the role.
        """
        confirmed_at = self._services.now() - _RECHECK_INTERVAL  # It is due again now.
        return RoleGrant(guild_id, user_id, role_id, GrantState.AWAY, confirmed_at)

    async def _remove_unearned(
        self, guild: discord.Guild, grants: Iterable[RoleGrant], refused_roles: set[int]
    ) -> int:
        """Remove roles that are no longer earned; return how many changes that took.

        A role that Discord refuses to change is added to `refused_roles` and not tried for other
        members: the refusals would use up the changes of other roles.
        """
        changes = 0
        for grant in grants:
            if grant.role_id in refused_roles or changes >= _MAX_CHANGES:
                continue
            if await self._remove(guild, grant):
                changes += 1
                if (guild.id, grant.role_id) in self._refused:
                    refused_roles.add(grant.role_id)
        return changes

    async def _assign_earned(
        self,
        guild: discord.Guild,
        grants: Iterable[RoleGrant],
        refused_roles: set[int],
        max_changes: int,
    ) -> None:
        """Add the earned roles that are due, as `_remove_unearned` removes others."""
        changes, now = 0, self._services.now()
        for grant in grants:
            if grant.role_id in refused_roles or changes >= max_changes:
                continue
            grant_key = guild.id, grant.user_id, grant.role_id
            due = grant.state is GrantState.GIVING or (
                grant.state is not GrantState.MANUAL
                and (now - grant.confirmed_at >= _RECHECK_INTERVAL or grant_key in self._rejoined)
            )
            if due and await self._assign(guild, grant):
                changes += 1
                self._rejoined.discard(grant_key)
                if (guild.id, grant.role_id) in self._refused:
                    refused_roles.add(grant.role_id)

    async def _assign(self, guild: discord.Guild, grant: RoleGrant) -> bool:
        """Add a role to a member without it; return True if a request was sent to Discord."""
        if explain_unmanageable(guild, grant.role_id) or explain_dangerous(guild, grant.role_id):
            return False
        try:
            await self._request_grant(guild, grant)
        except discord.HTTPException as error:
            await self._handle_error(guild, grant, error)
        return True

    async def _request_grant(self, guild: discord.Guild, grant: RoleGrant) -> None:
        if grant.state is not GrantState.GIVING:
            member = await guild.fetch_member(grant.user_id)
            has_role = any(role.id == grant.role_id for role in member.roles)
            was_given = grant.state is GrantState.GIVEN
            if has_role or (was_given and not _has_rejoined(member, grant)):
                # Nothing to do: they have it, or it was taken by hand.
                await self._store_state(
                    grant, GrantState.GIVEN if has_role and was_given else GrantState.MANUAL
                )
                return
            await self._store_state(grant, GrantState.GIVING)
        await self._client.http.add_role(
            guild.id, grant.user_id, grant.role_id, reason=ROLE_AUDIT_TEXT
        )
        await self._store_state(grant, GrantState.GIVEN)
        self._refused.pop((guild.id, grant.role_id), None)

    async def _remove(self, guild: discord.Guild, grant: RoleGrant) -> bool:
        """Remove a role that the bot gave; return True if a request was sent to Discord."""
        if grant.state in {GrantState.MANUAL, GrantState.AWAY}:
            await self._services.storage.roles.delete_grant(grant)
            return False
        if explain_unmanageable(guild, grant.role_id):
            return False
        try:
            await self._client.http.remove_role(
                guild.id, grant.user_id, grant.role_id, reason=ROLE_AUDIT_TEXT
            )
        except discord.NotFound as error:
            if error.code == _UNKNOWN_ROLE:
                await self._handle_error(guild, grant, error)
                return True
        except discord.HTTPException as error:
            await self._handle_error(guild, grant, error)
            return True
        await self._services.storage.roles.delete_grant(grant)
        self._refused.pop((guild.id, grant.role_id), None)
        return True

    async def _store_state(self, grant: RoleGrant, state: GrantState) -> None:
        now = self._services.now()
        await self._services.storage.roles.store_grant(
            RoleGrant(grant.guild_id, grant.user_id, grant.role_id, state, now)
        )

    async def _handle_error(
        self, guild: discord.Guild, grant: RoleGrant, error: discord.HTTPException
    ) -> None:
        if isinstance(error, discord.NotFound):
            if error.code == _UNKNOWN_ROLE:
                await self._services.storage.roles.delete_role(guild.id, grant.role_id)
            else:
                await self._store_state(grant, GrantState.AWAY)
            return
        logger.warning("Server %s: role %s was not changed: %s", guild.id, grant.role_id, error)
        if isinstance(error, discord.Forbidden):
            self._refused[guild.id, grant.role_id] = role_refusal_text(error.text)


def _select_rejoined_grants(
    members: Iterable[discord.Member], grants: Iterable[RoleGrant]
) -> set[_GrantKey]:
    """Return the grants to members of a server who left it and came back."""
    by_id = {member.id: member for member in members}
    return {
        (grant.guild_id, grant.user_id, grant.role_id)
        for grant in grants
        if grant.user_id in by_id and _has_rejoined(by_id[grant.user_id], grant)
    }


def _has_rejoined(member: discord.Member, grant: RoleGrant) -> bool:
    """Return whether a member left the server and came back since the state was last confirmed."""
    if grant.state is GrantState.AWAY:
        return True
    is_newer = member.joined_at is not None and member.joined_at > grant.confirmed_at
    return grant.state is GrantState.GIVEN and is_newer
