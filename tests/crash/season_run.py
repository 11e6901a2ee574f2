"""Plays a season: undisturbed, or with the bot killed again and again."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from tests.crash.environment import Environment, wait_until
from tests.crash.kill_points import KillPoint, possible_kill_points, reconnecting, run_and_kill

_FORGOTTEN = timedelta(seconds=200)
"""After this Discord knows a nonce no more."""


@dataclass
class Kills:
    """How often the bot was killed, and when it was started again."""

    by_moment: Counter[KillPoint] = field(default_factory=Counter)
    after_nonces: int = 0
    """How often it was started again only after Discord had forgotten the nonces."""

    @property
    def all(self) -> int:
        """How often the bot was killed."""
        return self.by_moment.total()


async def play_undisturbed(environment: Environment) -> None:
    """Play the season as it is meant to be.

    The bot is started anew for each board, and ended when it has nothing more to do.
    """
    for hour in range(len(environment.season)):
        await environment.serve(hour)
        life = await environment.life()
        await wait_until(lambda: environment.settled, f"board {hour} is stored and told of")
        await life.kill()


async def play_with_kills(
    environment: Environment, kills: int, seed: int, progress: Callable[[str], None]
) -> Kills:
    """Play the season with so many kills, spread over its boards."""
    chance = random.Random(seed)  # noqa: S311
    done = Kills()
    hours = len(environment.season)
    for hour in range(hours):
        await environment.serve(hour)
        upto = kills * (hour + 1) // hours - 1
        while done.all < upto and not environment.settled:
            await _kill(environment, done, chance)
        life = await environment.life()
        await wait_until(lambda: environment.settled, f"board {hour + 1} is stored and told of")
        await reconnecting(environment, life, chance)
        done.by_moment[KillPoint.RECONNECTING] += 1
        progress(f"board {hour + 1} of {hours}, {done.all} kills")
    while done.all < kills:
        await _kill(environment, done, chance)
    return done


async def _kill(environment: Environment, done: Kills, chance: random.Random) -> None:
    moment = await run_and_kill(
        environment, chance.choice(possible_kill_points(environment)), chance
    )
    done.by_moment[moment] += 1
    if chance.random() < 0.3 and await environment.advance(_FORGOTTEN):
        done.after_nonces += 1
