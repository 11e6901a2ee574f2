"""What Kaggle lists in a month: new competitions, and topics and notebooks with their votes."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from leaderboards.competition_info import CompetitionInfo
from leaderboards.feeds.posts import Post, PostKind

COMPETITIONS_A_DAY: Mapping[str, float] = {
    "Featured": 0.15,
    "Research": 0.1,
    "Playground": 0.05,
    "Hackathon": 0.15,
    "Community": 15,
}
"""By Kaggle's name of the category."""

_TAIL = {PostKind.TOPIC: 1.1, PostKind.NOTEBOOK: 1.0}
"""The exponent of the Pareto distribution of votes: of 100 topics 7 get ten votes or more, of 100
notebooks 5 get twenty or more."""
_VOTING = timedelta(days=3)
"""In which a post gets all its votes."""
_LISTED = timedelta(days=6)
_HOST = "The Host"


@dataclass
class PostRates:
    """How much is posted about a competition in a day."""

    topics: float
    notebooks: float
    by_hosts: float = 0
    """Topics of the hosts."""


@dataclass
class MonthPosts:
    """The topics and notebooks of one competition."""

    slug: str
    rates: PostRates
    _posts: list[tuple[Post, int]] = field(default_factory=list)
    """Each with the votes that it has in the end."""

    def play_hour(self, now: datetime, rng: random.Random) -> list[Post]:
        """Return what Kaggle lists now, the newest first."""
        rates = self.rates
        for kind, a_day, is_by_host in (
            (PostKind.TOPIC, rates.topics, False),
            (PostKind.NOTEBOOK, rates.notebooks, False),
            (PostKind.TOPIC, rates.by_hosts, True),
        ):
            for _ in range(count_events(a_day / 24, rng)):
                self._add(kind, now, is_by_host, rng)
        self._posts = [each for each in self._posts if _posted_at(each[0]) > now - _LISTED]
        return [
            replace(post, votes=int(votes * min((now - _posted_at(post)) / _VOTING, 1)))
            for post, votes in reversed(self._posts)
        ]

    def _add(self, kind: PostKind, now: datetime, is_by_host: bool, rng: random.Random) -> None:
        number = rng.randrange(10**6, 10**9)
        post = Post(
            kind,
            str(number),
            f"{'Question' if kind is PostKind.TOPIC else 'Baseline'} {number}",
            _HOST if is_by_host else f"Author {number % 97}",
            0,
            f"https://www.kaggle.com/{self.slug}/{number}",
            now,
            is_by_host=is_by_host,
        )
        self._posts.append((post, int(rng.paretovariate(_TAIL[kind])) - 1))


def new_competitions(now: datetime, rng: random.Random) -> list[CompetitionInfo]:
    """Return the competitions that begin within an hour."""
    return [
        CompetitionInfo(
            f"{category.casefold()}-{rng.randrange(10**9)}",
            now + timedelta(days=60),
            category,
            title=f"A {category} Competition",
        )
        for category, a_day in COMPETITIONS_A_DAY.items()
        for _ in range(count_events(a_day / 24, rng))
    ]


def count_events(mean: float, rng: random.Random) -> int:
    """Return how often something happens that happens `mean` times on average (Poisson)."""
    count, time = 0, rng.expovariate(1)
    while time < mean:
        count += 1
        time += rng.expovariate(1)
    return count


def _posted_at(post: Post) -> datetime:
    assert post.posted_at is not None
    return post.posted_at
