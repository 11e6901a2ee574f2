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
class CrashReport:
    """The figures of a crash test."""

    boards: int
    kills_wanted: int
    kills: season_run.Kills
    comparison: Comparison
    outcome: Outcome
    seconds: float

    @property
    def is_good(self) -> bool:
        """Whether nothing was lost, repeated, out of order or damaged."""
        compared, outcome = self.comparison, self.outcome
        wrong = compared.lost + compared.repeated + compared.unexpected + outcome.violations
        return (
            wrong == 0
            and compared.expected == compared.delivered > 0
            and compared.in_order
            and outcome.integrity == "ok"
            and outcome.boards == self.boards
            and self.kills.all >= self.kills_wanted
        )

    def lines(self) -> Iterator[str]:
        """Yield the figures as lines of text."""
        kills, compared, outcome = self.kills, self.comparison, self.outcome
        yield f"{kills.all} kills in {self.seconds:.0f} s, of them"
        for point in KillPoint:
            if kills.by_point[point]:
                yield f"  {kills.by_point[point]:4} {point}"
        yield f"  {kills.after_nonces:4} started again only after Discord forgot the nonces"
        yield (
            f"announcements: {compared.expected} expected, {compared.delivered} delivered,"
            f" {compared.lost} lost, {compared.repeated} repeated,"
            f" {compared.unexpected} unexpected,"
            f" {'in order' if compared.in_order else 'NOT in order'}"
        )
        yield f"second messages that a nonce prevented: {outcome.prevented_by_nonce}"
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
) -> CrashReport:
    """Play the season twice, undisturbed and with kills, and compare the outcomes."""
    begun = monotonic()
    season = read_season()[:boards]
    async with (
        open_environment(folder / "undisturbed", season) as undisturbed,
        open_environment(folder / "disturbed", season) as disturbed,
        asyncio.TaskGroup() as tasks,
    ):
        reference = tasks.create_task(season_run.play_undisturbed(undisturbed))
        killed = tasks.create_task(season_run.play_with_kills(disturbed, kills, seed, progress))
        await asyncio.wait([reference, killed], return_when=asyncio.FIRST_EXCEPTION)
        expected, outcome = await load_outcome(undisturbed), await load_outcome(disturbed)
    return CrashReport(
        boards=len(season),
        kills_wanted=kills,
        kills=killed.result(),
        comparison=compare(expected.messages, outcome.messages),
        outcome=outcome,
        seconds=monotonic() - begun,
    )
