"""The lists that the Kaggle CLI prints as JSON, as values."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any

from leaderboards.competition_info import CompetitionInfo, CompetitionPage
from leaderboards.errors import KaggleFailed
from leaderboards.kaggle.environment import INSTALL

_NO_COMPETITIONS = re.compile(r"^No competitions found", re.MULTILINE)
_NEXT_TOKEN = re.compile(r"^Next Page Token = (\S+)\s*$", re.MULTILINE)


def parse_competitions(printed: str) -> list[CompetitionInfo]:
    """Parse the output of `competition_list.py`, or of `kaggle competitions list`."""
    # A line of its own: the same words may be a competition's title.
    if _NO_COMPETITIONS.search(printed):
        return []
    try:
        return [
            CompetitionInfo(
                slug=(ref := competition["ref"].rstrip("/").rpartition("/")[2]).lower(),
                spelling=None if ref == ref.lower() else ref,
                deadline=parse_time(competition.get("deadline")),
                category=competition.get("category") or None,
                reward=competition.get("reward") or None,
                team_count=competition.get("teamCount"),
                title=competition.get("title") or None,
                merger_deadline=parse_time(competition.get("mergerDeadline")),
                entry_deadline=parse_time(competition.get("newEntrantDeadline")),
                awards_points=competition.get("awardsPoints"),
                metric=competition.get("evaluationMetric") or None,
                daily_submissions=competition.get("maxDailySubmissions") or None,
                team_size=competition.get("maxTeamSize") or None,
                host=competition.get("hostName") or competition.get("organizationName") or None,
                tags=tuple(map(str, competition.get("tags") or ())),
            )
            for competition in _parse_list(printed)
        ]
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise KaggleFailed(
            f"The Kaggle CLI lists competitions in a way that is not understood; {INSTALL}"
        ) from error


def parse_competition_page(printed: str) -> CompetitionPage:
    """Parse a page of competitions, with the token of the next page."""
    token = _NEXT_TOKEN.search(printed)
    return CompetitionPage(tuple(parse_competitions(printed)), token[1] if token else None)


def parse_notebook_titles(printed: str, user_name: str) -> list[str]:
    """Parse the output of `kaggle kernels list`; return the titles of this user's own notebooks."""
    if re.search(r"^Not found$", printed, re.MULTILINE):
        return []
    try:
        return [
            str(notebook["title"])
            for notebook in _parse_list(printed)
            if notebook["ref"].partition("/")[0].casefold() == user_name.casefold()
        ]
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise KaggleFailed(
            f"The Kaggle CLI lists notebooks in a way that is not understood; {INSTALL}"
        ) from error


def parse_time(text: str | None) -> datetime | None:
    """Parse a time of Kaggle's, such as a deadline; without a zone it is UTC."""
    if not text:
        return None
    time = datetime.fromisoformat(text)
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)


def _parse_list(printed: str) -> list[dict[str, Any]]:
    # Warnings and the token of the next page stand before the list.
    start = re.search(r"^\[", printed, re.MULTILINE)
    entries: list[dict[str, Any]] = json.loads(printed[start.start() :] if start else "")
    return entries
