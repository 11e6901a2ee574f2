"""How long a member waits for a page and for a card, with a large board and a long season behind.

SimCord stands for Discord, in the same process: its own time is in the figures.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from statistics import median
from time import perf_counter
from typing import Any
from unittest.mock import patch

import discord

from benchmarks import Effort
from benchmarks.boards import FIRST, SLUG
from benchmarks.figure import Figure
from benchmarks.history import board_of
from benchmarks.measure import percentile
from benchmarks.seasons import A_DAY, QUIET, store
from tests.cogs.world import World, open_world
from tests.storage.examples import follow

_DAYS = 90


def figures(effort: Effort) -> Iterator[Figure]:
    """Ask the real bot on a simulated Discord."""
    logging.disable()
    for teams in effort.sizes:
        yield from asyncio.run(_at(teams, effort))


async def _at(teams: int, effort: Effort) -> list[Figure]:
    days = 1 if effort.short else _DAYS
    async with open_world(effort.folder / f"{teams}.db") as world:
        await _prepare(world, teams, days)
        await answer_times(world, "rank", 3)
        asked = effort.rounds(150)
        measured = {
            name: await answer_times(world, name, asked) for name in ("leaderboard", "rank")
        }
    goal = 30 if teams == effort.sizes[-1] else None
    return [
        Figure(
            f"/{name} until its answer, p99",
            percentile(times, 0.99),
            "ms",
            teams,
            goal,
            raw={"median": median(times)},
        )
        for name, times in measured.items()
    ]


async def _prepare(world: World, teams: int, days: int) -> None:
    """Store a season that ends now, followed by the server, with a member in the middle of it."""
    now = FIRST + timedelta(days=days)
    world.bot.services.now = lambda: now
    storage, guild_id = world.storage, world.server.guild.id
    board_id = await store(storage, board_of(teams), QUIET, days * A_DAY)
    competition = await follow(storage, guild_id, SLUG)
    await storage.competitions.scheduled(competition.id, now + timedelta(days=1))
    found = await storage.boards.at_ranks(board_id, range(teams // 2, teams // 2 + 50))
    name = next(team.members[0] for team in found.values() if team.members)
    ada = world.server.ada
    await storage.links.link(guild_id, ada.id, name, linked_by=ada.id, now=now)


async def answer_times(world: World, command: str, count: int) -> list[float]:
    """Give the milliseconds from an interaction to its answer in words; a picture comes later."""
    times = []
    with _answered() as moments:
        for _ in range(count):
            moments.clear()
            began = perf_counter()
            await world.run(world.server.ada, command)
            times.append((moments[0] - began) * 1000)
    return times


@contextmanager
def _answered() -> Iterator[list[float]]:
    """Note when answers stand in Discord."""
    moments: list[float] = []
    original = discord.Interaction.edit_original_response

    async def noting(interaction: discord.Interaction[Any], **options: Any) -> object:  # noqa: ANN401
        message = await original(interaction, **options)
        moments.append(perf_counter())
        return message

    with patch.object(discord.Interaction, "edit_original_response", noting):
        yield moments
