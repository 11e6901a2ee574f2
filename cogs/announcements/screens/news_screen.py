"""The news of one sync."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import assert_never

import discord
from discord import ui

from cogs.framework import format as fmt
from cogs.framework.escape import escape
from cogs.framework.layout import CHARACTERS, Picture, best_zone_colour, card, join_lines
from leaderboards.news.items import Item, NewsMessage, PassedTeam, Reason
from leaderboards.news.milestones import Milestone
from leaderboards.news.news_summary import NewsSummaryMessage

_SIGNS = {
    Reason.LEADER: "👑",
    Reason.ARRIVAL: "👋",
    Reason.RETURN: "👋",
    Reason.BEST: "🎯",
    Reason.PASSED: "⚔️",
    Reason.FALL: "📉",
    Reason.MERGER: "👋",
    Reason.ZONE: "💨",
    Reason.MILESTONE: "⭐",
}
"""Of several reasons, the first here gives the sign and the headline; a medal zone entered gives
its medal instead, except for `LEADER` and `ARRIVAL` (`_sign`)."""
_CLIMB_SIGN = "🚀"
"""Replaces that of a new best score if the team climbed with it."""
_MAX_TEAM_BLOCKS = 4
"""Up to this many teams get a block each; if there are more, only those with big news do."""


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A whole sentence about a team or one of its members, about several, and to its member."""

    one: str
    many: str
    you: str
    """In a direct message; also of a team of several members."""


_LEADS = _Sentence(
    "{who} has taken the lead", "{who} have taken the lead", "You have taken the lead"
)
_CLIMBED = _Sentence(
    "{who} climbed {places} to **{rank}**",
    "{who} climbed {places} to **{rank}**",
    "You climbed {places} to **{rank}**",
)
_CLIMBED_INTO_ZONE = _Sentence(
    "{who} climbed {places} to **{rank}** and is in the **{zone} zone**",
    "{who} climbed {places} to **{rank}** and are in the **{zone} zone**",
    "You climbed {places} to **{rank}** and are in the **{zone} zone**",
)
_DROPPED = _Sentence(
    "{who} dropped from {rank_before} to **{rank}**",
    "{who} dropped from {rank_before} to **{rank}**",
    "You dropped from {rank_before} to **{rank}**",
)
_DROPPED_INTO_ZONE = _Sentence(
    "{who} dropped from {rank_before} to **{rank}** and is in the **{zone} zone**",
    "{who} dropped from {rank_before} to **{rank}** and are in the **{zone} zone**",
    "You dropped from {rank_before} to **{rank}** and are in the **{zone} zone**",
)
_STANDS = _Sentence("{who} is at **{rank}**", "{who} are at **{rank}**", "You are at **{rank}**")
_STANDS_IN_ZONE = _Sentence(
    "{who} is at **{rank}** and is in the **{zone} zone**",
    "{who} are at **{rank}** and are in the **{zone} zone**",
    "You are at **{rank}** and are in the **{zone} zone**",
)
_BEST = _Sentence(
    "{who}: new best score {score}, now **{rank}**",
    "{who}: new best score {score}, now **{rank}**",
    "You have a new best score, {score}: now **{rank}**",
)
_BEST_AT_SAME_RANK = _Sentence(
    "{who}: new best score {score}, still **{rank}**",
    "{who}: new best score {score}, still **{rank}**",
    "You have a new best score, {score}: still **{rank}**",
)
_BEST_AT_LOWER_RANK = _Sentence(
    "{who}: new best score {score}, now **{rank}** ({change})",
    "{who}: new best score {score}, now **{rank}** ({change})",
    "You have a new best score, {score}: now **{rank}** ({change})",
)
_FELL = _Sentence("{who} fell to **{rank}**", "{who} fell to **{rank}**", "You fell to **{rank}**")
_FELL_PLACES = _Sentence(
    "{who} fell {places} to **{rank}**",
    "{who} fell {places} to **{rank}**",
    "You fell {places} to **{rank}**",
)
_ARRIVED = _Sentence(
    "{who} is on the board: **{rank}**",
    "{who} are on the board: **{rank}**",
    "You are on the board: **{rank}**",
)
_RETURNED = _Sentence(
    "{who} is back on the board: **{rank}**",
    "{who} are back on the board: **{rank}**",
    "You are back on the board: **{rank}**",
)
_MERGED = _Sentence(
    "{who} is now in team **{team}**: **{rank}**",
    "{who} are now in team **{team}**: **{rank}**",
    "You are now in team **{team}**: **{rank}**",
)
_MERGED_WITH = _Sentence(
    "{who} is now in team **{team}** with {mates}: **{rank}**",
    "{who} are now in team **{team}** with {mates}: **{rank}**",
    "You are now in team **{team}** with {mates}: **{rank}**",
)
_ENTERED_ZONE = _Sentence(
    "{who} is in the **{zone} zone** now: **{rank}**",
    "{who} are in the **{zone} zone** now: **{rank}**",
    "You are in the **{zone} zone** now: **{rank}**",
)
_TOP_TEN_PERCENT = _Sentence(
    "{who} is in the **top 10 %** now: **{rank}**",
    "{who} are in the **top 10 %** now: **{rank}**",
    "You are in the **top 10 %** now: **{rank}**",
)
_LOWER_ZONE = _Sentence(
    "{who} is down to the {zone} zone: **{rank}**",
    "{who} are down to the {zone} zone: **{rank}**",
    "You are down to the {zone} zone: **{rank}**",
)
_LEFT_ZONES = _Sentence(
    "{who} is out of the {zone_before} zone: **{rank}**",
    "{who} are out of the {zone_before} zone: **{rank}**",
    "You are out of the {zone_before} zone: **{rank}**",
)


