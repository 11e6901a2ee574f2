"""Scheduled Events of the stand-in, as discord.py sees them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import discord
import pytest

from tests.wire.control.client import Wire
from tests.wire.control.results import Guild
from tests.wire.minimal_bot import MinimalBot
from tests.wire.state.scheduled_events import MOST, SCHEDULED_EVENTS

HOUR = timedelta(hours=1)


async def create(
    bot: MinimalBot, guild: Guild, starts_in: timedelta = HOUR, name: str = "Deadline"
) -> discord.ScheduledEvent:
    found = bot.get_guild(guild.id)
    assert found is not None
    starts_at = datetime.now(UTC) + starts_in
    return await found.create_scheduled_event(
        name=name,
        start_time=starts_at,
        end_time=starts_at + HOUR,
        entity_type=discord.EntityType.external,
        privacy_level=discord.PrivacyLevel.guild_only,
        location="Kaggle",
    )


async def list_events(bot: MinimalBot, guild: Guild) -> list[discord.ScheduledEvent]:
    found = bot.get_guild(guild.id)
    assert found is not None
    return await found.fetch_scheduled_events(with_counts=False)


async def test_event_is_created_changed_and_deleted(
    wire: Wire, bot: MinimalBot, guild: Guild
) -> None:
    event = await create(bot, guild)
    assert bot.user is not None
    assert (event.creator_id, event.status) == (bot.user.id, discord.EventStatus.scheduled)
    changed = await event.edit(name="Later", end_time=event.start_time + 3 * HOUR)
    (listed,) = await list_events(bot, guild)
    assert (listed.id, listed.name, listed.end_time) == (event.id, "Later", changed.end_time)
    await event.delete()
    assert await wire.scheduled_events(guild.id) == []
    with pytest.raises(discord.NotFound) as gone:
        await event.delete()
    assert gone.value.code == 10070


async def test_event_starts_and_ends_by_the_clock(
    wire: Wire, bot: MinimalBot, guild: Guild
) -> None:
    event = await create(bot, guild)
    await wire.advance(1.5 * 3600)
    (active,) = await list_events(bot, guild)
    assert active.status is discord.EventStatus.active
    with pytest.raises(discord.HTTPException):
        await active.edit(start_time=event.start_time + HOUR / 2)
    await active.end()
    assert await list_events(bot, guild) == []
    with pytest.raises(discord.HTTPException) as ended:
        await active.end()
    assert ended.value.code == 180000


async def test_start_in_the_past_is_refused(wire: Wire, bot: MinimalBot, guild: Guild) -> None:
    with pytest.raises(discord.HTTPException) as refused:
        await create(bot, guild, -HOUR)
    assert refused.value.code == 50035
    (violation,) = await wire.violations()
    assert "it is in the past" in str(violation)


async def test_server_has_a_hundred_events_at_most(
    wire: Wire, bot: MinimalBot, guild: Guild
) -> None:
    for number in range(MOST):
        await create(bot, guild, name=f"Deadline {number}")
    with pytest.raises(discord.HTTPException) as refused:
        await create(bot, guild)
    assert refused.value.code == 30038
    assert len(await wire.scheduled_events(guild.id)) == MOST


async def test_body_is_checked_against_discords_description(
    wire: Wire, bot: MinimalBot, guild: Guild
) -> None:
    if not (await wire.counters()).schema:
        pytest.skip("Discord's published description is not here")
    with pytest.raises(discord.HTTPException):
        await create(bot, guild, name="x" * 101)
    assert [one.route for one in await wire.violations()] == [SCHEDULED_EVENTS]
