"""Creates, moves and ends Scheduled Events for the deadlines of followed competitions."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import discord

from cogs.calendar.event_content import EventContent, ServerEvent
from cogs.calendar.event_permissions import explain_missing_event_permissions
from cogs.calendar.event_plan import EventPlan, is_up_to_date, plan_events
from cogs.calendar.event_screen import (
    EVENT_AUDIT_TEXT,
    event_failure_text,
    no_room_text,
    refusal_text,
)
from cogs.framework.coalesced_function import CoalescedFunction
from cogs.framework.discord_errors import is_expected, is_temporary
from cogs.framework.log_context import log_subject
from cogs.framework.services import Services
from cogs.framework.texts import BUG_TEXT, UNREACHABLE_TEXT, discord_failure_text
from records.scheduled_events import ServerEvents

logger = logging.getLogger(__name__)

_MAX_CONCURRENT_SERVERS = 8
_PAUSE = timedelta(minutes=1)
"""How long a server is paused after a temporary failure: a lost answer may mean that an
event is still being created."""
_LONG_PAUSE = timedelta(minutes=30)
"""The same after a refusal."""

_TOO_MANY_EVENTS = 30038
_GONE = frozenset({10070, 180000})
"""The event was deleted, or it has ended."""

_NOT_ENDED = frozenset({discord.EventStatus.scheduled, discord.EventStatus.active})


@dataclass(slots=True)
class _Outcome:
    """Result of executing a plan."""

    created: int = 0
    without_room: int = 0
    """How many events were not created since the server has too many."""
    error: discord.HTTPException | None = None
    """The first refusal of an event."""

    @contextmanager
    def recording(self) -> Iterator[None]:
        """Record an error that concerns one event only; raise those that concern all of them."""
        try:
            yield
        except discord.HTTPException as error:
            if isinstance(error, discord.Forbidden) or is_temporary(error):
                raise
            self.error = self.error or error


class ScheduledEventService:
    """Creates, moves and ends the Scheduled Events of servers that have turned them on.

    Each event is created once: its row is stored before the request, and the event is known by the
    marker in its description. What counts is that Discord lists it: a creation without an answer is
    looked for in the list before it is tried again, and what was made twice is removed.
    """

    def __init__(self, client: discord.Client, services: Services) -> None:
        self._client = client
        self._services = services
        self._servers_at_once = asyncio.Semaphore(_MAX_CONCURRENT_SERVERS)
        self._problems: dict[int, str] = {}
        """By server, why its events are not up to date."""
        self._paused_until: dict[int, datetime] = {}
        """By server, when its pause after a failure ends."""
        self.update = CoalescedFunction(self._update_servers)
        """Updates the servers in which something is to be done."""

    async def find_problem(self, guild: discord.Guild) -> str | None:
        """Return why the events of a server are not up to date; None if they are."""
        settings = await self._services.storage.guilds.load_settings(guild.id)
        if settings.scheduled_events or guild.id in self._problems:
            return explain_missing_event_permissions(guild) or self._problems.get(guild.id)
        return None

    def resume(self, guild_id: int) -> None:
        """End the pause of a server: what was refused may be repaired, or no longer wanted."""
        self._paused_until.pop(guild_id, None)

    async def _update_servers(self) -> None:
        if not self._client.is_ready():
            return
        events, now = self._services.storage.scheduled_events, self._services.now()
        try:
            await events.delete_passed(now)
            due = await events.load_all(now, lambda server: not is_up_to_date(server, now))
        except Exception:
            logger.exception("The scheduled events could not be loaded")
            return
        for guild_id in self._problems.keys() - {server.guild_id for server in due}:
            del self._problems[guild_id]
        await asyncio.gather(*(self._try_update(server, now) for server in due))

    async def _try_update(self, server: ServerEvents, now: datetime) -> None:
        guild = self._client.get_guild(server.guild_id)
        if guild is None or guild.unavailable or now < self._paused_until.get(guild.id, now):
            return
        with log_subject(server=guild.id):
            missing = explain_missing_event_permissions(guild)
            if missing is not None:
                self._problems[guild.id] = missing
                return
            try:
                async with self._servers_at_once:
                    await self._update(guild, server)
            except Exception as error:
                if not is_expected(error):
                    logger.exception("Server %s: its events were not updated", guild.id)
                else:
                    logger.warning("Server %s: its events were not updated: %s", guild.id, error)
                self._problems[guild.id] = event_failure_text(_describe(error))
                pause = _PAUSE if is_temporary(error) else _LONG_PAUSE
                self._paused_until[guild.id] = self._services.now() + pause

    async def _update(self, guild: discord.Guild, server: ServerEvents) -> None:
        """Execute what is planned for a server; raise the first error after the rest is done."""
        listed = await self._list_events(guild)
        plan = self._plan(server, listed)
        done = await self._execute(guild, plan, listed)
        if done.created:
            # Discord's list tells which event it is, and whether discord.py's retries made two.
            stored = await self._services.storage.scheduled_events.load_by_guild(guild.id)
            listed = await self._list_events(guild)
            plan_after = self._plan(replace(server, stored=stored), listed)
            await self._execute(guild, replace(plan_after, to_create=[]), listed)
        if done.error is not None:
            raise done.error
        self._problems.pop(guild.id, None)
        without_room = plan.without_room + done.without_room
        if without_room:
            self._problems[guild.id] = no_room_text(without_room)

    def _plan(self, server: ServerEvents, listed: Sequence[discord.ScheduledEvent]) -> EventPlan:
        own_id = self._client.user.id if self._client.user else 0
        events = [_read_event(event, own_id) for event in listed]
        return plan_events(server, events, self._services.now())

    async def _list_events(self, guild: discord.Guild) -> list[discord.ScheduledEvent]:
        """Return the events of a server that have not ended."""
        listed = await guild.fetch_scheduled_events(with_counts=False)
        return [event for event in listed if event.status in _NOT_ENDED]

    async def _execute(
        self, guild: discord.Guild, plan: EventPlan, listed: Sequence[discord.ScheduledEvent]
    ) -> _Outcome:
        """Execute a plan. An event that Discord refuses keeps back no other."""
        events = self._services.storage.scheduled_events
        by_id = {event.id: event for event in listed}
        outcome = _Outcome()
        for row in plan.to_save:
            await events.save(row)
        for ended in plan.to_end:
            await _end(by_id[ended.id])
        for row in plan.to_delete:
            await events.delete(row)
        for row, changed, content in plan.to_change:
            with outcome.recording():
                found = await _change(by_id[changed.id], content)
                await events.save(row if found else replace(row, left_alone=True))
        for number, (row, content) in enumerate(plan.to_create):
            if not await events.save(row):
                break  # It was turned off meanwhile.
            with outcome.recording():
                if not await _create(guild, content):
                    outcome.without_room = len(plan.to_create) - number
                    break
                outcome.created += 1
        if outcome.created:
            logger.info("Server %s: %d events were created", guild.id, outcome.created)
        return outcome


def _read_event(event: discord.ScheduledEvent, own_id: int) -> ServerEvent:
    return ServerEvent(
        id=event.id,
        name=event.name,
        description=event.description or "",
        location=event.location or "",
        starts_at=event.start_time,
        ends_at=event.end_time,
        is_active=event.status is discord.EventStatus.active,
        is_own=event.creator_id == own_id,
    )


async def _create(guild: discord.Guild, content: EventContent) -> bool:
    """Create an event; return False if the server has too many."""
    try:
        await guild.create_scheduled_event(
            name=content.name,
            description=content.description,
            start_time=content.starts_at,
            end_time=content.ends_at,
            entity_type=discord.EntityType.external,
            location=content.location,
            privacy_level=discord.PrivacyLevel.guild_only,
            reason=EVENT_AUDIT_TEXT,
        )
    except discord.HTTPException as error:
        # Discord also counts the events in channels that the bot does not see.
        if error.code == _TOO_MANY_EVENTS:
            return False
        raise
    return True


async def _change(event: discord.ScheduledEvent, content: EventContent) -> bool:
    """Change what an event shows; return False if it is gone."""
    try:
        if event.status is discord.EventStatus.active:
            await event.edit(
                name=content.name,
                description=content.description,
                end_time=content.ends_at,
                location=content.location,
                reason=EVENT_AUDIT_TEXT,
            )
        else:
            await event.edit(
                name=content.name,
                description=content.description,
                start_time=content.starts_at,
                end_time=content.ends_at,
                location=content.location,
                reason=EVENT_AUDIT_TEXT,
            )
    except discord.HTTPException as error:
        if error.code in _GONE:
            return False
        raise
    return True


async def _end(event: discord.ScheduledEvent) -> None:
    """End an event that has started, or delete it; do nothing if it is gone."""
    try:
        if event.status is discord.EventStatus.active:
            await event.end(reason=EVENT_AUDIT_TEXT)
        else:
            await event.delete(reason=EVENT_AUDIT_TEXT)
    except discord.HTTPException as error:
        if error.code not in _GONE:
            raise


def _describe(error: Exception) -> str:
    match error:
        case discord.HTTPException() if is_temporary(error):
            return discord_failure_text(error.status)
        case discord.HTTPException():
            return refusal_text(error.text)
    return UNREACHABLE_TEXT if is_expected(error) else BUG_TEXT
