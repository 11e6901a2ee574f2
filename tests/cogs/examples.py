"""Boards that several tests use."""

from dataclasses import replace
from datetime import datetime

from tests.cogs.world import Team

ALPHA = Team(1, "Alpha", "0.950", "ada", submissions=7)
BRAVO = Team(2, "Bravo", "0.940", "bob,carol", submissions=3)
CHARLIE = Team(3, "Charlie", "0.800", "dave")
SAMPLE = Team(9, "Sample Submission", "0.900")

SMALL = [ALPHA, BRAVO, SAMPLE, CHARLIE]
"""Three teams and a benchmark."""


def crowd(count: int) -> list[Team]:
    """Return a board of this many teams, each of one user."""
    return [Team(n, f"Team {n}", f"{1 - n / 10_000:.5f}", f"user{n}") for n in range(1, count + 1)]


def take_rank(teams: list[Team], number: int, rank: int, at: datetime) -> list[Team]:
    """Return the board after a submission with which a team takes a rank."""
    own = next(team for team in teams if team.id == number)
    others = [team for team in teams if team.id != number]
    better = replace(
        own,
        score=f"{float(others[rank - 1].score) + 0.00001:.5f}",
        submissions=own.submissions + 1,
        submitted_at=at,
    )
    return [*others[: rank - 1], better, *others[rank - 1 :]]


TEAMS = crowd(40)
FINAL = [
    Team(team.id, team.name, f"{0.8 - rank / 1000:.4f}")
    for rank, team in enumerate([TEAMS[19], *TEAMS[:19], *TEAMS[20:]], 1)
]
"""Their private board, which #20 has won; it names no members."""
