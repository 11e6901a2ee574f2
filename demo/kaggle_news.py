"""News on Kaggle while the recording is watched: a competition, topics and notebooks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from demo.kaggle import KaggleStandIn
from leaderboards.competition_info import CompetitionInfo
from leaderboards.feeds.posts import Host, Post, PostKind

HOST = Host("harvestlab", "Harvest Lab")

COMPETITION_AFTER = 1
"""The steps of the recording after which Kaggle lists the new competition."""

NEW_COMPETITION = CompetitionInfo(
    "rail-delays",
    None,
    "Featured",
    "30,000 Usd",
    40,
    title="Rail Delays - Predict the Late Trains",
    metric="Mean Absolute Error",
    awards_points=True,
)
"""The competition that becomes new; its deadlines are set when Kaggle lists it."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """A topic or a notebook, and how popular it gets."""

    after: int
    """The steps after which it is there; what is there from the beginning is not announced."""
    kind: PostKind
    title: str
    author: str
    votes: int
    """How many votes it gets in each step."""


_PLANS = (
    _Plan(0, PostKind.TOPIC, "Welcome! Read this first", HOST.display_name, 0),
    _Plan(0, PostKind.NOTEBOOK, "Harvest: a first look at the data", "Priya", 1),
    _Plan(1, PostKind.TOPIC, "Two columns of the test set are corrected", HOST.display_name, 3),
    _Plan(1, PostKind.TOPIC, "Is the external weather data allowed?", "Sven", 1),
    _Plan(2, PostKind.NOTEBOOK, "Gradient boosting in 60 lines", "Lucía", 10),
    _Plan(3, PostKind.NOTEBOOK, "My first notebook", "Bo", 0),
    _Plan(4, PostKind.TOPIC, "What we learnt about validation", "Priya", 5),
)


def publish_news(
    kaggle: KaggleStandIn, slug: str, steps: int, now: datetime, step: timedelta
) -> None:
    """Serve what is published in the first `steps` steps, each of which is `step` long."""
    posts = [
        _build_post(slug, number, steps - plan.after, now, step)
        for number, plan in enumerate(_PLANS)
    ]
    there = [post for post, plan in zip(posts, _PLANS, strict=True) if plan.after <= steps]
    kaggle.serve_hosts(slug, [HOST])
    kaggle.serve_posts(slug, there[::-1])
    if steps == COMPETITION_AFTER:
        entry_deadline = now + timedelta(days=53)
        kaggle.add_competition(
            replace(
                NEW_COMPETITION,
                deadline=now + timedelta(days=60),
                merger_deadline=entry_deadline,
                entry_deadline=entry_deadline,
            )
        )


def _build_post(slug: str, number: int, age: int, now: datetime, step: timedelta) -> Post:
    """Build a post that was published `age` steps ago."""
    plan = _PLANS[number]
    is_by_host = plan.author == HOST.display_name
    user_name = HOST.user_name if is_by_host else plan.author.casefold()
    url = f"https://www.kaggle.com/competitions/{slug}/discussion/{number + 1}"
    if plan.kind is PostKind.NOTEBOOK:
        url = f"https://www.kaggle.com/code/{user_name}/notebook-{number + 1}"
    return Post(
        kind=plan.kind,
        id=str(number + 1),
        title=plan.title,
        author=plan.author,
        votes=plan.votes * (age + 1),
        url=url,
        posted_at=now - age * step + timedelta(minutes=10),
        author_user_name=user_name,
        is_pinned=number == 0,
    )
