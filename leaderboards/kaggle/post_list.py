"""Program that prints the topics and notebooks of a competition, which the kaggle package lists.

`python post_list.py SLUG SINCE KIND…` prints one JSON object. Its `topic` lists the newest
topics, among them all that were posted since SINCE, and the hot ones; its `notebook` the newest
notebooks and those with the most votes; its `hosts` who hosts the competition, null if Kaggle does
not tell. A topic since SINCE whose author has the display name of a host also has the author's user
name, `user`: anybody can choose a host's display name. The CLI tells neither which topics are
pinned nor the numbers of notebooks. Errors are printed as by the CLI. It runs by itself and imports
nothing of the bot.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from typing import Any

from requests.exceptions import HTTPError

_MAX_PAGES = 5
"""Pages of the newest topics, of twenty each."""
_NOTEBOOKS = 100
"""The most that one request lists."""
_TOPIC_FIELDS = {
    "id": "id",
    "title": "title",
    "author": "author_name",
    "votes": "votes",
    "at": "post_date",
    "pinned": "is_sticky",
}
"""Names of what is printed, and the attributes of the package's `ApiCompetitionTopic`."""
_NOTEBOOK_FIELDS = {
    "id": "id",
    "ref": "ref",
    "title": "title",
    "author": "author",
    "votes": "total_votes",
    "at": "last_run_time",
}
"""The same of `ApiKernelMetadata`."""


def main() -> int:
    """Print the posts as JSON; the exit code is 1 if Kaggle refuses."""
    slug, since, *kinds = sys.argv[1:]
    try:
        printed: dict[str, Any] = {"hosts": _list_hosts(slug)}
        if "topic" in kinds:
            names = {host["name"].casefold() for host in printed["hosts"] or ()} - {""}
            printed["topic"] = _list_topics(slug, datetime.fromisoformat(since), names)
        if "notebook" in kinds:
            printed["notebook"] = _list_notebooks(slug)
        print(json.dumps(printed))  # noqa: T201
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


def _list_topics(slug: str, since: datetime, host_names: set[str]) -> list[dict[str, Any]]:
    from kaggle import api  # noqa: PLC0415 - it logs in while it is imported

    if not hasattr(api, "competition_list_topics"):
        # As the CLI of such a version says it.
        raise ValueError("invalid choice: 'topics'")
    found: list[Any] = []
    for number in range(1, _MAX_PAGES + 1):
        page = api.competition_list_topics(slug, sort_by="new", page=number).topics or ()
        found += page
        # Pinned topics may stand above newer ones.
        if not any(_is_since(topic.post_date, since) for topic in page if not topic.is_sticky):
            break
    found += api.competition_list_topics(slug, sort_by="hot", page=1).topics or ()
    users = {
        topic.id: _find_author(topic.id)
        for topic in found
        if topic.author_name.casefold() in host_names and _is_since(topic.post_date, since)
    }
    return [_describe(topic, _TOPIC_FIELDS) | {"user": users.get(topic.id)} for topic in found]


def _find_author(topic_id: int) -> str | None:
    """Return the user name of a topic's author; None if Kaggle does not tell."""
    from kaggle import api  # noqa: PLC0415 - it logs in while it is imported

    try:
        topic, *_ = api.forums_topic_show(topic_id, page_size=1)
    except HTTPError as error:
        if _is_refusal(error):
            return None
        raise
    return str(topic.author_url or "").rstrip("/").rpartition("/")[2] or None


def _list_notebooks(slug: str) -> list[dict[str, Any]]:
    from kaggle import api  # noqa: PLC0415 - it logs in while it is imported

    found: list[Any] = []
    for order in ("dateCreated", "voteCount"):
        found += api.kernels_list(competition=slug, sort_by=order, page_size=_NOTEBOOKS) or ()
    return [_describe(notebook, _NOTEBOOK_FIELDS) for notebook in found if notebook is not None]


def _list_hosts(slug: str) -> list[dict[str, str]] | None:
    from kaggle import api  # noqa: PLC0415 - it logs in while it is imported

    if not hasattr(api, "competition_list_hosts"):
        return None  # Before version 2.2.4.
    try:
        hosts = api.competition_list_hosts(slug) or ()
    except HTTPError as error:
        if _is_refusal(error):
            return None
        raise
    return [{"user": host.user_name, "name": host.display_name} for host in hosts]


def _is_refusal(error: HTTPError) -> bool:
    return error.response is not None and error.response.status_code in {403, 404}


def _is_since(time: datetime | None, since: datetime) -> bool:
    return time is not None and time.replace(tzinfo=time.tzinfo or UTC) >= since


def _describe(post: object, fields: dict[str, str]) -> dict[str, Any]:
    values = {name: getattr(post, field, None) for name, field in fields.items()}
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in values.items()
    }


if __name__ == "__main__":
    sys.exit(main())
