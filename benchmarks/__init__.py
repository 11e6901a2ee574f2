"""Benchmarks of Podium, each beside a comparison: `make bench`.

How to add a topic: write `benchmarks/topics/NAME.py` with one function

    def figures(effort: Effort) -> Iterator[Figure]:

and add NAME to `TOPICS` below. It yields a `Figure` for each line of the table. Each topic runs in
a process of its own, so that its memory and its caches are nobody else's; it does its work in
`effort.folder`, which is removed afterwards. What is compared is measured by
`measure.interleaved`: every case once a round, so that a slow moment of the machine meets all of
them. A figure that is no ratio itself has what it is compared with in `beside`, measured in the
same rounds. With `effort.short` only show that it runs: the smallest size, one round.

The results are kept in `benchmarks/figures/TOPIC.json`, and the tables in `docs/performance.md`
are made from them: put `<!-- figures: TOPIC -->` and `<!-- end -->` where one belongs.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

TOPICS = {
    "sync": "one sync, from the zip to the commit",
    "cli": "a whole sync with the Kaggle CLI, and how many fit in five minutes",
    "responsiveness": "what members notice while a large board is synced",
    "start": "from the start of the process until the bot is there",
    "history": "the past: histories of teams, past boards, and the room they take",
    "answers": "how long a member waits for answers and choices",
    "pictures": "how long each kind of picture takes to draw",
    "replays": "the animated picture of a whole competition, in its process",
    "announcing": "one sync told to thousands of servers",
    "feeds": "what feeds and Scheduled Events cost beside the syncs",
    "watches": "what members' watches cost in the sync of a large board",
    "memory": "what the real bot takes of memory",
    "latency": "from the end of a download to the message in Discord",
}
"""Every topic by the name of its module, with what it is about."""

SIZES = (1_744, 15_739, 100_000)
"""Teams of the boards that are measured."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How much a topic is to measure, and where."""

    folder: Path
    """An empty folder for databases and the like."""
    short: bool = False
    """Only to see that it runs: the times mean nothing."""

    @property
    def sizes(self) -> tuple[int, ...]:
        """The sizes of boards to measure."""
        return SIZES[:1] if self.short else SIZES

    def rounds(self, rounds: int) -> int:
        """Return the number of rounds to measure: one in a short run."""
        return 1 if self.short else rounds
