"""Formatting of ranks, changes, scores, times and names for Discord markdown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Literal

import discord

from cogs.framework.escape import escape
from cogs.framework.layout import MAX_CHOICE_LENGTH
from leaderboards.board import Entry, ScoreOrder
from leaderboards.display_text import clean_and_shorten, format_top_share
from leaderboards.kaggle_ids import competition_address, readable_slug
from leaderboards.medals import MedalZone
from leaderboards.news.deadlines import DeadlineKind
from records.members import StoredLink

UP, DOWN, NEW, UNCHANGED = "▲", "▼", "new", "±0"

Names = Mapping[str, str | None]
"""The names of competitions by slug: a server's own one or Kaggle's title; None without either."""

_NAME_WIDTH = 60
"""Columns of a competition's name; longer ones are cut."""
SHORT_NAME_WIDTH = 24
"""The same where a line names several competitions: a rank and a name fill a line of a phone."""
_MIN_NAME_WIDTH = 12
"""Columns below which a choice has no name."""

VERIFIED = "✓"
"""Marks members with a verified link."""

DEADLINE_NAMES = {
    DeadlineKind.FINAL: "final submission deadline",
    DeadlineKind.ENTRY: "entry deadline",
    DeadlineKind.MERGER: "team merger deadline",
}
"""Kaggle's terms, within a sentence."""

MEDALS = {MedalZone.GOLD: "🥇", MedalZone.SILVER: "🥈", MedalZone.BRONZE: "🥉"}


def competition_name(slug: str, name: str | None = None, width: int = _NAME_WIDTH) -> str:
    """Return what a competition is called, escaped; without a name its slug made readable."""
    return escape(name or readable_slug(slug), width)


def competition_link(slug: str, name: str | None = None) -> str:
    """Return the name of a competition as a link to its leaderboard on Kaggle."""
    shown = competition_name(slug, name)
    return f"[{shown}]({competition_address(slug)}/leaderboard)"


def competition_choice(slug: str, name: str | None, about: str = "") -> str:
    """Return a competition as a choice, which Discord shows as plain text: name, slug, facts."""
    room = MAX_CHOICE_LENGTH - (len(about) + 3 if about else 0)
    if len(slug) > room:
        slug = f"{slug[: room - 1]}…"
    room -= len(slug) + 3
    shown = clean_and_shorten(name or readable_slug(slug), room)
    return join_dotted([shown if room >= _MIN_NAME_WIDTH else "", slug, about])


def user_name_choice(user_name: str, team_name: str) -> str:
    """Return a member of a team as a choice, which Discord shows as plain text."""
    room = MAX_CHOICE_LENGTH - len(user_name) - 3
    return join_dotted([user_name, clean_and_shorten(team_name, room)])


def is_named(words: str, slug: str, *names: str | None) -> bool:
    """Return whether a competition's slug and names contain each of the typed words."""
    text = " ".join([slug, *filter(None, names)]).casefold()
    return all(word in text for word in words.casefold().split())


def profile_link(user_name: str) -> str:
    """Return a link to a Kaggle profile; user names have only letters, digits, _ and -."""
    shown = user_name.replace("_", "\\_")
    return f"[{shown}](https://www.kaggle.com/{user_name})"


def member(user_id: int) -> str:
    """Return the mention of a Discord member."""
    return f"<@{user_id}>"


def members_or_team(user_ids: Iterable[int], team_name: str) -> str:
    """Return the mentions of a team's members, or without any the name of the team."""
    return join_words(map(member, user_ids)) or f"**{escape(team_name)}**"


def find_links(entry: Entry, links: Mapping[str, StoredLink]) -> list[StoredLink]:
    """Return the links of a team's members; `links` are by casefolded user name."""
    folded = (user_name.casefold() for user_name in entry.members if entry.rank)
    return [links[name] for name in folded if name in links]


def person(link: StoredLink) -> str:
    """Return the mention of a linked member, marked if the link is verified."""
    return f"{member(link.user_id)} {VERIFIED}" if link.verification else member(link.user_id)


def people(entry: Entry, links: Mapping[str, StoredLink]) -> str:
    """Return the mentions of a team's linked members; empty without any."""
    return join_words(map(person, find_links(entry, links)))


def when(moment: datetime | None) -> str:
    """Return a timestamp that Discord shows as relative time."""
    return "never" if moment is None else discord.utils.format_dt(moment, "R")


def deadline(moment: datetime | None, now: datetime) -> str:
    """Return when a competition ends or ended; empty if unknown.

    Before the end it says "deadline" and not "ends": a message is also read later, when Discord
    shows the time as "an hour ago".
    """
    if moment is None:
        return ""
    return f"{'deadline' if moment > now else 'ended'} {when(moment)}"


def final_board(private: bool) -> str:
    """Return the label of the final board."""
    return "🏁 final private board" if private else "🏁 final board"


def time_of_day(moment: datetime) -> str:
    """Return a timestamp that Discord shows as a time of day in the reader's time zone."""
    return discord.utils.format_dt(moment, "t")