def news_view(
    row_id: int, message: NewsMessage, names: fmt.Names, pictures: Sequence[Picture] = ()
) -> ui.LayoutView:
    """Build the news; items that do not fit are counted."""
    head = f"### {fmt.competition_link(message.slug, names.get(message.slug))}"
    foot = f"-# {fmt.plural(message.team_count, 'team')} · board of {fmt.when(message.taken_at)}"
    if message.waited or message.since is not None:
        when = "⏳ While I could not write here" if message.waited else "🌙 During quiet hours"
        period = fmt.date_and_time(message.taken_at)
        if message.since not in {None, message.taken_at}:
            period = fmt.span(message.since, message.taken_at)
        foot += f"\n-# {when}, {period}"
    few = len(message.items) <= _MAX_TEAM_BLOCKS
    large = [item for item in message.items if few or item.is_big]
    small = [item for item in message.items if not few and not item.is_big]
    room = CHARACTERS - len(head) - len(foot) - 100
    blocks = [news_item_text(item) for item in large]
    whole, more = join_lines(blocks, room)
    blocks = blocks[: len(blocks) - more]
    lines, more_lines = join_lines(map(_line, small), 0 if more else room - len(whole))
    more += more_lines + message.more
    if more:
        foot = f"-# and news of {fmt.plural(more, 'more team')}\n{foot}"
    return card(
        head,
        *blocks,
        *filter(None, [lines]),
        foot,
        colour=_colour(message.items),
        pictures=pictures,
        id=row_id,
    )


def news_summary_view(row_id: int, message: NewsSummaryMessage, names: fmt.Names) -> ui.LayoutView:
    """Build the news of several competitions; each gets a line before one gets its second."""
    head = "### ⏳ While I could not write here"
    news = sorted(message.competitions, key=lambda one: not any(i.is_big for i in one.items))
    since = min(one.since or one.taken_at for one in news)
    foot = f"-# {fmt.span(since, max(one.taken_at for one in news))}"
    shown: list[list[str]] = [[] for _ in news]
    room = CHARACTERS - len(head) - len(foot) - 100
    for number in range(max(len(one.items) for one in news)):
        for one, lines in zip(news, shown, strict=True):
            if len(lines) != number or number >= len(one.items):
                continue
            line = _line(one.items[number])
            # With the first line of a competition come its heading and what counts the rest.
            size = 1 + len(line) + (0 if lines else len(_summary_section(one, [], names)) + 1)
            if size <= room:
                lines.append(line)
                room -= size
    sections = [
        _summary_section(one, lines, names) for one, lines in zip(news, shown, strict=True) if lines
    ]
    if len(sections) < len(news):
        foot = f"-# and news of {fmt.plural(len(news) - len(sections), 'more competition')}\n{foot}"
    items = [item for one in news for item in one.items]
    return card(head, "\n".join(sections), foot, colour=_colour(items), id=row_id)


