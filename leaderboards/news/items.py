"""News of one sync: one item for each team, and the message that a channel gets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal, Self, assert_never

from leaderboards.medals import ZONES_BEST_FIRST, MedalZone
from leaderboards.news.channel_mode import ChannelMode
from leaderboards.news.message_kind import NotInDigestChannels, drop_user, keep_user
from leaderboards.news.milestones import Milestone

MAX_ITEMS = 12
"""Teams that one message names; fits Discord's 4,000 characters with the longest names."""

MAX_PASSED = 5
"""How many teams the news of one team names as passed."""


_TeamKey = tuple[int, ...] | str
"""Key that identifies a passed team, which has no id, when messages are merged: its linked members,
who stay the same when it is renamed; without any, as in direct messages, its name."""


class Reason(StrEnum):
    """Reason why a team is in the news, in the order in which a message lists its teams.

    A new reason also needs its case in `_merge_items`, its rule in `rules.py` and its sign and
    headline in `cogs/announcements/screens/news_screen.py`.
    """

    LEADER = "leader"
    ZONE = "zone"
    ARRIVAL = "arrival"
    """The team is on a board for the first time."""
    RETURN = "return"
    """The team is not on the last board, but on an earlier one."""
    BEST = "best"
    MILESTONE = "milestone"
    PASSED = "passed"
    MERGER = "merger"
    """A linked member's team has more members than before. Told in the same way, though no merger:
    a linked member left a team that is still on the board for this one."""
    FALL = "fall"


@dataclass(frozen=True, slots=True)
class PassedTeam:
    """Another linked member's team that was passed."""

    user_ids: tuple[int, ...]
    team_name: str
    rank: int

    @property
    def key(self) -> _TeamKey:
        """What tells it from other teams in messages that are merged."""
        return self.user_ids or self.team_name


@dataclass(frozen=True, slots=True)
class Item:
    """One team's news, all its reasons together."""

    reasons: tuple[Reason, ...]
    team_id: int
    team_name: str
    user_ids: tuple[int, ...]
    """Linked members of this server in the team; empty for a leader who is no member."""
    mention_ids: tuple[int, ...]
    """Those among them to ping, if they still want it when the message is sent."""
    rank: int
    rank_before: int | None
    score_text: str
    score_text_before: str | None
    medal_zone: MedalZone | None
    medal_zone_before: MedalZone | None
    passed: tuple[PassedTeam, ...]
    milestones: tuple[Milestone, ...] = ()
    """What the team reached for the first time."""
    teammates: tuple[str, ...] = ()
    """For a merger: the Kaggle user names of members who are not linked here."""
    continues_team_id: int | None = None
    """The team whose place on the last board it is compared with; usually itself.

    None for a new team, and for one whose members left a team that is still on the board."""

    @property
    def entered_zone(self) -> bool:
        """Whether the team is in a better medal zone than that of its baseline."""
        return Reason.ZONE in self.reasons and ZONES_BEST_FIRST.index(
            self.medal_zone
        ) < ZONES_BEST_FIRST.index(self.medal_zone_before)

    @property
    def left_zone(self) -> bool:
        """Whether the team is in a worse medal zone than that of its baseline, or in none."""
        return Reason.ZONE in self.reasons and not self.entered_zone

    @property
    def is_big(self) -> bool:
        """Whether it is big news: the lead, a better or first medal zone, or the first top 10 %.

        A best rank alone is not: whoever climbs has one again and again.
        """
        return (
            Reason.LEADER in self.reasons
            or self.entered_zone
            or any(milestone is not Milestone.BEST_RANK for milestone in self.milestones)
        )

    def is_sent_in(self, mode: ChannelMode) -> bool:
        """Return whether the item reaches a channel of this mode at once."""
        return mode is ChannelMode.EVERYTHING or (mode is ChannelMode.BIG and self.is_big)

    def all_user_ids(self) -> set[int]:
        """Return the members of the team and of the teams that it passed."""
        return {*self.user_ids, *(user_id for team in self.passed for user_id in team.user_ids)}

    def redact(self, user_id: int) -> Item | None:
        """Return the item without a member; None if it was about nobody else.

        A team left without members is dropped: its name would still show whose it is.
        """
        passed = [replace(team, user_ids=drop_user(team.user_ids, user_id)) for team in self.passed]
        left = replace(
            self,
            user_ids=drop_user(self.user_ids, user_id),
            mention_ids=drop_user(self.mention_ids, user_id),
            passed=tuple(team for team in passed if team.user_ids),
        )
        if self.user_ids and not left.user_ids:
            return None
        if self.passed and not left.passed:
            reasons = tuple(reason for reason in self.reasons if reason is not Reason.PASSED)
            return replace(left, reasons=reasons) if reasons else None
        return left

    def extract(self, user_id: int) -> Item:
        """Return what concerns one member: their team, or that another team passed it."""
        if user_id in self.user_ids:
            return replace(
                self,
                user_ids=(user_id,),
                mention_ids=keep_user(self.mention_ids, user_id),
                passed=(),
            )
        return replace(
            self,
            user_ids=(),
            mention_ids=(),
            passed=tuple(
                replace(team, user_ids=(user_id,))
                for team in self.passed
                if user_id in team.user_ids
            ),
        )


