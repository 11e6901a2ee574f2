"""The announcement of topics and notebooks, and what digests list of the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Self

from leaderboards.feeds.posts import Post, PostKind
from leaderboards.news.message_kind import NamesNobody, NotInDigestChannels

MAX_SHOWN = 5
"""Posts that one message shows, and of each kind a digest; the others are counted."""


@dataclass(frozen=True, slots=True)
class ShownPost:
    """Topic or notebook in an announcement."""

    kind: PostKind
    id: str
    """Kaggle's number."""
    title: str
    author: str | None
    """The author's display name; None for a deleted account."""
    votes: int
    url: str
    is_by_host: bool = False

    @classmethod
    def from_post(cls, post: Post) -> Self:
        """Build it from Kaggle's list."""
        return cls(
            post.kind, post.id, post.title, post.author, post.votes, post.url, post.is_by_host
        )


@dataclass(frozen=True, slots=True)
class NotebookEffect:
    """Teams that rose in the two hours after a notebook was published: see `post_effect`."""

    title: str
    url: str
    teams: int
    places: int
    """Each rose by more than this."""
    usual: int
    """How many usually do in two hours, rounded."""
    others: int
    """How many other notebooks were published less than two hours before or after it."""


@dataclass(frozen=True, slots=True)
class PostSummary:
    """Posts about a competition in the period of a digest, without those that were announced."""

    slug: str
    posts: tuple[ShownPost, ...]
    """At most `MAX_SHOWN` of each kind, topics first."""
    more: int = 0
    """How many further ones there are."""
    effects: tuple[NotebookEffect, ...] = ()
    """Also of notebooks that were told before."""

    @classmethod
    def from_list(cls, slug: str, posts: Sequence[ShownPost]) -> Self:
        """Build the summary of all that was posted."""
        shown: list[ShownPost] = []
        for kind in PostKind:
            of_kind = [post for post in posts if post.kind is kind]
            shown += sorted(of_kind, key=_sort_key)[:MAX_SHOWN]
        return cls(slug, tuple(shown), len(posts) - len(shown))


@dataclass(frozen=True, slots=True)
class NewPostsMessage(NamesNobody, NotInDigestChannels):
    """Announces what hosts post about a competition, and what has got enough votes."""

    slug: str
    posts: tuple[ShownPost, ...]
    """At most `MAX_SHOWN`, those of hosts first."""
    more: int = 0
    """How many further ones did not fit."""
    type: Literal["new_posts"] = "new_posts"

    @classmethod
    def from_list(cls, slug: str, posts: Sequence[ShownPost], more: int = 0) -> Self:
        """Build the message about one or more posts; what does not fit is counted."""
        ordered = sorted(posts, key=_sort_key)
        return cls(slug, tuple(ordered[:MAX_SHOWN]), more + len(ordered[MAX_SHOWN:]))

    def is_deferrable(self) -> bool:
        """Return True: a topic can wait for the morning."""
        return True

    @classmethod
    def merge(cls, waiting: Sequence[Self]) -> Sequence[Self]:
        """Return one message about all, each post as it was last."""
        if len(waiting) <= 1:
            return waiting
        posts = {(post.kind, post.id): post for message in waiting for post in message.posts}
        more = sum(message.more for message in waiting)
        return [cls.from_list(waiting[-1].slug, list(posts.values()), more)]


def _sort_key(post: ShownPost) -> tuple[bool, int]:
    """Return a sort key by which those of hosts come first, then those with the most votes."""
    return not post.is_by_host, -post.votes