def _summary_section(news: NewsMessage, lines: Sequence[str], names: fmt.Names) -> str:
    """Return the lines of one competition below its name, and how many teams have no line."""
    # Links would take the room of most lines.
    parts = [f"**{fmt.competition_name(news.slug, names.get(news.slug))}**", *lines]
    more = len(news.items) - len(lines) + news.more
    if more:
        parts.append(f"-# and news of {fmt.plural(more, 'more team')}")
    return "\n".join(parts)


def news_picture_text(teams: int, period: tuple[int, str]) -> str:
    """Return the description of the picture below news."""
    return f"Ranks of {fmt.plural(teams, 'team')} over the last {fmt.plural(*period)}"


def _colour(items: Iterable[Item]) -> discord.Colour:
    return best_zone_colour({item.medal_zone for item in items if item.entered_zone})


def news_item_text(item: Item) -> str:
    """Return one team's news as a headline with details below."""
    sentence = _headline(item)
    return _with_details(item, sentence.many if len(item.user_ids) > 1 else sentence.one)


def own_news_item_text(item: Item) -> str:
    """Return the news of a member's own team, to be read by that member alone."""
    return _with_details(item, _headline(item).you)


def _with_details(item: Item, headline: str) -> str:
    before = item.rank_before
    filled = headline.format(
        who=_who(item),
        rank=fmt.rank(item.rank),
        rank_before="" if before is None else fmt.rank(before),
        places="" if before is None else fmt.plural(abs(item.rank - before), "place"),
        change=fmt.change(before, item.rank),
        score=f"**{escape(item.score_text)}**{_score_change(item)}",
        zone=item.medal_zone,
        zone_before=item.medal_zone_before,
        team=escape(item.team_name),
        mates=_teammates(item),
    )
    details = fmt.join_dotted(_details(item))
    text = f"{_sign(item)} {filled}"
    return f"{text}\n-# {details}" if details else text


def _line(item: Item) -> str:
    """Return one team's news as a single line."""
    is_merger = _main_reason(item) is Reason.MERGER
    moved = fmt.change(item.rank_before, item.rank) if item.rank_before and not is_merger else ""
    facts = [
        f"**{fmt.rank(item.rank)}** {moved}".rstrip(),
        "" if Reason.FALL in item.reasons else f"{escape(item.score_text)}{_score_change(item)}",
        _passed_teams(item.passed),
        _arrival(item),
        _merger(item),
        _left_zone(item),
        "⭐" if item.milestones else "",
    ]
    return f"{_sign(item)} {_who(item)} · {fmt.join_dotted(facts)}"


def _arrival(item: Item) -> str:
    """Return that a team is on the board now; empty if it was before."""
    if Reason.ARRIVAL in item.reasons:
        return "new on the board"
    return "back on the board" if Reason.RETURN in item.reasons else ""


def _sign(item: Item) -> str:
    has_stronger_sign = Reason.LEADER in item.reasons or Reason.ARRIVAL in item.reasons
    if item.entered_zone and item.medal_zone and not has_stronger_sign:
        return fmt.MEDALS[item.medal_zone]
    reason = _main_reason(item)
    return _CLIMB_SIGN if reason is Reason.BEST and _climbed(item) else _SIGNS[reason]


def _headline(item: Item) -> _Sentence:
    match _main_reason(item):
        case Reason.LEADER:
            return _LEADS
        case Reason.BEST | Reason.PASSED:
            return _movement(item)
        case Reason.FALL:
            return _FELL if item.rank_before is None else _FELL_PLACES
        case Reason.ARRIVAL | Reason.RETURN:
            return _RETURNED if Reason.RETURN in item.reasons else _ARRIVED
        case Reason.MERGER:
            return _MERGED_WITH if item.teammates else _MERGED
        case Reason.ZONE | Reason.MILESTONE:
            return _zone_or_milestone(item)
        case _ as reason:
            assert_never(reason)