@dataclass(frozen=True, slots=True)
class NewsMessage(NotInDigestChannels):
    """All news of one sync for one channel; becomes one Discord message."""

    slug: str
    taken_at: datetime
    team_count: int
    items: tuple[Item, ...]
    more: int
    """How many further teams had news that did not fit."""
    since: datetime | None = None
    """For news that waited or was merged: the time of its first board."""
    rescored_at: datetime | None = None
    """When Kaggle last scored the board anew; None for never."""
    waited: bool = False
    """Whether it waited long for a closed channel, not only for quiet hours."""
    type: Literal["news"] = "news"

    def user_ids(self) -> frozenset[int]:
        """Return the members of all teams."""
        return frozenset(user_id for item in self.items for user_id in item.all_user_ids())

    def mention_ids(self) -> frozenset[int]:
        """Return the members to ping."""
        return frozenset(user_id for item in self.items for user_id in item.mention_ids)

    def redact(self, user_id: int) -> Self | None:
        """Return the news without a member; None if it was about nobody else."""
        redacted = (item.redact(user_id) for item in self.items)
        items = tuple(item for item in redacted if item is not None)
        return replace(self, items=items) if items else None

    def extract(self, user_id: int) -> Self | None:
        """Return a member's news; None if there is none."""
        items = tuple(
            item.extract(user_id) for item in self.items if user_id in item.all_user_ids()
        )
        return replace(self, items=items, more=0) if items else None

    def export(self) -> dict[str, Any]:
        """Describe the member's teams and who passed them."""
        return {
            "competition": self.slug,
            "board_of": self.taken_at.isoformat(),
            "of_your_team": [
                {
                    "team_id": item.team_id,
                    "team_name": item.team_name,
                    "reasons": list(item.reasons),
                    "pinged": bool(item.mention_ids),
                    "rank": item.rank,
                    "rank_before": item.rank_before,
                    "score": item.score_text,
                    "score_before": item.score_text_before,
                    "medal_zone": item.medal_zone,
                    "medal_zone_before": item.medal_zone_before,
                    "teammates": list(item.teammates),
                }
                for item in self.items
                if item.user_ids
            ],
            "passed_by_another_team": [
                {"team_name": team.team_name, "rank": team.rank}
                for item in self.items
                if not item.user_ids
                for team in item.passed
            ],
        }

    def team_ids(self) -> frozenset[int]:
        """Return the teams with members."""
        return frozenset(item.team_id for item in self.items if item.user_ids)

    def is_deferrable(self) -> bool:
        """Return True: the news of a night becomes one message."""
        return True

    @classmethod
    def merge(cls, waiting: Sequence[Self]) -> Sequence[Self]:
        """Merge the news of several syncs into one message.

        It has each team once, from where it was to where it is, without what was undone meanwhile.
        News from before Kaggle scored the board anew is left out: its ranks count no more.
        """
        last = waiting[-1]
        waiting = [each for each in waiting if each.rescored_at == last.rescored_at]
        if len(waiting) == 1:
            return waiting
        first = waiting[0]
        by_team: dict[int, list[Item]] = {}
        ranks: dict[_TeamKey, int] = {}
        leader: int | None = None
        for message in waiting:
            for item in message.items:
                ranks[item.user_ids or item.team_name] = item.rank
                ranks |= {team.key: team.rank for team in item.passed}
                if item.continues_team_id not in (None, item.team_id):
                    # It goes on from the place of another team.
                    by_team[item.team_id] = by_team.pop(item.continues_team_id, [])
                    leader = item.team_id if leader == item.continues_team_id else leader
                elif Reason.RETURN in item.reasons:
                    by_team.pop(item.team_id, None)
                by_team.setdefault(item.team_id, []).append(item)
                if Reason.LEADER in item.reasons:
                    leader = item.team_id
        merged = (_merge_items(items, leader, ranks) for items in by_team.values())
        items, left_out = select_most_important(item for item in merged if item is not None)
        return [
            replace(
                last,
                items=items,
                more=max(message.more for message in waiting) + left_out,
                since=first.since or first.taken_at,
            )
        ]

    def filter_for_mode(self, mode: ChannelMode) -> Self | None:
        """Return the message with the items that suit a channel; None for none."""
        items = tuple(item for item in self.items if item.is_sent_in(mode))
        if len(items) == len(self.items):
            return self if items else None
        return replace(self, items=items, more=0) if items else None


