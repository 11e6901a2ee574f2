"""The screens of `/history` and `/compare`: a picture, and words that say the same."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from discord import ui

from cogs.framework import format as fmt
from cogs.framework.escape import plain
from cogs.framework.layout import Item, Picture, card, zone_colour
from cogs.ranks.rank_histories import Period, Track, Tracks
from leaderboards.display_text import clean, shorten
from leaderboards.history.course import RankSummary
from leaderboards.medals import awards_medals, medal_zone

PERIODS = {Period.DAY: "24 h", Period.WEEK: "7 d", Period.MONTH: "30 d", Period.ALL: "All"}

_PERIOD = {
    Period.DAY: "the last 24 hours",
    Period.WEEK: "the last 7 days",
    Period.MONTH: "the last 30 days",
    Period.ALL: "since the first board",
}
_NAME = 28
_DESCRIPTION = 1024
"""Characters that Discord keeps of a picture's description."""


def tracks_view(
    tracks: Tracks,
    buttons: Sequence[Item] = (),
    *,
    note: str = "",
    pictures: Sequence[Picture] = (),
) -> ui.LayoutView:
    """Build the way of one team, or several compared."""
    alone = len(tracks.tracks) == 1
    body = _course(tracks, tracks.tracks[0]) if alone else _comparison(tracks)
    medals = awards_medals(tracks.competition.category)
    best = medal_zone(tracks.tracks[0].team.rank, tracks.info.team_count) if medals else None
    return card(
        _head(tracks),
        *body,
        *filter(None, [note]),
        colour=zone_colour(best if alone else None),
        pictures=pictures,
        buttons=[buttons] if buttons else [],
    )


def picture_of(tracks: Tracks, png: bytes) -> Picture:
    """Give the picture with the same in words."""
    words = "; ".join(_in_words(track) for track in tracks.tracks)
    text = f"Rank over time in {tracks.competition.slug}, {_PERIOD[tracks.period]}. {words}"
    return Picture("ranks.png", png, text[:_DESCRIPTION])


def _head(tracks: Tracks) -> str:
    facts = [
        fmt.plural(tracks.info.team_count, "team"),
        _PERIOD[tracks.period],
        f"read {fmt.when(tracks.competition.synced_at)}",
    ]
    return f"### 📈 {fmt.competition_link(tracks.competition.slug)}\n-# {fmt.join_dotted(facts)}"


def _course(tracks: Tracks, track: Track) -> list[str]:
    course = track.course
    who = _who(tracks, track)
    if course is None or len(track.history) < 2:
        nothing = "There is only one board so far. The next change will show here."
        return [f"**{fmt.rank(track.team.rank)}** {who}\n{nothing}"]
    first, last = course.first, course.last
    lines = [
        f"**{fmt.rank(first.rank or 0)} → {fmt.rank(last.rank or 0)}** {_moved(course)} · {who}",
        f"**Best** {fmt.rank(course.best.rank or 0)} {fmt.when(course.best.taken_at)}",
        f"**Worst** {fmt.rank(course.worst.rank or 0)} {fmt.when(course.worst.taken_at)}",
        f"**Score** {_scores(course)}",
        _submissions(course),
    ]
    return ["\n".join(filter(None, lines))]


def _comparison(tracks: Tracks) -> list[str]:
    blocks = []
    for place, track in enumerate(tracks.tracks, 1):
        course = track.course
        facts = [plain(track.team.score_text)]
        if course is not None:
            facts += [_moved(course), f"best {fmt.rank(course.best.rank or 0)}"]
        who = _who(tracks, track)
        blocks.append(f"{place}. **{fmt.rank(track.team.rank)}** {who}\n{fmt.join_dotted(facts)}")
    for index, (ahead, behind) in enumerate(pairwise(tracks.tracks), 1):
        places = fmt.plural(behind.team.rank - ahead.team.rank, "place")
        gap = fmt.score_gap(ahead.team.score_text, behind.team.score_text)
        blocks[index] += f"\n-# {places}{gap and f' and {gap}'} behind"
    return ["\n".join(blocks)]


def _who(tracks: Tracks, track: Track) -> str:
    members = fmt.people(track.team, tracks.users)
    name = f"**{plain(track.team.team_name, _NAME)}**"
    return f"{members} · {name}" if members else name


def _moved(course: RankSummary) -> str:
    return fmt.change(course.first.rank, course.last.rank or 0) or fmt.SAME


def _scores(course: RankSummary) -> str:
    first, last = course.first.score_text or "?", course.last.score_text or "?"
    return plain(last) if first == last else f"{plain(first)} → {plain(last)}"


def _submissions(course: RankSummary) -> str:
    made = course.submissions
    return "" if made is None else f"-# {fmt.plural(made, 'submission')} in this time"


def _in_words(track: Track) -> str:
    name = shorten(clean(track.team.team_name), _NAME)
    course = track.course
    if course is None:
        return f"{name}: rank {track.team.rank}"
    first, last, best = course.first, course.last, course.best
    return (
        f"{name}: rank {first.rank} on {_day(first.taken_at)}, {last.rank} on"
        f" {_day(last.taken_at)}, best {best.rank} on {_day(best.taken_at)}"
    )


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%b %Y}"
