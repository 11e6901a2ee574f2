"""Program that prints what the kaggle package tells of competitions, which is more than its CLI.

`python competition_list.py search WORDS` prints one page of what Kaggle finds for the words,
`find SLUG` goes through the pages until that competition is found, and `newest [TOKEN]` prints one
page of all competitions, the newest first; the token of the next page is printed before it. Tokens
and errors are printed as by the CLI. It runs by itself and imports nothing of the bot.
"""

from __future__ import annotations

import json
import sys
from datetime import datetime
from typing import Any

from requests.exceptions import HTTPError

_PAGE_SIZE, _SEARCH_PAGE_SIZE = 100, 20
_MAX_PAGES = 20
_FIELDS = {
    "ref": "ref",
    "title": "title",
    "category": "category",
    "reward": "reward",
    "deadline": "deadline",
    "mergerDeadline": "merger_deadline",
    "newEntrantDeadline": "new_entrant_deadline",
    "teamCount": "team_count",
    "awardsPoints": "awards_points",
    "evaluationMetric": "evaluation_metric",
    "maxDailySubmissions": "max_daily_submissions",
    "maxTeamSize": "max_team_size",
    "hostName": "host_name",
    "organizationName": "organization_name",
}
"""Kaggle's names of what is printed, and the attributes of the package's `ApiCompetition`."""


def main() -> int:
    """Print the competitions as JSON; the exit code is 1 if Kaggle refuses."""
    mode, argument = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else ""
    try:
        if mode == "newest":
            found, token = _list_newest(argument)
            if token:
                print(f"Next Page Token = {token}")  # noqa: T201
        else:
            found = _list_competitions(argument, argument if mode == "find" else None)
        print(json.dumps(found))  # noqa: T201
    except HTTPError as error:
        if error.response is not None and error.response.status_code == 401:
            print("401 Unauthorized", file=sys.stderr)  # noqa: T201
        else:
            print(error, file=sys.stderr)  # noqa: T201
    except Exception as error:  # noqa: BLE001 - what it was is read from the output
        print(f"{type(error).__name__}: {error}", file=sys.stderr)  # noqa: T201
    else:
        return 0
    return 1


def _list_competitions(words: str, slug: str | None) -> list[dict[str, Any]]:
    from kaggle import api  # noqa: PLC0415 - it logs in while it is imported

    found: list[dict[str, Any]] = []
    token = None
    for _ in range(_MAX_PAGES):
        page = api.competitions_list(
            search=words, page_size=_PAGE_SIZE if slug else _SEARCH_PAGE_SIZE, page_token=token
        )
        found += [_describe(competition) for competition in page.competitions or ()]
        token = page.next_page_token
        if not token or not slug or any(_parse_slug(one) == slug for one in found):
            break
    return found


def _list_newest(token: str) -> tuple[list[dict[str, Any]], str]:
    from kaggle import api  # noqa: PLC0415 - it logs in while it is imported

    page = api.competitions_list(
        sort_by="recentlyCreated", page_size=_PAGE_SIZE, page_token=token or None
    )
    return [_describe(competition) for competition in page.competitions or ()], page.next_page_token


def _describe(competition: object) -> dict[str, Any]:
    values = {name: getattr(competition, field, None) for name, field in _FIELDS.items()}
    tags = getattr(competition, "tags", None) or ()
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in values.items()
    } | {"tags": [tag.name for tag in tags if tag.name]}


def _parse_slug(competition: dict[str, Any]) -> str:
    return str(competition["ref"]).rstrip("/").rpartition("/")[2].lower()


if __name__ == "__main__":
    sys.exit(main())
