"""The form of the files that Kaggle writes, as far as more than one reader knows it."""

from __future__ import annotations

from collections.abc import Sequence

TODAY = [
    *("rank", "teamid", "teamname", "lastsubmissiondate", "score", "submissioncount"),
    "teammemberusernames",
]
"""The columns of today's files, in lower case."""
AFTER_THE_RANK = TODAY[1:]
BLANKS = " \t\r\n"
"""They mean nothing around a field."""
EXACT = "teamname"
"""The one column in which they do."""


def has_all_fields(row: Sequence[str], width: int) -> bool:
    """Tell whether a row has as many fields as the header; one more is no harm if it is blank."""
    return len(row) == width or (len(row) == width + 1 and not row[-1])
