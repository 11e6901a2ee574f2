"""Comparison of an undisturbed run and one with kills, and its figures."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from demo.season import read_season
from tests.crash import season_run
from tests.crash.environment import open_environment
from tests.crash.kill_points import KillPoint
from tests.crash.outcome import Comparison, Outcome, compare, load_outcome


@dataclass
class Measured:
    """What came of it."""

    boards: int
    kills_meant: int
    kills: season_run.Kills
    comparison: Comparison
    outcome: Outcome
    seconds: float

    @property
    def good(self) -> bool:
        """Whether nothing was lost, doubled, out of order or damaged."""
        compared, outcome = self.comparison, self.outcome
        wrong = compared.lost + compared.twice + compared.foreign + outcome.violations
        return (
            wrong == 0
            and compared.expected == compared.delivered > 0
            and compared.in_order
            and outcome.integrity == "ok"
            and outcome.boards == self.boards
            and self.kills.all >= self.kills_meant
        )

    def lines(self) -> Iterator[str]:
        """Yield the figures as lines of text."""
        kills, compared, outcome = self.kills, self.comparison, self.outcome
        yield f"{kills.all} kills in {self.seconds:.0f} s, of them"
        for moment in KillPoint:
            if kills.by_moment[moment]:
                yield f"  {kills.by_moment[moment]:4} {moment}"
        yield f"  {kills.after_nonces:4} started again only when the nonces were forgotten"
        yield (
            f"announcements: {compared.expected} expected, {compared.delivered} delivered,"
            f" {compared.lost} lost, {compared.twice} twice, {compared.foreign} never meant,"
            f" {'in order' if compared.in_order else 'NOT in order'}"
        )
        yield f"second messages that a nonce prevented: {outcome.kept_apart}"
        yield f"requests against Discord's rules: {outcome.violations}"
        yield f"integrity check: {outcome.integrity}"
        yield f"past boards equal to their files: {outcome.boards} of {self.boards}"


async def measure(
    folder: Path,
    *,
    kills: int,
    seed: int,
    boards: int | None = None,
    progress: Callable[[str], None] = lambda _text: None,
) -> Measured:
    """Play the season twice, undisturbed and with kills, and hold one against the other."""
    begun = monotonic()
    season = read_season()[:boards]
    async with (
        open_environment(folder / "undisturbed", season) as quiet,
        open_environment(folder / "disturbed", season) as loud,
        asyncio.TaskGroup() as both,
    ):
        meant = both.create_task(season_run.play_undisturbed(quiet))
        killed = both.create_task(season_run.play_with_kills(loud, kills, seed, progress))
        await asyncio.wait([meant, killed], return_when=asyncio.FIRST_EXCEPTION)
        expected, outcome = await load_outcome(quiet), await load_outcome(loud)
    return Measured(
        boards=len(season),
        kills_meant=kills,
        kills=killed.result(),
        comparison=compare(expected.told, outcome.told),
        outcome=outcome,
        seconds=monotonic() - begun,
    )
