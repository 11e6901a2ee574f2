"""The file of a roster's check: a manager reads it, and the button applies what it says."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from cogs.rosters.roster_check import APPLIED, CheckedRow
from cogs.rosters.roster_file import as_text, write_csv

_HEADER = ("row", "discord", "kaggle", "result", "reason", "discord_id")


def build_check_file(checked: Sequence[CheckedRow]) -> bytes:
    """Return the file with all rows of a roster and what becomes of each."""
    return write_csv(_HEADER, map(_cells, checked))


def _cells(checked: CheckedRow) -> list[object]:
    row, found = checked.row, checked.found_members
    reason = "" if checked.doubt is None else checked.doubt.replace("_", " ")
    id_ = as_text(found[0].id) if len(found) == 1 else None
    user_name = checked.user_name or row.user_name
    return [row.number, row.member, user_name, checked.result, reason, id_]


def read_check_file(data: bytes) -> dict[int, str]:
    """Return the Kaggle user name to link to each member, by Discord id."""
    rows = csv.DictReader(io.StringIO(data.decode("utf-8-sig")))
    return {
        int(row["discord_id"].removeprefix("'")): row["kaggle"].removeprefix("'")
        for row in rows
        if row["result"] in APPLIED
    }
