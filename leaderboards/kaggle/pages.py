"""A leaderboard read page by page, as `kaggle competitions leaderboard --show` prints it.

A page has the id, name, date and score of each team, best first; neither ranks nor members.
"""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from leaderboards.errors import BoardRefused, InconsistentPages, KaggleFailed
from leaderboards.kaggle.cli_output import find_next_token, parse_time
from leaderboards.kaggle.environment import INSTALL

PAGE_SIZE = 200
"""The most rows that Kaggle sends at once."""

_MAX_PAGES = 1000
"""Far more than the largest board has: more would be an endless loop."""

_LIST = re.compile(r"^\[", re.MULTILINE)
_NO_RESULTS = "No results found"


@dataclass(frozen=True, slots=True)
class Row:
    """One team on a page."""

    team_id: int
    team_name: str
    submitted_at: datetime | None
    score_text: str
    """Empty for a team without a score on this board."""


@dataclass(frozen=True, slots=True)
class BoardPage:
    """Consecutive rows of a board."""

    rows: tuple[Row, ...]
    next_token: str | None
    """The token of the following page; None on the last one."""


LoadPage = Callable[[str | None], Awaitable[BoardPage]]
"""Loads the page with a token, or the first one."""


def parse_page(printed: str) -> BoardPage:
    """Parse the output of the CLI; raise `KaggleFailed` if it is not a page."""
    start = _LIST.search(printed)
    if start is None and _NO_RESULTS in printed:
        return BoardPage((), None)
    try:
        rows, _ = json.JSONDecoder().raw_decode(printed[start.start() :] if start else "")
        return BoardPage(tuple(map(_parse_row, rows)), find_next_token(printed))
    except (KeyError, TypeError, ValueError) as error:
        raise KaggleFailed(
            f"The Kaggle CLI shows leaderboards in a way that is not understood; {INSTALL}"
        ) from error


def _parse_row(team: dict[str, Any]) -> Row:
    return Row(
        team_id=int(team["teamId"]),
        team_name=str(team["teamName"]),
        submitted_at=parse_time(team["submissionDate"]),
        score_text=str(team["score"] or "").strip(),
    )


async def load_pages(load: LoadPage) -> list[BoardPage]:
    """Load all pages of a board, one after the other.

    Raise `InconsistentPages` if a team is on two pages: the board changed meanwhile.
    """
    page = await load(None)
    pages, tokens = [page], set[str]()
    while page.next_token is not None:
        if page.next_token in tokens or len(tokens) >= _MAX_PAGES:
            raise BoardRefused("Kaggle's pages of this leaderboard have no end.")
        tokens.add(page.next_token)
        page = await load(page.next_token)
        pages.append(page)
    team_ids = [row.team_id for page in pages for row in page.rows]
    if len(set(team_ids)) < len(team_ids):
        raise InconsistentPages("The leaderboard changed while its pages were read.")
    return pages
