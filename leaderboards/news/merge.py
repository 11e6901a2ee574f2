"""News of several syncs told as one: what came of it in the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from leaderboards.news.items import Item, NewsMessage, Passed, Reason, most_important
from leaderboards.news.milestones import Milestone


def merge_news(messages: Sequence[NewsMessage]) -> NewsMessage:
    """Fold the news of one competition, oldest first, into one message.

    A team is told of once, from where it was to where it is; what was undone meanwhile is left out.
    """
    if len(messages) == 1:
        return messages[0]
    first, last = messages[0], messages[-1]
    teams: dict[int, list[Item]] = {}
    leader: int | None = None
    for message in messages:
        for item in message.items:
            teams.setdefault(item.team_id, []).append(item)
            if Reason.LEADER in item.reasons:
                leader = item.team_id
    ranks = {items[-1].user_ids: items[-1].rank for items in teams.values()}
    folded = (_fold(items, leader, ranks) for items in teams.values())
    items, left_out = most_important([item for item in folded if item is not None])
    return replace(
        last,
        items=items,
        more=max(message.more for message in messages) + left_out,
        since=first.since or first.taken_at,
    )


def _fold(
    items: Sequence[Item], leader: int | None, ranks: dict[tuple[int, ...], int]
) -> Item | None:
    first, last = items[0], items[-1]
    found = {reason for item in items for reason in item.reasons}
    new = Reason.FIRST in found
    passed = {
        team.user_ids: replace(team, rank=ranks.get(team.user_ids, team.rank))
        for item in items
        for team in item.passed
    }
    still_behind = tuple(team for team in passed.values() if team.rank > last.rank)
    undone = {
        Reason.LEADER: last.team_id != leader,
        Reason.ZONE: last.medal_zone == first.medal_zone_before,
        Reason.PASSED: not still_behind,
        Reason.FALL: first.rank_before is None or last.rank <= first.rank_before,
    }
    reasons = tuple(
        reason for reason in Reason if reason in found and not undone.get(reason, False)
    )
    if not reasons:
        return None
    reached = {milestone for item in items for milestone in item.milestones}
    return replace(
        last,
        reasons=reasons,
        mention_ids=tuple(dict.fromkeys(id_ for item in items for id_ in item.mention_ids)),
        rank_before=None if new else first.rank_before,
        score_text_before=None if new else first.score_text_before,
        medal_zone_before=first.medal_zone_before,
        passed=_by_rank(still_behind),
        milestones=tuple(milestone for milestone in Milestone if milestone in reached),
    )


def _by_rank(passed: Sequence[Passed]) -> tuple[Passed, ...]:
    return tuple(sorted(passed, key=lambda team: team.rank))
