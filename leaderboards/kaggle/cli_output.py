"""The lists that the Kaggle CLI, `competition_list.py` and `post_list.py` print, as values."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from leaderboards.competition_info import CompetitionInfo, CompetitionPage
from leaderboards.errors import KaggleFailed
from leaderboards.feeds.posts import Host, Post, PostKind, PostList, mark_hosts
from leaderboards.kaggle.environment import INSTALL

_NO_COMPETITIONS = re.compile(r"^No competitions found", re.MULTILINE)
_KAGGLE = "https://www.kaggle.com"
_CURRENCY = re.compile(r"(?<=\d )[A-Z][a-z]{2}$")
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
                reward=_parse_reward(competition.get("reward")),
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
    return CompetitionPage(tuple(parse_competitions(printed)), find_next_token(printed))


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


def parse_posts(printed: str, slug: str) -> PostList:
    """Parse the output of `post_list.py` for a competition."""
    try:
        # It is the last line: warnings stand before it.
        lines = printed.splitlines() or [""]
        listed = json.loads(lines[-1])
        topics = [_parse_topic(topic, slug) for topic in listed.get(PostKind.TOPIC, ())]
        notebooks = [
            _parse_notebook(notebook)
            for notebook in listed.get(PostKind.NOTEBOOK, ())
            if notebook["ref"]
        ]
        hosts = [Host(host["user"], host["name"]) for host in listed["hosts"] or ()]
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise KaggleFailed(
            "The kaggle package lists topics or notebooks in a way that is not understood;"
            f" {INSTALL}"
        ) from error
    return PostList(mark_hosts([*topics, *notebooks], hosts))


def _parse_topic(topic: dict[str, Any], slug: str) -> Post:
    return Post(
        kind=PostKind.TOPIC,
        id=str(topic["id"]),
        title=_parse_text(topic["title"]),
        author=_parse_author(topic["author"]),
        votes=topic["votes"] or 0,
        url=f"{_KAGGLE}/competitions/{slug}/discussion/{int(topic['id'])}",
        posted_at=parse_time(topic["at"]),
        author_user_name=topic["user"],
        is_pinned=bool(topic["pinned"]),
    )


def _parse_notebook(notebook: dict[str, Any]) -> Post:
    owner, _, name = notebook["ref"].partition("/")
    return Post(
        kind=PostKind.NOTEBOOK,
        id=str(notebook["id"] or notebook["ref"]),
        title=_parse_text(notebook["title"]),
        author=_parse_author(notebook["author"]),
        votes=notebook["votes"] or 0,
        url=f"{_KAGGLE}/code/{quote(owner)}/{quote(name)}",
        posted_at=parse_time(notebook["at"]),
        author_user_name=owner or None,
    )


def _parse_reward(text: str | None) -> str | None:
    """Return a reward with its currency in capitals, such as "50,000 USD"; Kaggle's is "Usd"."""
    return _CURRENCY.sub(lambda match: match[0].upper(), text) if text else None


def _parse_text(text: str | None) -> str:
    """Return text without lone surrogates, which JSON can hold, but no database."""
    return (text or "").encode("utf-8", "ignore").decode()


def _parse_author(name: str | None) -> str | None:
    """Return an author's display name; None for a deleted account."""
    return None if not name or name.startswith("[Deleted]") else _parse_text(name)


def find_next_token(printed: str) -> str | None:
    """Return the token of the next page that is printed above a page; None on the last one."""
    found = _NEXT_TOKEN.search(printed)
    return found[1] if found else None


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