def date_and_time(moment: datetime) -> str:
    """Return a timestamp that Discord shows as date and time in the reader's time zone."""
    return discord.utils.format_dt(moment, "f")


def future_time(moment: datetime, now: datetime) -> str:
    """Return a future time that stays true when it is read later, unlike a relative one.

    It has no date where it is clear which day is meant.
    """
    return discord.utils.format_dt(moment, "t" if moment - now < timedelta(hours=12) else "f")


def date(moment: datetime) -> str:
    """Return a timestamp that Discord shows as a date in the reader's time zone."""
    return discord.utils.format_dt(moment, "D")


def span(start: datetime, end: datetime) -> str:
    """Return a period as two times in the reader's time zone, with dates if it is a day or more."""
    style: Literal["f", "t"] = "t" if end - start < timedelta(days=1) else "f"
    first, last = (discord.utils.format_dt(moment, style) for moment in (start, end))
    return f"{first} to {last}"


def spans_day(since: datetime | None, now: datetime) -> bool:
    """Return whether a period may be called 24 hours: up to an hour may be missing."""
    return since is not None and now - since >= timedelta(hours=23)


def change_since(moment: datetime) -> str:
    """Return since when changes are counted; for periods of which `spans_day` is False."""
    return f"change since {date_and_time(moment)}"


def number(count: int) -> str:
    """Return a whole number with thousands separators."""
    return f"{count:,}"


def plural(count: int, one: str, many: str | None = None) -> str:
    """Return a count with its noun, singular or plural."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


def submissions(entry: Entry) -> str:
    """Return a team's number of submissions and the time of the last one, where known."""
    count = "" if entry.submissions is None else plural(entry.submissions, "submission")
    last = f"last one {when(entry.last_submission_at)}" if entry.last_submission_at else ""
    return join_dotted([count, last])


def size(count: int) -> str:
    """Return a number of bytes in kB, MB or GB."""
    for unit, bytes_ in (("GB", 10**9), ("MB", 10**6)):
        if count >= bytes_:
            return f"{count / bytes_:.1f} {unit}"
    return f"{count // 1000} kB"


def share_of_teams(place: int, team_count: int) -> str:
    """Return the top share of a rank and of how many teams; below the middle only the latter."""
    share, teams = format_top_share(place, team_count), plural(team_count, "team")
    return f"**{share}** of {teams}" if share else f"of {teams}"


def rank(place: int) -> str:
    """Return a rank as `#1,234`."""
    return f"#{number(place)}"


def rank_with_medal(place: int, medal_zone: MedalZone | None) -> str:
    """Return a rank with the medal of its zone, if it has one, as `🥈 #20`."""
    return f"{MEDALS[medal_zone]} {rank(place)}" if medal_zone else rank(place)


def medal_counts(counts: Mapping[MedalZone, int]) -> str:
    """Return how many medals of each kind, as `🥇 2  🥉 1`; empty for none."""
    return "  ".join(f"{MEDALS[zone]} {counts[zone]}" for zone in MedalZone if counts.get(zone))


def change(before: int | None, now: int) -> str:
    """Return how many places were gained or lost; empty if the rank is the same."""
    if before is None:
        return NEW
    if before == now:
        return ""
    return f"{UP}{number(before - now)}" if before > now else f"{DOWN}{number(now - before)}"


def change_or_unchanged(before: int | None, now: int) -> str:
    """Return how many places were gained or lost; `±0` if the rank is the same."""
    return change(before, now) or UNCHANGED


def score(number: float, example: str) -> str:
    """Return a score with as many decimals as another one has on its board."""
    decimals = example.partition(".")[2]
    return f"{number:.{len(decimals)}f}" if decimals.isdecimal() else f"{number:g}"


def score_gap(one: str, other: str) -> str:
    """Return the difference of two scores, with Kaggle's decimals.

    Empty if the scores are equal, "?" if it cannot be computed.
    """
    try:
        gap = abs(Decimal(one) - Decimal(other))
        return (f"{gap:f}" if gap.is_finite() else "?") if gap else ""
    except InvalidOperation:
        return "?"


def score_change(before: str, now: str) -> str:
    """Return the signed change of a score; empty if it is the same, or one is not a number."""
    gap = score_gap(before, now)
    if gap in ("", "?"):
        return ""
    return f"+{gap}" if Decimal(now) > Decimal(before) else f"\N{MINUS SIGN}{gap}"


def better(order: ScoreOrder | None) -> str:
    """Return which score is better; empty if unknown."""
    return "" if order is None else f"{order} is better"


def join_words(parts: Iterable[str]) -> str:
    """Join words as in a sentence: a, b and c."""
    *first, last = list(parts) or [""]
    return f"{', '.join(first)} and {last}" if first else last


def join_some(parts: Sequence[str], limit: int) -> str:
    """Join the first `limit` parts, and the number of the rest."""
    rest = len(parts) - limit
    shown = ", ".join(parts[:limit])
    return f"{shown} and {number(rest)} more" if rest > 0 else shown


def join_dotted(parts: Iterable[str]) -> str:
    """Join facts with dots; empty ones are left out."""
    return " · ".join(filter(None, parts))
