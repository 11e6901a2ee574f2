"""The screen of `/hall`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from discord import ui

from cogs.framework import format as fmt
from cogs.framework.layout import CHARACTERS, GOLD, Item, card
from cogs.framework.pages import Page, select_page
from leaderboards.medals import MedalZone
from leaderboards.seasons.hall_records import CloseCall, HallRecords, TeamResult
from leaderboards.seasons.member_rank import MemberRank
from leaderboards.seasons.results import MemberResults
from records.competitions import Competition

_MAX_RESULTS = 5
"""Final ranks that are listed of one member; all medals are counted."""
_MAX_MEMBERS = 5
"""Members that are named of one team."""
_HOUR = 3600
_DAY = 24 * _HOUR

NOTHING_ENDED_TEXT = (
    "No competition that this server follows has a final board yet. The hall fills itself: once one"
    " has ended and its final board is here, it shows the medals and ranks of this server's"
    " members. `/overview` shows where they stand now."
)
NOBODY_IN_HALL_TEXT = (
    "No member with a link that counts is on the final board of a competition that has ended."
    " Members who took part can use `/link`: their final ranks show here at once."
)
_NO_MEDAL_TEXT = "no medal yet"
_CLIMB_TEXT = "from the worst rank on the public board to the final rank"
_GOLD_TEXT = "in the gold zone of the public board, all periods together"
_LOG_TEXT = (
    "-# Times and worst ranks come from the stored boards. Of older boards I keep only one an hour,"
    " and later one a day, so these times are not exact."
)


@dataclass(frozen=True, slots=True)
class HallData:
    """All that the hall of fame shows."""

    competitions: Mapping[int, Competition]
    """Those with a final board, by id."""
    members: Sequence[MemberResults]
    """Those with the best medals first."""
    records: HallRecords


def hall_view(
    data: HallData, number: int, build_buttons: Callable[[Page[str]], list[list[Item]]]
) -> ui.LayoutView:
    """Build a page of the hall of fame: the members, then the records."""
    facts = [
        fmt.plural(len(data.competitions), "ended competition"),
        fmt.plural(len(data.members), "member"),
    ]
    head = f"## 🏛️ Hall of fame\n-# {fmt.join_dotted(facts)}"
    sections = [_member(member, data.competitions) for member in data.members]
    records = "\n".join(_records(data))
    if records:
        sections.append(f"### 🏅 Records\n{records}")
    page = select_page(sections, number, max_characters=CHARACTERS - len(head) - 200, length=len)
    return card(
        head,
        "\n".join(page.items),
        page.number_line(),
        colour=GOLD,
        buttons=build_buttons(page),
    )


def _member(member: MemberResults, competitions: Mapping[int, Competition]) -> str:
    """Format a member's medals, counted, and the best final ranks, a line each."""
    results = [*member.medals, *member.others]
    counts = fmt.medal_counts(member.medal_counts) or _NO_MEDAL_TEXT
    lines = [f"{fmt.member(member.user_id)} {counts}"]
    lines += [_result(one, competitions[one.competition_id]) for one in results[:_MAX_RESULTS]]
    if len(results) > _MAX_RESULTS:
        lines.append(f"-# and {fmt.number(len(results) - _MAX_RESULTS)} more")
    return "\n".join(lines)


def _result(result: MemberRank, competition: Competition) -> str:
    facts = [
        f"{fmt.rank_with_medal(result.rank, result.medal_zone)} of {fmt.number(result.team_count)}",
        fmt.competition_name(competition.slug, competition.name),
        "" if result.awards_medals else "no medals awarded",
    ]
    return f"-# {fmt.join_dotted(facts)}"


def _records(data: HallData) -> Iterator[str]:
    records = data.records
    longest, highest, closest = records.time_in_gold, records.climb, records.close_call
    if longest is not None:
        yield "⏱️ **Longest time in gold**"
        yield f"{_members(longest)} · {_duration(longest.gold_seconds)}"
        yield _about(longest, data, _GOLD_TEXT)
    if highest is not None and highest.public is not None:
        worst, final = fmt.rank(highest.public.worst_rank), fmt.rank(highest.rank)
        yield "🧗 **Greatest climb**"
        yield f"{_members(highest)} · {fmt.UP}{fmt.number(highest.climb)}, {worst} → {final}"
        yield _about(highest, data, _CLIMB_TEXT)
    if closest is not None and closest.close_call is not None:
        yield "🎯 **Closest call**"
        yield f"{_members(closest)} · {_close_call(closest.close_call)}"
        yield _about(closest, data, _medal_line(closest, closest.close_call))
    if longest is not None or highest is not None:
        yield _LOG_TEXT


def _members(team: TeamResult) -> str:
    return fmt.join_some([fmt.member(user_id) for user_id in team.user_ids], _MAX_MEMBERS)


def _about(team: TeamResult, data: HallData, meaning: str) -> str:
    competition = data.competitions[team.competition_id]
    return f"-# {fmt.competition_name(competition.slug, competition.name)}\n-# {meaning}"


def _duration(seconds: int) -> str:
    """Return a duration in days and hours, rounded down."""
    if seconds < _HOUR:
        return "less than an hour"
    days, hours = seconds // _DAY, seconds % _DAY // _HOUR
    counts = [(days, "day"), (hours, "hour")]
    return " ".join(fmt.plural(count, unit) for count, unit in counts if count)


def _close_call(call: CloseCall) -> str:
    medal, places = _medal(call.medal_zone), fmt.plural(call.places, "place")
    if not call.won:
        return f"missed {medal} by {places}"
    if call.places == 1:
        return f"won the last {medal}"
    return f"won {medal}, {fmt.plural(call.places - 1, 'place')} above the last"


def _medal_line(team: TeamResult, call: CloseCall) -> str:
    rank, count = fmt.rank(team.rank), fmt.number(team.team_count)
    return f"{rank} of {count}; the last {call.medal_zone} medal went to {fmt.rank(call.last_rank)}"


def _medal(medal_zone: MedalZone) -> str:
    return f"{fmt.MEDALS[medal_zone]} {medal_zone}"
