"""One way to write a rank, a change, a score, a time, a competition."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation

import discord

from cogs.framework.escape import plain
from leaderboards.board import Entry, ScoreOrder
from leaderboards.medals import MedalZone
from records.members import StoredLink
from records.outbox import OutboxRow

UP, DOWN, NEW, SAME = "▲", "▼", "new", "±0"

UNKNOWN_TO_ME = "I do not know who you are on Kaggle yet. `/link` tells me."

_CHOICES = 25
"""So many competitions are named at once; a slug has 100 characters at most."""

VERIFIED = "✓"
"""Stands beside members who have proven who they are on Kaggle."""

MEDALS = {MedalZone.GOLD: "🥇", MedalZone.SILVER: "🥈", MedalZone.BRONZE: "🥉"}


def competition_link(slug: str) -> str:
    """Write a competition as a link to its leaderboard on Kaggle."""
    return f"[{slug}](https://www.kaggle.com/competitions/{slug}/leaderboard)"


def profile_link(user_name: str) -> str:
    """Write a Kaggle user name, which holds only letters, digits, _ and -, as a link."""
    shown = user_name.replace("_", "\\_")
    return f"[{shown}](https://www.kaggle.com/{user_name})"


def member(user_id: int) -> str:
    """Write a Discord member."""
    return f"<@{user_id}>"


def find_links(entry: Entry, users: Mapping[str, StoredLink]) -> list[StoredLink]:
    """Give the links of a team's people, as far as `users` tells who is who."""
    folded = (user_name.casefold() for user_name in entry.members if entry.rank)
    return [users[name] for name in folded if name in users]


def person(link: StoredLink) -> str:
    """Write a linked Discord member, with the mark of those who have proven the link."""
    return f"{member(link.user_id)} {VERIFIED}" if link.verification else member(link.user_id)


def people(entry: Entry, users: Mapping[str, StoredLink]) -> str:
    """Write the linked members of a team; nothing where there are none."""
    return join_words(map(person, find_links(entry, users)))


def when(moment: datetime | None) -> str:
    """Write a moment as each reader's Discord shows it: how long ago, or how soon."""
    return "never" if moment is None else discord.utils.format_dt(moment, "R")


def deadline(moment: datetime | None, now: datetime) -> str:
    """Write how long a competition still goes, or since when it is over; nothing if not known."""
    if moment is None:
        return ""
    return f"{'ends' if moment > now else 'ended'} {when(moment)}"


def final_board(private: bool) -> str:
    """Write which board is the one that counts in the end."""
    return "🏁 final private board" if private else "🏁 final board"


def date(moment: datetime) -> str:
    """Write a date and time in each reader's own zone."""
    return discord.utils.format_dt(moment, "f")


def span(start: datetime, end: datetime) -> str:
    """Write from when to when something lasted, in each reader's own zone."""
    first, last = (discord.utils.format_dt(moment, "t") for moment in (start, end))
    return f"{first} to {last}"


def number(count: int) -> str:
    """Write a whole number."""
    return f"{count:,}"


def plural(count: int, one: str, many: str | None = None) -> str:
    """Write how many there are of something."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


def size(count: int) -> str:
    """Write how much room bytes take."""
    for unit, bytes_ in (("GB", 10**9), ("MB", 10**6)):
        if count >= bytes_:
            return f"{count / bytes_:.1f} {unit}"
    return f"{count // 1000} kB"


def rank(place: int) -> str:
    """Write a rank."""
    return f"#{number(place)}"


def change(before: int | None, now: int) -> str:
    """Write how many places were gained or lost; nothing when it stayed the same."""
    if before is None:
        return NEW
    if before == now:
        return ""
    return f"{UP}{number(before - now)}" if before > now else f"{DOWN}{number(now - before)}"


def percentile(place: int, teams: int) -> str:
    """Write which part of the board a rank belongs to, never better than it is."""
    percent = 100 * place / max(teams, 1)
    if percent >= 1:
        return f"top {math.ceil(percent)} %"
    return f"top {math.ceil(percent * 10) / 10:.1f} %"


def score_gap(one: str, other: str) -> str:
    """Write how far two scores are apart, to the decimals that Kaggle gives; nothing when not."""
    try:
        gap = abs(Decimal(one) - Decimal(other))
        return (f"{gap:f}" if gap.is_finite() else "?") if gap else ""
    except InvalidOperation:
        return "?"


def score_change(before: str, now: str) -> str:
    """Write by how much a score rose or fell; nothing when it did not, or they are no numbers."""
    gap = score_gap(before, now)
    if gap in ("", "?"):
        return ""
    return f"+{gap}" if Decimal(now) > Decimal(before) else f"\N{MINUS SIGN}{gap}"


def better(order: ScoreOrder | None) -> str:
    """Write which score is the better one; nothing where it is not known."""
    return "" if order is None else f"{order} is better"


def join_words(parts: Iterable[str]) -> str:
    """Write a list as a sentence has it: a, b and c."""
    *first, last = list(parts) or [""]
    return f"{', '.join(first)} and {last}" if first else last


def join_some(parts: Sequence[str], most: int) -> str:
    """Write the first of several, and how many more there are."""
    rest = len(parts) - most
    shown = ", ".join(parts[:most])
    return f"{shown} and {number(rest)} more" if rest > 0 else shown


def choice(slugs: Iterable[str]) -> str:
    """Write between which competitions one may choose; always fits into a message."""
    return join_some([f"**{slug}**" for slug in slugs], _CHOICES)


def join_dotted(parts: Iterable[str]) -> str:
    """Write facts beside each other; empty ones are left out."""
    return " · ".join(filter(None, parts))


def delivery_errors(undelivered: Sequence[OutboxRow]) -> list[str]:
    """Write one line per channel with the error of its oldest undelivered announcement.

    The rows come oldest first.
    """
    errors = {row.channel_id: row.error or "" for row in reversed(undelivered)}
    return [
        f"⚠️ <#{channel_id}>: {plain(error, 200)} The news are kept."
        for channel_id, error in errors.items()
    ]
