"""The form of the files that Kaggle writes today."""

from __future__ import annotations

TODAY = [
    *("rank", "teamid", "teamname", "lastsubmissiondate", "score", "submissioncount"),
    "teammemberusernames",
]
"""Their columns, in lower case."""
AFTER_THE_RANK = TODAY[1:]
EXACT = "teamname"
"""The one column whose outer blanks mean something."""
BLANKS = " \t\r\n"
