"""Failure injection into calls to Kaggle and Discord, and boards that change."""

from __future__ import annotations

from collections import Counter
from random import Random
from types import SimpleNamespace
from typing import Any

import discord

from bot.client import Podium
from leaderboards.errors import KaggleFailed, NoNetwork, RateLimited, TimedOut
from tests.cogs.world import Team, World, build_zip

_ERRORS = (
    KaggleFailed("Kaggle has trouble of its own (502)."),
    TimedOut("Kaggle did not answer within 120 seconds."),
    NoNetwork("Kaggle cannot be reached."),
    b"<html>Just a moment</html>",
    b"PK\x03\x04 cut",
    RateLimited("Kaggle asks for fewer calls (429)."),
)


class FailureInjector:
    """Makes a share of all calls fail while `on` is set."""

    def __init__(self, seed: int, share: float) -> None:
        self.on = True
        self.calls: Counter[str] = Counter()
        self.failed: Counter[str] = Counter()
        self._random = Random(seed)  # noqa: S311 - no secret
        self._share = share
        self._boards: dict[str, list[Team]] = {}

    def add_board(self, slug: str, teams: list[Team]) -> None:
        """Add a competition to the simulated Kaggle."""
        self._boards[slug] = teams

    def change_boards(self, world: World) -> None:
        """Improve the scores of some teams of each competition."""
        for slug, teams in self._boards.items():
            for team in self._random.sample(teams, 4):
                team.score = f"{float(team.score) + self._random.random() / 20:.5f}"
                team.submissions += 1
            teams.sort(key=lambda team: -float(team.score))
            world.kaggle.boards[slug] = build_zip(slug, teams, at=world.env.now())

    def fail_kaggle(self, world: World) -> None:
        """Raise errors at random in downloads from Kaggle."""
        real = world.kaggle.download

        async def download(slug: str) -> bytes:
            if self._fails("Kaggle"):
                error = self._random.choice(_ERRORS)
                if isinstance(error, Exception):
                    # A new one: an error that is raised again keeps all its tracebacks.
                    raise type(error)(str(error))
                return error
            return await real(slug)

        world.kaggle.download = download  # type: ignore[method-assign]

    def fail_discord(self, bot: Podium) -> None:
        """Raise errors at random in calls to Discord, before or after they take effect."""
        real = bot.http.request

        async def request(route: Any, **options: Any) -> Any:
            if not self._fails("Discord"):
                return await real(route, **options)
            if self._random.random() < 0.5:
                await real(route, **options)
            response: Any = SimpleNamespace(status=503, reason="Service Unavailable")
            raise discord.DiscordServerError(response, "unavailable")

        bot.http.request = request  # type: ignore[method-assign]

    def _fails(self, who: str) -> bool:
        self.calls[who] += 1
        fails = self.on and self._random.random() < self._share
        self.failed[who] += fails
        return fails