def select_most_important(items: Iterable[Item]) -> tuple[tuple[Item, ...], int]:
    """Return the items that one message shows, in their order there, and how many do not fit.

    Other news is left out before big news.
    """
    order = list(Reason)
    ordered = sorted(items, key=lambda item: (order.index(item.reasons[0]), item.rank))
    shown = sorted(ordered, key=lambda item: not item.is_big)[:MAX_ITEMS]
    return (
        tuple(item for item in ordered if item in shown),
        len(ordered) - len(shown),
    )


def select_best_passed(passed: Iterable[PassedTeam]) -> tuple[PassedTeam, ...]:
    """Return the passed teams that one team's news names, the best first."""
    return tuple(sorted(passed, key=lambda team: team.rank)[:MAX_PASSED])


def _merge_items(
    items: Sequence[Item], leader: int | None, ranks: dict[_TeamKey, int]
) -> Item | None:
    """Merge one team's items, oldest first; None if all was undone.

    `leader` is the last team that took the lead, `ranks` the last rank of each team.
    """
    first, last = items[0], items[-1]
    found = {reason for item in items for reason in item.reasons}
    passed = {
        team.key: replace(team, rank=ranks[team.key]) for item in items for team in item.passed
    }
    still_behind = [team for team in passed.values() if team.rank > last.rank]
    milestones = _find_kept_milestones(items)

    def is_undone(reason: Reason) -> bool:
        match reason:
            case Reason.LEADER:
                # A team that drifts to the top within the cooldown takes the lead without news, so
                # that this one may have lost it although no other item says so.
                leading_rank = min(item.rank for item in items if reason in item.reasons)
                return last.team_id != leader or last.rank > leading_rank
            case Reason.ZONE:
                return last.medal_zone == first.medal_zone_before
            case Reason.PASSED:
                return not still_behind
            case Reason.FALL:
                return first.rank_before is None or last.rank <= first.rank_before
            case Reason.MILESTONE:
                return Milestone.TOP_TEN_PERCENT not in milestones
            case Reason.ARRIVAL | Reason.RETURN | Reason.BEST | Reason.MERGER:
                return False
            case _:
                assert_never(reason)

    reasons = tuple(reason for reason in Reason if reason in found and not is_undone(reason))
    if not reasons:
        return None
    is_new = bool({Reason.ARRIVAL, Reason.RETURN} & found)
    # Its score may have changed since without a submission, in a simulation.
    best = next((item for item in reversed(items) if Reason.BEST in item.reasons), last)
    pinged = {user_id for item in items for user_id in item.mention_ids}
    teammates = {name: None for item in items for name in item.teammates}
    return replace(
        last,
        reasons=reasons,
        mention_ids=tuple(id_ for id_ in last.user_ids if id_ in pinged),
        rank_before=None if is_new else first.rank_before,
        score_text=best.score_text,
        score_text_before=None if is_new else first.score_text_before,
        medal_zone_before=first.medal_zone_before,
        passed=select_best_passed(still_behind),
        milestones=milestones,
        teammates=tuple(teammates),
    )


def _find_kept_milestones(items: Sequence[Item]) -> tuple[Milestone, ...]:
    """Return the milestones of one team's items, oldest first, that still hold at the last one."""
    last = items[-1]
    reached_on = {milestone: item.rank for item in items for milestone in item.milestones}
    return tuple(
        milestone
        for milestone in Milestone
        if milestone in reached_on
        and (
            last.medal_zone is not None
            if milestone is Milestone.FIRST_MEDAL_ZONE
            else last.rank <= reached_on[milestone]
        )
    )
