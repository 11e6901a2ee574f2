"""Topics and notebooks of a competition on Kaggle, and which of them feeds announce at once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum


class PostKind(StrEnum):
    """Kind of post about a competition."""

    TOPIC = "topic"
    NOTEBOOK = "notebook"


@dataclass(frozen=True, slots=True)
class Host:
    """A user who hosts a competition."""

    user_name: str
    display_name: str


@dataclass(frozen=True, slots=True)
class Post:
    """A topic or a notebook as Kaggle lists it."""

    kind: PostKind
    id: str
    """Kaggle's number: it stays when the title changes."""
    title: str
    author: str | None
    """The author's display name; None for an account that was deleted."""
    votes: int
    url: str
    posted_at: datetime | None
    """When a topic was posted, or a notebook was last run: Kaggle does not say when it was made."""
    author_user_name: str | None = None
    """The author's user name; None for most topics: Kaggle's list has only the display name."""
    is_pinned: bool = False
    """Whether it stays at the top of the forum, which only hosts and Kaggle can decide."""
    is_by_host: bool = False


@dataclass(frozen=True, slots=True)
class PostList:
    """Posts that Kaggle lists about a competition: the newest, hot topics, most voted notebooks."""

    posts: tuple[Post, ...]

    def select(self, kind: PostKind) -> list[Post]:
        """Return the posts of a kind, each once."""
        found = {post.id: post for post in reversed(self.posts) if post.kind is kind}
        return list(reversed(found.values()))


@dataclass(frozen=True, slots=True)
class PostChange:
    """A post that is new, or has more votes than before."""

    post: Post
    is_new: bool
    votes_before: int
    """The most votes that it had; 0 if it is new."""

    def is_announced(self, min_votes: int) -> bool:
        """Return whether a feed announces the post now.

        A new one by a host always, any other once it has `min_votes`. The digests list the rest.
        """
        is_new_by_host = self.is_new and self.post.is_by_host
        return is_new_by_host or self.votes_before < min_votes <= self.post.votes


def mark_hosts(posts: Sequence[Post], hosts: Collection[Host]) -> tuple[Post, ...]:
    """Return the posts with those of hosts marked.

    A pinned topic counts as one, since only hosts and Kaggle can pin: Kaggle does not always tell
    who hosts a competition. Where a user name is not known, the display name decides.
    """
    user_names = {host.user_name.casefold() for host in hosts}
    display_names = {host.display_name.casefold() for host in hosts}

    def is_by_host(post: Post) -> bool:
        if post.is_pinned:
            return True
        if post.author_user_name is not None:
            return post.author_user_name.casefold() in user_names
        return post.author is not None and post.author.casefold() in display_names

    return tuple(replace(post, is_by_host=is_by_host(post)) for post in posts)
