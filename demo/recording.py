"""The recording: 35 boards of one competition, about an hour apart, people renamed."""

from __future__ import annotations

import csv
import io
import random
import re
import tarfile
import zipfile
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

ARCHIVE = Path(__file__).with_name("recording.tar.xz")

_SCORE_NOISE = 0.0001
"""The standard deviation of what is added to each score; those of the best hundred teams differ by
about as much."""

_TAKEN_AT = re.compile(r"-(\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2})\.csv$")
_DATE = re.compile(rb'"(\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2})"')


@dataclass(frozen=True, slots=True)
class RecordedBoard:
    """One board as Kaggle served it."""

    slug: str
    taken_at: datetime
    csv: bytes

    def moved_to(self, moment: datetime) -> RecordedBoard:
        """Return the same board with all its dates moved to another moment."""
        shift = moment - self.taken_at
        return self.redated(lambda date: date + shift)

    def redated(self, change: Callable[[datetime], datetime]) -> RecordedBoard:
        """Return the same board with its own time and those of all submissions changed."""

        def redate(match: re.Match[bytes]) -> bytes:
            date = change(datetime.fromisoformat(match[1].decode()).replace(tzinfo=UTC))
            return f'"{date:%Y-%m-%d %H:%M:%S}"'.encode()

        return RecordedBoard(self.slug, change(self.taken_at), _DATE.sub(redate, self.csv))

    @property
    def zip(self) -> bytes:
        """The zip file that Kaggle would serve, colons in its member's name included."""
        name = f"{self.slug}-publicleaderboard-{self.taken_at:%Y-%m-%dT%H:%M:%S}.csv"
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
            file.writestr(name, self.csv)
        return buffer.getvalue()


def read_recording(path: Path = ARCHIVE) -> list[RecordedBoard]:
    """Read all boards of a recording, oldest first."""
    boards = []
    with tarfile.open(path) as archive:
        for member in archive:
            content = archive.extractfile(member)
            match = _TAKEN_AT.search(member.name)
            if content is None or match is None:
                raise ValueError(f"{path.name}: {member.name} is no recorded board")
            taken_at = datetime.strptime(match[1], "%Y-%m-%dT%H-%M-%S").replace(tzinfo=UTC)
            slug = member.name.removesuffix(match[0]).removesuffix("-publicleaderboard")
            boards.append(RecordedBoard(slug, taken_at, content.read()))
    return sorted(boards, key=lambda board: board.taken_at)


def make_private_board(board: RecordedBoard) -> RecordedBoard:
    """Build a possible private board: the same teams, each with a score a little off."""
    rng = random.Random(6)  # noqa: S311 - no secret, and the same each time
    columns, rows = _read(board)
    for row in rows:
        row["Score"] = f"{float(row['Score']) + rng.gauss(0, _SCORE_NOISE):.5f}"
    return replace(board, csv=_write(columns, rows))


def make_other_board(
    board: RecordedBoard, slug: str, teams: int, user_names: Iterable[str]
) -> RecordedBoard:
    """Build a board of another competition: some of the teams, also those of these users.

    Each has the score of another team, and a team id of its own, as on Kaggle: by their ids, boards
    of the same teams are taken for one competition under two names.
    """
    rng = random.Random(slug)  # noqa: S311 - no secret, and the same each time
    columns, rows = _read(board)
    rng.shuffle(rows)
    wanted = set(user_names)
    rows.sort(key=lambda row: wanted.isdisjoint(row["TeamMemberUserNames"].split(",")))
    rows = [row for row in rows if row["Rank"] != "0"][:teams]
    scores = [row["Score"] for row in rows]
    rng.shuffle(scores)
    for team_id, (row, score) in enumerate(
        zip(rows, scores, strict=True), rng.randrange(10**8, 10**9)
    ):
        row["TeamId"], row["Score"] = str(team_id), score
    return replace(board, slug=slug, csv=_write(columns, rows))


def _read(board: RecordedBoard) -> tuple[Sequence[str], list[dict[str, str]]]:
    reader = csv.DictReader(io.StringIO(board.csv.decode("utf-8-sig")))
    rows = list(reader)
    return reader.fieldnames or (), rows


def _write(columns: Sequence[str], rows: list[dict[str, str]]) -> bytes:
    """Write rows as Kaggle's CSV, ranked by their scores."""
    rows.sort(key=lambda row: float(row["Score"]), reverse=True)
    for rank, row in enumerate((row for row in rows if row["Rank"] != "0"), 1):
        row["Rank"] = str(rank)
    written = io.StringIO()
    writer = csv.DictWriter(written, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return written.getvalue().encode()


def space_evenly(
    recording: Sequence[RecordedBoard], start: datetime, interval: timedelta
) -> list[RecordedBoard]:
    """Move a recording so that its boards begin at `start` and are exactly `interval` apart.

    The time of a submission is moved in the same way on each board, or else all teams would seem to
    have submitted something between two boards.
    """
    taken_at = [board.taken_at for board in recording]

    @cache
    def move(date: datetime) -> datetime:
        number = max(bisect_right(taken_at, date) - 1, 0)
        after = date - taken_at[number]
        if date > taken_at[0] and number + 1 < len(taken_at):
            after *= interval / (taken_at[number + 1] - taken_at[number])
        return start + number * interval + after

    return [board.redated(move) for board in recording]
