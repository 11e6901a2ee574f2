"""Kaggle's facts about a competition: the card below *About*, and the facts of `/competition`."""

from __future__ import annotations

from datetime import datetime

from discord import ui

from cogs.framework import format as fmt
from cogs.framework.escape import escape
from cogs.framework.layout import card
from cogs.framework.texts import DEADLINE_LABELS
from leaderboards.news.deadlines import DeadlineKind
from records.competitions import Competition


def about_view(competition: Competition, now: datetime) -> ui.LayoutView:
    """Build the card of a competition."""
    deadlines = {
        DeadlineKind.FINAL: competition.deadline,
        DeadlineKind.MERGER: competition.merger_deadline,
        DeadlineKind.ENTRY: competition.entry_deadline,
    }
    lines = [
        f"### {fmt.competition_link(competition.slug, competition.name)}",
        f"-# {fmt.join_dotted([competition.slug, *about_facts(competition)])}",
        fmt.join_dotted(rule_facts(competition)),
        *(
            f"{DEADLINE_LABELS[kind]}: {fmt.date_and_time(at)}"
            f"{f', {fmt.when(at)}' if at > now else ''}"
            for kind, at in deadlines.items()
            if at is not None
        ),
    ]
    if not any((competition.category, competition.deadline, competition.title)):
        lines.append("Kaggle does not list this competition, so there are no more details.")
    return card("\n".join(filter(None, lines)))


def about_facts(competition: Competition) -> list[str]:
    """Return what kind of competition it is."""
    return [
        escape(competition.category) if competition.category else "",
        "awards medals" if competition.awards_medals else "",
    ]


def rule_facts(competition: Competition) -> list[str]:
    """Return how submissions are scored, what limits them, who is the host, and the prize."""
    return [
        f"scored by {escape(competition.metric, 80)}" if competition.metric else "",
        f"{fmt.plural(competition.daily_submissions, 'submission')} a day"
        if competition.daily_submissions
        else "",
        f"teams of at most {competition.team_size}" if competition.team_size else "",
        f"host: {escape(competition.host, 80)}" if competition.host else "",
        f"prize: {escape(competition.reward)}" if competition.reward else "",
    ]
