"""The screens of competitions that Kaggle renamed."""

from __future__ import annotations

from collections.abc import Sequence

from discord import ui

from cogs.framework import format as fmt
from cogs.framework.layout import RED, Item, card


def renamed_text(old_slug: str, new_slug: str) -> str:
    """Return that a competition was moved to its new slug."""
    return (
        f"**{old_slug}** is now **{new_slug}**. Its history, its news and all settings"
        " continue under the new slug."
    )


def rename_offer_text(slug: str, old_slug: str) -> str:
    """Return that a competition is one that is followed under its old slug, and what to do."""
    return (
        f"**{slug}** has the teams of **{old_slug}**, which can no longer be read: Kaggle renamed"
        f" it. `/competition rename competition:{old_slug} slug:{slug}` moves it there, with its"
        " history."
    )


def other_slug_text(slug: str, new_slug: str) -> str:
    """Return, to somebody who adds a competition by its old slug, what may be its new one."""
    return (
        f"Kaggle does not know **{slug}** any more, but **{new_slug}** has the same deadline. If"
        " that is its new slug, use that one instead."
    )


def rename_offer_view(sentence: str, buttons: Sequence[Item]) -> ui.LayoutView:
    """Build the offer to move a renamed competition; `sentence` is escaped."""
    return card(f"⚠️ {sentence}", colour=RED, buttons=[buttons] if buttons else [])


def rename_question_view(old_slug: str, new_slug: str, buttons: Sequence[Item]) -> ui.LayoutView:
    """Build the question whether to move a competition to another slug."""
    return card(
        f"Move **{old_slug}** to {fmt.competition_link(new_slug)}? Its history, its news and all"
        " settings continue under that slug, in every server that follows it. First I check that"
        " both are the same competition.",
        "-# To show another name in this server, use `/competition name`.",
        buttons=[buttons],
    )


def same_slug_text(slug: str) -> str:
    """Return that a competition has its new slug already."""
    return f"Its slug is **{slug}** already."


def just_moved_text(slug: str) -> str:
    """Return that somebody else has just moved a competition."""
    return f"**{slug}** has just been moved."


def not_moved_text(slug: str) -> str:
    """Return that a competition was left where it is."""
    return f"**{slug}** was not moved. You can still use `/competition rename`."


def old_without_teams_text(old_slug: str, new_slug: str) -> str:
    """Return that two competitions cannot be compared, as the old one never had a team."""
    return (
        f"**{old_slug}** had no teams yet, so I cannot tell whether **{new_slug}** is the same"
        " competition. Use `/competition remove` and `/competition add` instead."
    )


def new_without_teams_text(old_slug: str, new_slug: str) -> str:
    """Return that two competitions cannot be compared yet, as the new one has no team."""
    return (
        f"**{new_slug}** has no teams yet, so I cannot tell whether it is the same competition as"
        f" **{old_slug}**. Try again when it has some."
    )


def other_competition_text(old_slug: str, new_slug: str) -> str:
    """Return that the new slug belongs to another competition."""
    return (
        f"**{new_slug}** has other teams than **{old_slug}**, so it is another competition. Use"
        " `/competition add` to follow it."
    )