def _main_reason(item: Item) -> Reason:
    return next(reason for reason in _SIGNS if reason in item.reasons)


def _merger(item: Item) -> str:
    """Return with whom the members are in a team now; empty if that is no news."""
    if Reason.MERGER not in item.reasons:
        return ""
    mates = _teammates(item)
    return f"now in team **{escape(item.team_name)}**{mates and f' with {mates}'}"


def _teammates(item: Item) -> str:
    return fmt.join_words(map(escape, item.teammates))


def _zone_or_milestone(item: Item) -> _Sentence:
    if item.entered_zone:
        return _ENTERED_ZONE
    if Reason.MILESTONE in item.reasons:
        return _TOP_TEN_PERCENT
    return _LOWER_ZONE if item.medal_zone else _LEFT_ZONES


def _details(item: Item) -> Iterable[str]:
    reasons = item.reasons
    entered = item.entered_zone
    if Reason.LEADER in reasons and item.rank_before not in (None, item.rank):
        yield f"from {fmt.rank(item.rank_before or 0)}"
    if not _is_best_without_climb(item):
        yield _score(item)
    yield _passed_teams(item.passed)
    if _main_reason(item) is not Reason.MERGER:
        yield _merger(item)
    if entered and item.medal_zone and {Reason.LEADER, Reason.ARRIVAL, Reason.MERGER} & {*reasons}:
        yield f"{fmt.MEDALS[item.medal_zone]} in the {item.medal_zone} zone"
    if reasons != (Reason.ZONE,):
        yield _left_zone(item)
    yield _milestone(item)


def _who(item: Item) -> str:
    members = fmt.join_words(map(fmt.member, item.user_ids))
    if members and _main_reason(item) is Reason.MERGER:
        return members  # The headline names the team.
    name = escape(item.team_name)
    return f"{members} ({name})" if members else f"**{name}**"


def _movement(item: Item) -> _Sentence:
    before, in_zone = item.rank_before, item.entered_zone
    if _is_best_without_climb(item):
        if before is None:
            return _BEST
        return _BEST_AT_SAME_RANK if before == item.rank else _BEST_AT_LOWER_RANK
    if before is None or before == item.rank:
        return _STANDS_IN_ZONE if in_zone else _STANDS
    if before < item.rank:
        return _DROPPED_INTO_ZONE if in_zone else _DROPPED
    return _CLIMBED_INTO_ZONE if in_zone else _CLIMBED


def _climbed(item: Item) -> bool:
    return item.rank_before is not None and item.rank < item.rank_before


def _is_best_without_climb(item: Item) -> bool:
    """Return whether the headline is a new best score that gained no rank."""
    return _main_reason(item) is Reason.BEST and not _climbed(item)


def _score(item: Item) -> str:
    score = escape(item.score_text)
    new = f"new best score **{score}**" if Reason.BEST in item.reasons else f"score {score}"
    return new + _score_change(item)


def _score_change(item: Item) -> str:
    if Reason.BEST not in item.reasons or item.score_text_before is None:
        return ""
    changed = fmt.score_change(item.score_text_before, item.score_text)
    return f" ({changed})" if changed else ""


def _passed_teams(passed: tuple[PassedTeam, ...]) -> str:
    if not passed:
        return ""
    names = [
        f"{fmt.join_words(map(fmt.member, team.user_ids)) or escape(team.team_name)}"
        f" ({fmt.rank(team.rank)})"
        for team in passed
    ]
    return f"passed {fmt.join_words(names)}"


def _left_zone(item: Item) -> str:
    if not item.left_zone:
        return ""
    return (
        f"down to the {item.medal_zone} zone"
        if item.medal_zone
        else f"out of the {item.medal_zone_before} zone"
    )


def _milestone(item: Item) -> str:
    """Return the most important milestone; empty if there is none."""
    if not item.milestones:
        return ""
    return {
        Milestone.FIRST_MEDAL_ZONE: "⭐ first medal zone in this competition",
        Milestone.TOP_TEN_PERCENT: "⭐ first time in the top 10 %",
        Milestone.BEST_RANK: "⭐ best rank yet",
    }[item.milestones[0]]
