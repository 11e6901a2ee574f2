"""The announcement of topics and notebooks, and the section of digests about the others."""

from __future__ import annotations

from collections.abc import Sequence

from discord import ui

from cogs.framework import format as fmt
from cogs.framework.escape import escape
from cogs.framework.layout import card, join_lines
from leaderboards.feeds.posts import PostKind
from leaderboards.kaggle_ids import competition_address
from leaderboards.news.new_posts import NewPostsMessage, NotebookEffect, PostSummary, ShownPost

_ICONS = {PostKind.TOPIC: "💬", PostKind.NOTEBOOK: "📓"}
_TITLE_WIDTH = 80


def new_posts_view(row_id: int, message: NewPostsMessage, names: fmt.Names) -> ui.LayoutView:
    """Build the announcement: each post with its author and its votes."""
    posts = [_describe(post) for post in message.posts]
    more = ""
    if message.more:
        listed = competition_address(message.slug)
        more = (
            f"-# {fmt.plural(message.more, 'further one is', 'further ones are')} not shown here:"
            f" [topics]({listed}/discussion), [notebooks]({listed}/code)"
        )
    head = f"### {fmt.competition_link(message.slug, names.get(message.slug))}"
    return card(head, *posts, more, id=row_id)


def post_section(summaries: Sequence[PostSummary], names: fmt.Names, limit: int) -> str:
    """Return the section of a digest in at most `limit` characters; empty if nothing fits.

    Competitions that do not fit are counted.
    """
    if not summaries:
        return ""
    head = "### 💬 New topics and notebooks"
    blocks = [_summarize(summary, names) for summary in summaries]
    shown, left_out = join_lines(blocks, limit - len(head) - 100)
    if not shown:
        return ""
    more = f"-# and what was posted about {fmt.plural(left_out, 'more competition')}"
    return "\n".join([head, shown, *([more] if left_out else [])])


def _summarize(summary: PostSummary, names: fmt.Names) -> str:
    name = fmt.competition_name(summary.slug, names.get(summary.slug))
    lines = [
        f"{_ICONS[post.kind]} {_link(post, 50)} · {_author(post, 20)} · {_votes(post)}"
        for post in summary.posts
    ]
    more = [f"-# and {fmt.number(summary.more)} more"] if summary.more else []
    effects = [_effect_text(effect) for effect in summary.effects]
    return "\n".join([f"**{name}**", *lines, *more, *effects])


def _effect_text(effect: NotebookEffect) -> str:
    """Return how many teams rose after a notebook: about time, not about causes."""
    teams, places = fmt.plural(effect.teams, "team"), fmt.number(effect.places)
    link = f"[{escape(effect.title, 50)}]({effect.url})"
    if effect.usual:
        text = (
            f"📈 **{teams}** rose by more than {places} places in the two hours after {link} was"
            f" published; usually it is about {fmt.number(effect.usual)}"
        )
    else:
        text = (
            f"📈 **{teams}** rose by more than {places} places in the two hours after {link} was"
            " published; usually almost none"
        )
    if not effect.others:
        return text
    others = fmt.plural(effect.others, "other notebook was", "other notebooks were")
    return f"{text}\n-# {others} published less than two hours before or after it"


def _describe(post: ShownPost) -> str:
    author = _author(post, 40)
    kind = f"topic by {author}" if post.kind is PostKind.TOPIC else f"notebook by {author}"
    icon, host = ("📣", "**from the hosts**") if post.is_by_host else (_ICONS[post.kind], "")
    facts = fmt.join_dotted([host, kind, _votes(post)])
    return f"{icon} **{_link(post, _TITLE_WIDTH)}**\n-# {facts}"


def _author(post: ShownPost, width: int) -> str:
    return "a deleted account" if post.author is None else escape(post.author, width)


def _votes(post: ShownPost) -> str:
    return fmt.plural(post.votes, "vote")


def _link(post: ShownPost, width: int) -> str:
    return f"[{escape(post.title, width)}]({post.url})"
