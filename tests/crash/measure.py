"""Comparison of an undisturbed run and one with kills, and its figures."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from demo.recording import read_recording
from tests.crash import crash_run
from tests.crash.environment import open_environment
from tests.crash.kill_points import KillPoint
from tests.crash.outcome import Comparison, Outcome, compare, load_outcome


@dataclass
class CrashReport:
    """The figures of a crash test."""

    boards: int
    kills_wanted: int
    kills: crash_run.Kills
    power_losses: crash_run.PowerLosses
    results: dict[str, tuple[Comparison, Outcome]]
    """By what disturbed the run."""
    seconds: float

    @property
    def is_good(self) -> bool:
        """Whether nothing was lost, repeated, out of order or damaged."""
        return self.kills.all >= self.kills_wanted and all(
            self._is_good(compared, outcome) for compared, outcome in self.results.values()
        )

    def _is_good(self, compared: Comparison, outcome: Outcome) -> bool:
        wrong = compared.lost + compared.repeated + compared.unexpected + outcome.violations
        return (
            wrong == 0
            and compared.expected == compared.delivered > 0
            and compared.in_order
            and outcome.integrity == "ok"
            and outcome.boards == self.boards
        )

    def lines(self) -> Iterator[str]:
        """Yield the figures as lines of text."""
        kills, losses = self.kills, self.power_losses
        yield f"{kills.all} kills in {self.seconds:.0f} s, of them"
        for point in KillPoint:
            if kills.by_point[point]:
                yield f"  {kills.by_point[point]:4} {point}"
        yield f"  {kills.after_nonces:4} started again only after Discord forgot the nonces"
        yield (
            f"{losses.count} losses of power, {losses.after_nonces} of them until Discord forgot"
            f" the nonces; they took back {losses.commits} commits"
        )
        for name, (compared, outcome) in self.results.items():
            yield f"With {name}:"
            yield from self._result_lines(compared, outcome)

    def _result_lines(self, compared: Comparison, outcome: Outcome) -> Iterator[str]:
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
    power_losses: int,
    seed: int,
    boards: int | None = None,
    progress: Callable[[str], None] = lambda _text: None,
) -> CrashReport:
    """Run the recording undisturbed, with kills, and with losses of power; compare them."""
    begun = monotonic()
    recording = read_recording()[:boards]
    async with (
        open_environment(folder / "undisturbed", recording) as undisturbed,
        open_environment(folder / "killed", recording) as killed,
        open_environment(folder / "powerless", recording) as powerless,
        asyncio.TaskGroup() as tasks,
    ):
        runs = (
            tasks.create_task(crash_run.play_undisturbed(undisturbed)),
            kills_done := tasks.create_task(
                crash_run.play_with_kills(killed, kills, seed, progress)
            ),
            losses_done := tasks.create_task(
                crash_run.play_with_power_losses(powerless, power_losses, seed, progress)
            ),
        )
        await asyncio.wait(runs, return_when=asyncio.FIRST_EXCEPTION)
        expected = await load_outcome(undisturbed)
        outcomes = {
            "kills": await load_outcome(killed),
            "losses of power": await load_outcome(powerless),
        }
    return CrashReport(
        boards=len(recording),
        kills_wanted=kills,
        kills=kills_done.result(),
        power_losses=losses_done.result(),
        results={
            name: (compare(expected.messages, outcome.messages), outcome)
            for name, outcome in outcomes.items()
        },
        seconds=monotonic() - begun,
    )
