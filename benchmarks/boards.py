"""Boards of any size, made from a real one, and what becomes of them until the next sync."""

from __future__ import annotations

import csv
import io
import random
import zipfile
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

SLUG = "titanic"
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
_REAL = Path(__file__).parent.parent / "tests" / "boards" / "titanic.zip"
_HEADER = "Rank,TeamId,TeamName,LastSubmissionDate,Score,SubmissionCount,TeamMemberUserNames\n"


@dataclass(frozen=True, slots=True)
class Row:
    """One team, as Kaggle writes it."""

    team_id: int
    name: str
    submitted_at: str
    score: str
    submissions: int
    members: str


def build_board(teams: int) -> list[Row]:
    """Build a board of `teams` teams from part of the real one, or from several copies of its rows.

    A part takes rows at equal distances; a copy has an id, a name and members of its own.
    """
    with zipfile.ZipFile(_REAL) as file:
        text = file.read(file.namelist()[0]).decode("utf-8-sig")
    rows = [
        Row(int(id_), name, date, score, int(count), members)
        for _, id_, name, date, score, count, members in list(csv.reader(io.StringIO(text)))[1:]
    ]
    if teams <= len(rows):
        return [rows[index * len(rows) // teams] for index in range(teams)]
    copies = -(-teams // len(rows))
    return [_copy(row, number) for row in rows for number in range(copies)][:teams]


def build_next_board(rows: list[Row], share: float = 0.002, seed: int = 1) -> list[Row]:
    """Build the next board: this share of the teams moves by itself, half of them new.

    One comes in near the top, which shifts nearly everybody else.
    """
    rng = random.Random(seed)  # noqa: S311 - no secret
    count = max(2, round(len(rows) * share))
    movers = set(rng.sample(range(len(rows) // 2, len(rows)), count // 2))
    board = [row for index, row in enumerate(rows) if index not in movers]
    newest = max(row.team_id for row in rows)
    moved = [_resubmitted(rows[index]) for index in sorted(movers)]
    moved += [
        Row(newest + n, f"newcomer {n}", _LATER, "0", 1, f"newcomer{n}")
        for n in range(1, count - len(moved) + 1)
    ]
    for number, row in enumerate(moved):
        place = len(rows) // 50 if number == len(moved) - 1 else rng.randrange(len(rows) // 2)
        board.insert(place, replace(row, score=board[place].score))
    return board


def build_drifted_board(rows: list[Row], share: float = 0.6, seed: int = 1) -> list[Row]:
    """Change this share of the scores as simulation competitions do: half of them go down."""
    rng = random.Random(seed)  # noqa: S311 - no secret
    changed = set(rng.sample(range(len(rows)), round(len(rows) * share)))
    scored = [
        (
            replace(row, score=f"{float(row.score) + rng.gauss(0, 0.01):.5f}")
            if i in changed
            else row
        )
        for i, row in enumerate(rows)
    ]
    return sorted(scored, key=lambda row: -float(row.score))


def format_csv(rows: list[Row]) -> bytes:
    """Write a board as Kaggle does."""
    lines = [
        f'{rank},{row.team_id},"{row.name.replace(chr(34), chr(34) * 2)}","{row.submitted_at}",'
        f"{row.score},{row.submissions},{_quoted(row.members)}\n"
        for rank, row in enumerate(rows, start=1)
    ]
    return ("\ufeff" + _HEADER + "".join(lines)).encode()


def build_zip(rows: list[Row], syncs: int = 0, slug: str = SLUG) -> bytes:
    """Zip a board as Kaggle does; `syncs` counts the five minutes since the first."""
    at = FIRST + syncs * timedelta(minutes=5)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(f"{slug}-publicleaderboard-{at:%Y-%m-%dT%H:%M:%S}.csv", format_csv(rows))
    return packed.getvalue()


_LATER = f"{FIRST:%Y-%m-%d %H:%M:%S}"


def _copy(row: Row, number: int) -> Row:
    if not number:
        return row
    members = ",".join(f"{name}x{number}" for name in row.members.split(",") if name)
    return replace(
        row, team_id=row.team_id + number * 10**8, name=f"{row.name} {number}", members=members
    )


def _resubmitted(row: Row) -> Row:
    return replace(row, submitted_at=_LATER, submissions=row.submissions + 1)


def _quoted(members: str) -> str:
    return f'"{members}"' if "," in members else members
