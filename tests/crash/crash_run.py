"""Plays a recording, undisturbed or with kills of the bot."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from tests.crash.environment import Environment, wait_until
from tests.crash.kill_points import (
    KillPoint,
    possible_kill_points,
    reconnecting,
    run_and_cut_power,
    run_and_kill,
)

_NONCE_LIFETIME = timedelta(seconds=200)
"""After this time Discord has forgotten a nonce."""
_OUTAGES = (timedelta(seconds=30), timedelta(seconds=400))
"""How long the power is off: Discord still knows the nonces after the first."""


@dataclass
class Kills:
    """How often the bot was killed, and when it was started again."""

    by_point: Counter[KillPoint] = field(default_factory=Counter)
    after_nonces: int = 0
    """How often it was started again only after Discord had forgotten the nonces."""

    @property
    def all(self) -> int:
        """How often the bot was killed."""
        return self.by_point.total()


@dataclass
class PowerLosses:
    """How often the power was cut, and what that took back."""

    count: int = 0
    commits: int = 0
    """Commits that had not been synced to the disk."""
    after_nonces: int = 0
    """How often it came back only after Discord had forgotten the nonces."""


async def play_undisturbed(environment: Environment) -> None:
    """Run the recording without kills.

    The bot is started anew for each board, and killed when it has nothing more to do.
    """
    for hour in range(len(environment.recording)):
        await environment.serve(hour)
        bot = await environment.start_bot()
        await wait_until(lambda: environment.settled, f"board {hour} is stored and announced")
        await bot.kill()


async def play_with_kills(
    environment: Environment, kills: int, seed: int, progress: Callable[[str], None]
) -> Kills:
    """Run the recording with kills spread over its boards."""
    rng = random.Random(seed)  # noqa: S311
    done = Kills()
    hours = len(environment.recording)
    for hour in range(hours):
        await environment.serve(hour)
        target = kills * (hour + 1) // hours - 1
        while done.all < target and not environment.settled:
            await _kill(environment, done, rng)
        bot = await environment.start_bot()
        await wait_until(lambda: environment.settled, f"board {hour + 1} is stored and announced")
        await reconnecting(environment, bot, rng)
        done.by_point[KillPoint.RECONNECTING] += 1
        progress(f"board {hour + 1} of {hours}, {done.all} kills")
    while done.all < kills:
        await _kill(environment, done, rng)
    return done


async def play_with_power_losses(
    environment: Environment, losses: int, seed: int, progress: Callable[[str], None]
) -> PowerLosses:
    """Run the recording with losses of power spread over its boards."""
    rng = random.Random(seed)  # noqa: S311
    done = PowerLosses()
    hours = len(environment.recording)
    for hour in range(hours):
        await environment.serve(hour)
        target = losses * (hour + 1) // hours
        while done.count < target:
            done.commits += await run_and_cut_power(environment, rng)
            done.count += 1
            outage = rng.choice(_OUTAGES)
            if await environment.advance(outage):
                done.after_nonces += outage > _NONCE_LIFETIME
        bot = await environment.start_bot(own_worker=True)
        await wait_until(lambda: environment.settled, f"board {hour + 1} is stored and announced")
        await bot.kill()
        progress(f"board {hour + 1} of {hours}, {done.count} losses of power")
    return done


async def _kill(environment: Environment, done: Kills, rng: random.Random) -> None:
    point = await run_and_kill(environment, rng.choice(possible_kill_points(environment)), rng)
    done.by_point[point] += 1
    if rng.random() < 0.3 and await environment.advance(_NONCE_LIFETIME):
        done.after_nonces += 1
