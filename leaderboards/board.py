"""A leaderboard as values: the whole board in columns, and one row of it as an `Entry`.

A column that Kaggle starts to send is a field of `Columns` and of `Entry` here, a name in
`parsing/header.py`, and a migration that adds it to the tables `teams` and `benchmarks` and to the
view `board_rows`. Parsing and the current board then follow `COLUMNS`. Past boards show it only
after `comparison/board_diff.py` (the mask of the rows in which it changed),
`history/row_changes.py` and `history/past_board.py` handle it too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, cast, get_type_hints

import numpy as np
from numpy.typing import ArrayLike, NDArray

if TYPE_CHECKING:
    import pandas as pd

Integers = NDArray[np.int64]
Reals = NDArray[np.float64]
Mask = NDArray[np.bool_]
Texts = NDArray[np.object_]
"""Array of `str`."""

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

    dtype: type[np.int64 | np.float64 | np.object_]
    """Of the array; texts are objects."""
    to_entry: Callable[[Any], object]


INTEGER = ColumnType(np.int64, int)
REAL = ColumnType(np.float64, float)
TEXT = ColumnType(np.object_, str)
TIME = ColumnType(np.int64, lambda seconds: datetime.fromtimestamp(int(seconds), UTC))
"""Unix seconds."""
USER_NAMES = ColumnType(np.object_, split_members)
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

    def build(self, values: ArrayLike) -> NDArray[Any]:
        """Return these values as an array of the column's type."""
        return np.asarray(values, dtype=self.type.dtype)

    def to_entry(self, value: object) -> object:
        """Convert one value of the column to that of an `Entry`."""
        return None if self.nullable and value == UNKNOWN else self.type.to_entry(value)


@dataclass(frozen=True, eq=False)
class Columns:
    """Rows of a board side by side, best first; every column has the same length.

    To find a team by its id, no id may be there twice.
    """

    rank: Annotated[Integers, Column(INTEGER, unknown=0)]
    """0 for a benchmark."""
    team_id: Annotated[Integers, Column(INTEGER)]
    team_name: Annotated[Texts, Column(TEXT)]
    score: Annotated[Reals, Column(REAL)]
    score_text: Annotated[Texts, Column(TEXT)]
    """The score as Kaggle wrote it."""
    submissions: Annotated[Integers, Column(INTEGER, unknown=UNKNOWN)]
    last_submission_at: Annotated[Integers, Column(TIME, unknown=UNKNOWN)]
    members: Annotated[Texts, Column(USER_NAMES, unknown="")]

    def __len__(self) -> int:
        return len(self.team_id)

    @classmethod
    def build(cls, **columns: Sequence[Any] | NDArray[Any]) -> Columns:
        """Return columns of these values; one not given is filled with its `Column.unknown`.

        Raises KeyError without `team_id`, TypeError without another column that every file has.
        """
        count = len(columns["team_id"])
        unknown = {
            name: [column.unknown] * count
            for name, column in COLUMNS.items()
            if column.unknown is not None and name not in columns
        }
        return cls(
            **{name: COLUMNS[name].build(values) for name, values in (columns | unknown).items()}
        )

    def entry(self, index: int) -> Entry:
        """Return one row."""
        values: dict[str, Any] = {
            name: column.to_entry(getattr(self, name)[index]) for name, column in COLUMNS.items()
        }
        return Entry(**values)

    def take(self, indices: Integers) -> Columns:
        """Return the rows at these indices, in their order."""
        return Columns(**{name: getattr(self, name)[indices] for name in COLUMNS})

    def find_rows(self, team_ids: Sequence[int] | Integers) -> Integers:
        """Return the row of each team, or `ABSENT`."""
        return self._index.get_indexer(_build_index(team_ids))

    def find_row(self, team_id: int) -> int:
        """Return the row of one team, or `ABSENT`."""
        return cast("int", self._index.get_loc(team_id)) if team_id in self._index else ABSENT

    def find_entry(self, team_id: int) -> Entry | None:
        """Return the row of one team as an entry; None if it is not there."""
        row = self.find_row(team_id)
        return None if row == ABSENT else self.entry(row)

    @cached_property
    def _index(self) -> pd.Index[int]:
        return _build_index(self.team_id)


COLUMNS: dict[str, Column] = {
    name: annotation.__metadata__[0]
    for name, annotation in get_type_hints(Columns, include_extras=True).items()
}
"""The columns of a board by their names, which are also those in an `Entry` and the database.

`rank` is the first, and stored apart from the others (table `ranks`), as benchmarks have none.
"""


def _build_index(team_ids: Sequence[int] | Integers) -> pd.Index[int]:
    import pandas as pd  # noqa: PLC0415 - slow to import, and `health` must be quick

    return pd.Index(team_ids, dtype=np.int64)


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
