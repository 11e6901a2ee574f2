"""A leaderboard as values: the whole board in columns, and one row of it as an `Entry`.

A column that Kaggle starts to send is a field of `Columns` and of `Entry` here, a name in
`parsing/header.py`, and a migration that adds it to the tables `teams` and `benchmarks` and to the
view `board_rows`. Parsing and the current board then follow `COLUMNS`. Past boards show it only
after `comparison/board_diff.py` (the mask of the rows in which it changed),
`history/row_changes.py` and `history/past_board.py` handle it too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any, cast, get_type_hints

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Reals = NDArray[np.float64]
Mask = NDArray[np.bool_]
Values = NDArray[Any] | list[str]

UNKNOWN = -1
"""In columns of whole numbers: the file has no value. None in an `Entry`, NULL in the database."""

ABSENT = -1
"""The row of a team that is not on a board."""


class ScoreOrder(StrEnum):
    """Which score is the better one."""

    HIGHER = "higher"
    LOWER = "lower"

    def is_better(self, one: float, other: float) -> bool:
        """Return whether a score is better than another."""
        return one > other if self is ScoreOrder.HIGHER else one < other


class BoardKind(StrEnum):
    """Kind of board, by the part of the test data that counts: the public or the private one."""

    PUBLIC = "public"
    PRIVATE = "private"


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a board; a benchmark has rank 0."""

    rank: int
    team_id: int
    team_name: str
    score: float
    score_text: str
    submissions: int | None
    last_submission_at: datetime | None
    members: tuple[str, ...]


def split_members(joined: str) -> tuple[str, ...]:
    """Split Kaggle's `a,b,c` into user names."""
    return tuple(filter(None, joined.split(",")))


@dataclass(frozen=True, slots=True)
class ColumnType:
    """Type of a column's values, and how they become those of an `Entry`."""

    dtype: type[np.int64 | np.float64] | None
    """Of the array; None for a list of texts."""
    to_entry: Callable[[Any], object]


INTEGER = ColumnType(np.int64, int)
REAL = ColumnType(np.float64, float)
TEXT = ColumnType(None, str)
TIME = ColumnType(np.int64, lambda seconds: datetime.fromtimestamp(int(seconds), UTC))
"""Unix seconds."""
USER_NAMES = ColumnType(None, split_members)
"""Joined by commas, as Kaggle writes them."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a board."""

    type: ColumnType
    unknown: int | str | None = None
    """Stands for a missing value: in single rows, or in all if a file lacks the column. None if
    every file has it."""

    @property
    def nullable(self) -> bool:
        """Whether a missing value is None in an `Entry` and NULL in the database."""
        return self.unknown == UNKNOWN

    def build(self, values: Iterable[object]) -> Values:
        """Return a column of these values: an array of numbers or a list of texts."""
        if self.type.dtype is None:
            return [*cast("Iterable[str]", values)]
        return np.array(list(values), dtype=self.type.dtype)

    def to_entry(self, value: object) -> object:
        """Convert one value of the column to that of an `Entry`."""
        return None if self.nullable and value == UNKNOWN else self.type.to_entry(value)


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """Rows of a board side by side, best first; every column has the same length."""

    rank: Annotated[Integers, Column(INTEGER, unknown=0)]
    """0 for a benchmark."""
    team_id: Annotated[Integers, Column(INTEGER)]
    team_name: Annotated[list[str], Column(TEXT)]
    score: Annotated[Reals, Column(REAL)]
    score_text: Annotated[list[str], Column(TEXT)]
    """The score as Kaggle wrote it."""
    submissions: Annotated[Integers, Column(INTEGER, unknown=UNKNOWN)]
    last_submission_at: Annotated[Integers, Column(TIME, unknown=UNKNOWN)]
    members: Annotated[list[str], Column(USER_NAMES, unknown="")]

    def __len__(self) -> int:
        return len(self.team_id)

    @classmethod
    def build(cls, **columns: Values) -> Columns:
        """Return columns; one that is not given is filled with its `Column.unknown`.

        Raises TypeError where one is missing that every file has.
        """
        count = len(columns["team_id"])
        unknown = {
            name: column.build([column.unknown] * count)
            for name, column in COLUMNS.items()
            if column.unknown is not None and name not in columns
        }
        values: dict[str, Any] = columns | unknown
        return cls(**values)

    def entry(self, index: int) -> Entry:
        """Return one row."""
        values: dict[str, Any] = {
            name: column.to_entry(getattr(self, name)[index]) for name, column in COLUMNS.items()
        }
        return Entry(**values)

    def to_array(self, name: str) -> NDArray[Any]:
        """Return one column as an array, of objects if it holds texts."""
        return np.asarray(getattr(self, name), dtype=COLUMNS[name].type.dtype or object)

    def take(self, indices: Integers) -> Columns:
        """Return the rows at these indices, in their order."""
        positions = indices.tolist()
        return Columns.build(
            **{
                name: getattr(self, name)[indices]
                if column.type.dtype
                else [getattr(self, name)[position] for position in positions]
                for name, column in COLUMNS.items()
            }
        )


COLUMNS: dict[str, Column] = {
    name: annotation.__metadata__[0]
    for name, annotation in get_type_hints(Columns, include_extras=True).items()
}
"""The columns of a board by their names, which are also those in an `Entry` and the database.

`rank` is the first, and stored apart from the others (table `ranks`), as benchmarks have none.
"""


def index_rows(teams: Columns) -> dict[int, int]:
    """Return the row of each team by its id."""
    return {team_id: row for row, team_id in enumerate(teams.team_id.tolist())}


@dataclass(frozen=True, slots=True, eq=False)
class Board:
    """One leaderboard at one moment, complete and in Kaggle's order."""

    slug: str | None
    kind: BoardKind
    taken_at: datetime | None
    """Kaggle's own time of the file; None where its name has none."""
    order: ScoreOrder | None
    """None where nothing on the board shows it: one team, or all scores equal."""
    teams: Columns
    """Teams by ascending rank."""
    benchmarks: Columns
    """Entries of hosts (rank 0), best first. Never counted, never first."""
    teams_above: Integers
    """For each benchmark, how many teams stand above it."""
    ranks_derived: bool = False
    """True where the file has no ranks: they follow from the order of its rows if these are best
    first and one for each team, else from score and date."""
    complete: bool = True
    """False for one page of a longer board."""
    unknown_columns: tuple[str, ...] = ()
    """Names in the file's header that no column is read from."""

    def entries(self) -> Iterator[Entry]:
        """Yield every row in the board's order, benchmarks at their place."""
        above = self.teams_above.tolist()
        shown = 0
        for index in range(len(self.teams)):
            while shown < len(above) and above[shown] <= index:
                yield self.benchmarks.entry(shown)
                shown += 1
            yield self.teams.entry(index)
        for rest in range(shown, len(above)):
            yield self.benchmarks.entry(rest)
