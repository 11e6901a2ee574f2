"""What Kaggle lists while each board is played: competitions, topics and notebooks."""

from __future__ import annotations

from datetime import UTC, datetime

from leaderboards.competition_info import CompetitionInfo
from leaderboards.feeds.posts import Host, Post, PostKind

MIN_VOTES = 5
"""The votes from which on the servers are told of what others than hosts post."""
HOST = Host("host", "The Host")

_CATEGORIES = ("Featured", "Playground", "Community", "Research")
_DEADLINE = datetime(2100, 1, 1, tzinfo=UTC)


def list_competitions(hour: int) -> list[CompetitionInfo]:
    """Return all competitions, oldest first: one more each hour, and sometimes two."""
    return [
        CompetitionInfo(
            f"competition-{number}",
            _DEADLINE,
            _CATEGORIES[number % len(_CATEGORIES)],
            title=f"Competition {number}",
        )
        for number in range(1 + hour + hour // 3)
    ]


def list_posts(hour: int, now: datetime) -> list[Post]:
    """Return all topics and notebooks, the newest first, each with two more votes every hour.

    One of each is new in each hour; hosts post every third topic.
    """
    posts = []
    for number in range(hour + 1):
        votes = 2 * (hour - number)
        by_host = number % 3 == 1
        posts += [
            Post(
                PostKind.TOPIC,
                str(1000 + number),
                f"Topic {number}",
                HOST.display_name if by_host else f"Author {number}",
                votes,
                f"https://www.kaggle.com/topic/{number}",
                now,
            ),
            Post(
                PostKind.NOTEBOOK,
                str(2000 + number),
                f"Notebook {number}",
                f"Author {number}",
                votes,
                f"https://www.kaggle.com/code/author{number}/notebook-{number}",
                now,
            ),
        ]
    return posts[::-1]
