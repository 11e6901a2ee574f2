"""The topics and notebooks that are marked in the picture of `/history`, in words."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from cogs.framework import format as fmt
from cogs.framework.escape import escape
from cogs.framework.layout import join_lines
from leaderboards.feeds.posts import Post, PostKind

ONE_TEAM_TEXT = "-# Topics and notebooks are marked only in the history of one team."
IN_SERVER_TEXT = "-# Topics and notebooks are marked only in a server that follows the competition."

_MISSING_TEXTS = {
    PostKind.TOPIC: "-# Topics are marked if this server has a feed of them: managers turn that on"
    " with `/feed discussion`.",
    PostKind.NOTEBOOK: "-# Notebooks are marked if this server has a feed of them: managers turn"
    " that on with `/feed notebooks`.",
}
_MISSING_BOTH_TEXT = (
    "-# Topics and notebooks are marked if this server has feeds of them: managers turn that on"
    " with `/feed discussion` and `/feed notebooks`."
)
_NONE_TEXTS = {
    PostKind.TOPIC: "-# No topic of this period is known.",
    PostKind.NOTEBOOK: "-# No notebook of this period is known.",
}
_NONE_OF_BOTH_TEXT = "-# No topic and no notebook of this period is known."
_SIGNS = {PostKind.TOPIC: "⚪", PostKind.NOTEBOOK: "🟧"}
"""The forms and colours of the marks in the picture."""
_LEGENDS = {PostKind.TOPIC: "⚪ topic", PostKind.NOTEBOOK: "🟧 notebook"}
_CHARACTERS = 2200
"""Room for the list: a message has 4,000."""


@dataclass(frozen=True, slots=True)
class PostMarks:
    """Posts that are marked in a history."""

    posts: Sequence[Post] = ()
    """Oldest first: the first one is number 1."""
    count: int = 0
    """How many there are in the period; those with the most votes are marked."""
    kinds: Collection[PostKind] = ()
    """Those of which the server has a feed: others are not marked."""


def marks_text(marks: PostMarks) -> str:
    """Return the list of what is marked, or why nothing is."""
    missing = [kind for kind in PostKind if kind not in marks.kinds]
    if len(missing) == len(PostKind):
        return _MISSING_BOTH_TEXT
    missing_text = _MISSING_TEXTS[missing[0]] if missing else ""
    if not marks.posts:
        (kind, *others) = marks.kinds
        nothing = _NONE_OF_BOTH_TEXT if others else _NONE_TEXTS[kind]
        return "\n".join(filter(None, [nothing, missing_text]))
    legend = fmt.join_dotted(_LEGENDS[kind] for kind in PostKind if kind in marks.kinds)
    lines = [_describe(number, post) for number, post in enumerate(marks.posts, 1)]
    listed, left_out = join_lines(lines, _CHARACTERS)
    more = marks.count - len(marks.posts) + left_out
    rest = f"-# Those with the most votes; {fmt.number(more)} more are not shown" if more else ""
    return "\n".join(filter(None, [f"-# {legend}", listed, rest, missing_text]))


def _describe(number: int, post: Post) -> str:
    author = "a deleted account" if post.author is None else escape(post.author, 20)
    when = "" if post.posted_at is None else fmt.when(post.posted_at)
    votes = fmt.plural(post.votes, "vote") if post.votes else ""
    facts = fmt.join_dotted([author, when, votes])
    return f"{_SIGNS[post.kind]} **{number}** [{escape(post.title, 50)}]({post.url}) · {facts}"
