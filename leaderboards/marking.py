"""Makes the marks of a board's rows."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from leaderboards.board import Columns
from leaderboards.marks import Marks

_FACTOR = np.uint64(0x9E37_79B9_7F4A_7C15)


def marks_of(teams: Columns) -> Marks:
    """Mark the rows of a board; another version of pandas may make others of the same rows."""
    content = np.zeros(len(teams), dtype=np.uint64)
    for column in (
        _hashes(map("\0".join, zip(teams.team_name, teams.score_text, teams.members, strict=True))),
        teams.submissions.astype(np.uint64),
        teams.last_submission_at.astype(np.uint64),
    ):
        # Whole numbers wrap round here, as they are meant to.
        content = (content ^ column) * _FACTOR
        content ^= content >> np.uint64(29)
    return Marks(teams.team_id, teams.rank, content)


def _hashes(texts: Iterable[str]) -> NDArray[np.uint64]:
    column = np.array(list(texts), dtype=object)
    hashes: NDArray[np.uint64] = pd.util.hash_array(column, categorize=False)
    return hashes
