"""Time that a member waits for answers and choices, with a large board and a long log.

SimCord stands for Discord, in the same process: its own time is in the figures. Beside them stands
the time of a command that sends the same answer at once; beside autocomplete of teams that of
competitions.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from statistics import median
from time import perf_counter
from typing import Any
from unittest.mock import patch

import discord
from discord import app_commands, ui

from benchmarks import SIZES, Effort
from benchmarks.boards import FIRST, SLUG
from benchmarks.figure import Figure
from benchmarks.generated_logs import A_DAY, QUIET, store_board, store_log
from benchmarks.measure import percentile
from benchmarks.topics.history import build_first_board
from bot.client import freeze_objects
from cogs.framework.responses import Interaction, defer, respond
from cogs.ranks.forecast_data import load_forecast
from leaderboards.board import BoardKind
from leaderboards.comparison.rescoring import ScoreDrift
from leaderboards.competition_info import CompetitionInfo
from tests.cogs.world import World, open_world
from tests.storage.examples import follow

_DAYS = 90
_AGAIN = "again"


@dataclass(frozen=True, slots=True)
class _Command:
    """A command that is measured."""

    what: str
    goals: Mapping[int, float]
    """Milliseconds by the number of teams."""
    options: Mapping[str, object] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Its name as Discord knows it."""
        return self.what.split()[0].removeprefix("/")


_COMMANDS = (
    _Command("/leaderboard", {SIZES[-1]: 30}),
    _Command("/rank with its forecast", {SIZES[-1]: 30}),
    _Command("/forecast", {SIZES[-2]: 60}),
    _Command("/whatif", {}, {"score": "0.99"}),
)
_HALL = _Command("/hall of one ended competition, asked again,", {})


def figures(effort: Effort) -> Iterator[Figure]:
    """Run commands of the real bot on a simulated Discord."""
    logging.disable()
    for teams in effort.sizes:
        yield from asyncio.run(_measure_board(teams, effort))


async def _measure_board(teams: int, effort: Effort) -> list[Figure]:
    days = 1 if effort.short else _DAYS
    async with open_world(effort.folder / f"{teams}.db") as world:
        await _prepare(world, teams, days)
        replies = await _add_repeating_command(world)
        await answer_times(world, "rank", 3)
        freeze_objects()
        found = [
            await _measure_command(world, command, replies, teams, effort) for command in _COMMANDS
        ]
        found.append(await _measure_autocomplete(world, teams, effort))
        await _archive(world)
        await answer_times(world, _HALL.name, 1)  # The first one reads the whole log.
        found.append(await _measure_command(world, _HALL, replies, teams, effort))
        return found


async def _measure_command(
    world: World, command: _Command, replies: list[ui.LayoutView], teams: int, effort: Effort
) -> Figure:
    """Measure a command beside one that sends the same answer at once, from `replies`."""
    asked: list[float] = []
    repeated: list[float] = []
    for _ in range(effort.rounds(150)):
        milliseconds, view = await _run_command(world, command.name, **command.options)
        asked.append(milliseconds)
        replies[:] = [view]
        repeated += await answer_times(world, _AGAIN, 1)
    return Figure(
        f"{command.what} until its answer, p99",
        percentile(asked, 0.99),
        "ms",
        teams,
        command.goals.get(teams),
        raw={"median": median(asked), "fixed reply": median(repeated)},
        beside={"fixed reply": percentile(repeated, 0.99)},
    )


async def _measure_autocomplete(world: World, teams: int, effort: Effort) -> Figure:
    """Measure how long the choices of `username` take for a part of a team's name."""
    found = await world.storage.competitions.find(SLUG)
    if found is None:
        raise LookupError(SLUG)
    info = await world.storage.boards.find_private_or_public(found.id)
    page = await world.storage.boards.load_page(info.board_id, 1, 50) if info else []
    searched: list[float] = []
    listed: list[float] = []
    for team in page[: effort.rounds(50)]:
        searched.append(await _time_autocomplete(world, "username", team.team_name[1:6]))
        listed.append(await _time_autocomplete(world, "competition", SLUG[:4]))
    return Figure(
        "autocomplete of a team's name, p99",
        percentile(searched, 0.99),
        "ms",
        teams,
        100 if teams == effort.sizes[-1] else None,
        raw={"median": median(searched), "of a competition": median(listed)},
        beside={"of a competition": percentile(listed, 0.99)},
    )


async def _time_autocomplete(world: World, option: str, typed: str) -> float:
    """Return the milliseconds until the choices for a typed text."""
    began = perf_counter()
    await world.autocomplete(world.server.ada, "rank", option, typed)
    return (perf_counter() - began) * 1000


async def _add_repeating_command(world: World) -> list[ui.LayoutView]:
    """Add a command that answers at once with the one view in the returned list."""
    replies: list[ui.LayoutView] = []

    @app_commands.command(name=_AGAIN, description="Say the same again")
    async def again(interaction: Interaction) -> None:
        await defer(interaction, private=False)
        await respond(interaction, replies[0])

    world.bot.tree.add_command(again)
    await world.bot.tree.sync()
    return replies


async def _prepare(world: World, teams: int, days: int) -> None:
    """Store a log that ends now, followed by the server, with a member in the middle of it."""
    now = FIRST + timedelta(days=days)
    world.bot.services.now = lambda: now
    storage, guild_id = world.storage, world.server.guild.id
    board_id = await store_log(storage, build_first_board(teams), QUIET, days * A_DAY)
    await follow(storage, guild_id, SLUG)
    competition = await storage.competitions.add_info_for_owner(
        CompetitionInfo(SLUG, now + timedelta(days=30), "Featured", awards_points=True)
    )
    await storage.competitions.schedule(competition.id, now + timedelta(days=1))
    found = await storage.boards.find_teams_by_rank(board_id, range(teams // 2, teams // 2 + 50))
    team = next(team for team in found.values() if team.members)
    ada = world.server.ada
    await storage.links.link(guild_id, ada.id, team.members[0], linked_by=ada.id, now=now)
    info = await storage.boards.find_info(competition.id)
    if info is None or not await load_forecast(world.bot.services, competition, info, team.rank):
        raise LookupError("the rank card would have no forecast")


async def _archive(world: World) -> None:
    """End the competition: its private board is the public one."""
    board = await world.storage.board_writer.load_board(SLUG, BoardKind.PUBLIC)
    if board is None:
        raise LookupError(SLUG)
    await store_board(world.storage, replace(board, kind=BoardKind.PRIVATE), ScoreDrift())


async def answer_times(world: World, command: str, count: int) -> list[float]:
    """Return the milliseconds from each interaction to its text response, without the picture."""
    return [(await _run_command(world, command))[0] for _ in range(count)]


async def _run_command(
    world: World, command: str, **options: object
) -> tuple[float, ui.LayoutView]:
    """Run a command; return the milliseconds until its answer in words, and that answer."""
    with _record_answers() as answers:
        began = perf_counter()
        await world.run(world.server.ada, command, **options)
    moment, view = answers[0]
    return (moment - began) * 1000, view


@contextmanager
def _record_answers() -> Iterator[list[tuple[float, ui.LayoutView]]]:
    """Record the answers in Discord and their times."""
    answers: list[tuple[float, ui.LayoutView]] = []
    original = discord.Interaction.edit_original_response

    async def noting(
        interaction: Interaction,
        *,
        view: ui.LayoutView,
        **options: Any,  # noqa: ANN401
    ) -> object:
        message = await original(interaction, view=view, **options)
        answers.append((perf_counter(), view))
        return message

    with patch.object(discord.Interaction, "edit_original_response", noting):
        yield answers
