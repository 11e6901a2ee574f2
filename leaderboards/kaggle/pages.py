"""A leaderboard read page by page, as `kaggle competitions leaderboard --show` prints it.

A page tells TeamId, name, date and score of each team, best first; neither ranks nor members.
"""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from leaderboards.errors import BoardMoving, BoardRefused, KaggleFailed
from leaderboards.kaggle.environment import INSTALL

PAGE_SIZE = 200
"""As many rows as Kaggle gives at once."""

_MOST_PAGES = 1000
"""Far more than the largest board has: whoever sends more sends pages without end."""

_TOKEN = re.compile(r"^Next Page Token = (\S+)\s*$", re.MULTILINE)
_LIST = re.compile(r"^\[", re.MULTILINE)
_NOTHING = "No results found"


@dataclass(frozen=True, slots=True)
class Row:
    """One team on a page."""

    team_id: int
    team_name: str
    submitted_at: datetime | None
    score_text: str
    """Empty for a team without a score on this board."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of a board, in its order."""

    rows: tuple[Row, ...]
    next_token: str | None
    """Asks for the page that follows; None on the last one."""


GetPage = Callable[[str | None], Awaitable[Page]]
"""Asks Kaggle for the page of a token, for the first one without."""


def parse_page(printed: str) -> Page:
    """Read what the CLI prints; raises `KaggleFailed` where it is no page."""
    start, token = _LIST.search(printed), _TOKEN.search(printed)
    if start is None and _NOTHING in printed:
        return Page((), None)
    try:
        rows, _ = json.JSONDecoder().raw_decode(printed[start.start() :] if start else "")
        return Page(tuple(map(_row, rows)), token[1] if token else None)
    except (KeyError, TypeError, ValueError) as error:
        raise KaggleFailed(
            f"The Kaggle CLI shows leaderboards in a way that is not understood; {INSTALL}"
        ) from error


def _row(listed: dict[str, Any]) -> Row:
    date = listed["submissionDate"]
    submitted_at = datetime.fromisoformat(date) if date else None
    if submitted_at is not None and submitted_at.tzinfo is None:
        submitted_at = submitted_at.replace(tzinfo=UTC)
    return Row(
        team_id=int(listed["teamId"]),
        team_name=str(listed["teamName"]),
        submitted_at=submitted_at,
        score_text=str(listed["score"] or "").strip(),
    )


async def read_pages(get: GetPage, first: Page | None = None) -> list[Row]:
    """Read all pages in their order; `first` is the first one, if it was read already.

    Raises `BoardMoving` when a team stands on two of them: the board changed meanwhile.
    """
    page = first or await get(None)
    rows, tokens = list(page.rows), set[str]()
    while page.next_token is not None:
        if page.next_token in tokens or len(tokens) >= _MOST_PAGES:
            raise BoardRefused("Kaggle's pages of this leaderboard have no end.")
        tokens.add(page.next_token)
        page = await get(page.next_token)
        rows += page.rows
    if len({row.team_id for row in rows}) < len(rows):
        raise BoardMoving("The leaderboard changed while its pages were read.")
    return rows
