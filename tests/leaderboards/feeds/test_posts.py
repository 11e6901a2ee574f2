"""Which topics and notebooks feeds announce at once."""

from __future__ import annotations

import pytest

from leaderboards.feeds.posts import Post, PostChange, PostKind


def build_post(votes: int, *, is_by_host: bool = False) -> Post:
    return Post(
        PostKind.TOPIC, "1", "Rules", "Ada", votes, "https://k", None, is_by_host=is_by_host
    )


@pytest.mark.parametrize(
    ("before", "now", "expected"), [(0, 9, False), (0, 10, True), (9, 12, True), (10, 12, False)]
)
def test_post_is_announced_when_it_reaches_the_votes_of_the_feed(
    before: int, now: int, expected: bool
) -> None:
    assert PostChange(build_post(now), before == 0, before).is_announced(10) is expected


def test_post_of_a_host_is_announced_when_it_is_new() -> None:
    by_host = build_post(1, is_by_host=True)
    assert PostChange(by_host, is_new=True, votes_before=0).is_announced(10)
    assert not PostChange(by_host, is_new=False, votes_before=0).is_announced(10)
