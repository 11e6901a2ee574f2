"""Program that prints what the kaggle package tells of competitions, which is more than its CLI.

`python competition_list.py WORDS [SLUG]` prints one page of what Kaggle finds for the words; with a
slug it goes through the pages until that competition is found. Errors are printed as by the CLI.
It runs by itself and imports nothing of the bot.
"""

from __future__ import annotations

import json
import sys
from datetime import datetime
from typing import Any

from requests.exceptions import HTTPError

_PAGE_SIZE = 100
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
    words, slug = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None
    try:
        print(json.dumps(_list_competitions(words, slug)))  # noqa: T201
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
            search=words, page_size=_PAGE_SIZE if slug else 20, page_token=token
        )
        found += [_describe(competition) for competition in page.competitions or ()]
        token = page.next_page_token
        if not token or not slug or any(_slug(one) == slug for one in found):
            break
    return found


def _describe(competition: object) -> dict[str, Any]:
    values = {name: getattr(competition, field, None) for name, field in _FIELDS.items()}
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in values.items()
    }


def _slug(competition: dict[str, Any]) -> str:
    return str(competition["ref"]).rstrip("/").rpartition("/")[2].lower()


if __name__ == "__main__":
    sys.exit(main())
