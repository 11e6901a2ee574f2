"""News rules: decide which changes of a sync are announced in a Discord server.

News is: a member's new best score by a submission of their own, a first appearance, a medal zone
entered or left, a new number one, the top 10 % for the first time, one member passing another, a
long fall, a team that is back on the board, a member's team that has grown. Being pushed down a
rank by a stranger is no news, nor is a score that changes without a submission: simulation
competitions would flood a channel.

What a merger of teams gives is not an achievement: the new team goes on from the place that it has
taken over. Nor is coming back on a board, nor what Kaggle gives by scoring a board anew.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from leaderboards.board import Entry, ScoreOrder
from leaderboards.comparison.board_diff import BoardDiff, ChangeKind, TeamChange
from leaderboards.medals import medal_zone
from leaderboards.news.follower import Follower, Link, NewsBaseline, NewsDecision
from leaderboards.news.items import (
    Item,
    NewsMessage,
    PassedTeam,
    Reason,
    select_best_passed,
    select_most_important,
)
from leaderboards.news.messages import BoardMessage, RescoredMessage
from leaderboards.news.milestones import BestResults, Milestone, find_milestones
from leaderboards.news.schedules import is_cooldown_over
from leaderboards.news.watch_rules import decide_watches

MIN_FALL_PERCENT = 10
"""By how many percent a team's rank number must grow for a fall, besides `Follower.smallest_fall`.
What the growth of the board explains does not count: newcomers push teams down by a tenth in a day.
"""


def decide_news(
    changes: BoardDiff, follower: Follower, *, medals: bool, now: datetime
) -> NewsDecision:
    """Decide what of a sync is announced in one server.

    `medals` is whether the competition awards them. The first board of a competition has no news.
    A member who linked, or a server that began to follow, after the last board gets news of this
    one too, compared with the last.
    """
    teams: dict[int, list[Link]] = {}
    for link in follower.links:
        if link.team_id is not None:
            teams.setdefault(link.team_id, []).append(link)

    items: list[Item] = []
    baselines: list[NewsBaseline] = []
    leader = _Leader(changes, follower, now)
    for team_id, links in teams.items():
        team = _TeamNews(changes, follower, team_id, links, medals=medals)
        item, baseline = team.decide(leader, teams, now)
        if item is not None:
            items.append(item)
        if baseline != follower.baselines.get(team_id):
            baselines.append(baseline)
    if leader.is_new and leader.team_id not in teams:
        items.append(leader.build_item(medals=medals))

    shown, more = select_most_important(item for item in items if _is_wanted(item, follower))
    messages: list[BoardMessage] = []
    if shown and changes.new.taken_at is not None:
        messages.append(
            NewsMessage(
                slug=changes.new.slug or "",
                taken_at=changes.new.taken_at,
                team_count=len(changes.new.teams),
                items=shown,
                more=more,
                rescored_at=follower.rescored_at,
            )
        )
    watched = decide_watches(changes, follower, {item.team_id: item for item in items}, now)
    return NewsDecision(
        tuple(messages), tuple(baselines), leader.announced_team_id, leader.announced_at, watched
    )


def decide_rescored_news(
    changes: BoardDiff, follower: Follower, *, medals: bool, announce: bool
) -> NewsDecision:
    """Decide what is announced of a board that Kaggle has scored anew.

    Nobody rose, fell or took the lead by that: all is counted from this board on. A correction that
    comes in steps is announced with one of them.
    """
    teams, count = changes.new.teams, len(changes.new.teams)
    baselines = []
    for team_id in dict.fromkeys(link.team_id for link in follower.links):
        _, team = (None, None) if team_id is None else changes.find_entries(team_id)
        if team is not None:
            bests = BestResults.on_board(team.rank, count, medals=medals)
            baselines.append(
                NewsBaseline(
                    team.team_id, team.rank, team.score, bests.medal_zone, None, bests, count
                )
            )
    messages: list[BoardMessage] = []
    if announce and not follower.skip_next_news and changes.new.taken_at is not None:
        messages.append(RescoredMessage(changes.new.slug or "", changes.new.taken_at, count))
    return NewsDecision(tuple(messages), tuple(baselines), int(teams.team_id[0]), None)


class _Leader:
    """The number one of the new board, as one server sees it."""

    def __init__(self, changes: BoardDiff, follower: Follower, now: datetime) -> None:
        self._changes = changes
        self.team_id = int(changes.new.teams.team_id[0])
        change = changes.find_change(self.team_id)
        leader_id_before = follower.leader_team_id
        if leader_id_before is None and changes.old is not None and not follower.skip_next_news:
            leader_id_before = int(changes.old.teams.team_id[0])
        if leader_id_before is not None:
            leader_id_before = changes.successors.get(leader_id_before, leader_id_before)
        if (
            change is not None
            and changes.old is not None
            and _is_return(change, changes, follower)
            and not _has_submitted_since(changes.old.taken_at, change.after)
        ):
            leader_id_before = self.team_id
        self.is_new = (
            leader_id_before is not None
            and leader_id_before != self.team_id
            and change is not None
            and (
                _is_own_submission(change)
                # A leader who has just left the board may be back at the next sync.
                or (
                    leader_id_before not in changes.gone_ids
                    and is_cooldown_over(follower.leader_announced_at, now)
                )
            )
        )
        self.announced_team_id = (
            self.team_id if leader_id_before is None or self.is_new else leader_id_before
        )
        self.announced_at = now if self.is_new else follower.leader_announced_at

    def build_item(self, *, medals: bool) -> Item:
        """Build the item of a number one who is no member of this server."""
        entry = self._changes.new.teams.entry(0)
        change = self._changes.find_change(self.team_id)
        before = change.before if change else None
        return Item(
            reasons=(Reason.LEADER,),
            team_id=entry.team_id,
            team_name=entry.team_name,
            user_ids=(),
            mention_ids=(),
            rank=entry.rank,
            rank_before=before.rank if before else None,
            score_text=entry.score_text,
            score_text_before=before.score_text if before else None,
            medal_zone=medal_zone(entry.rank, len(self._changes.new.teams)) if medals else None,
            medal_zone_before=None,
            passed=(),
        )


class _TeamNews:
    """A team with linked members, as one server sees it."""

    def __init__(
        self,
        changes: BoardDiff,
        follower: Follower,
        team_id: int,
        links: list[Link],
        *,
        medals: bool,
    ) -> None:
        change = changes.find_change(team_id)
        if change is None or change.after is None:
            raise ValueError(f"team {team_id} is not on the board")
        self._changes = changes
        self._follower = follower
        self._links = links
        self._change = change
        self._before = change.before
        self._after = change.after
        self._zone = medal_zone(change.after.rank, len(changes.new.teams)) if medals else None
        self._sources = self._find_sources()
        # Its members come from a team that is still on the board and keeps its place.
        self._has_split_off = (
            change.before is not None
            and change.before.team_id != team_id
            and change.before.team_id not in changes.gone_ids
        )
        self._baseline = self._find_baseline(medals=medals)
        self._submitted = change.submitted
        results = BestResults.on_board(change.after.rank, len(changes.new.teams), medals=medals)
        before = self._find_bests(medals=medals)
        self._bests = results if before is None else before.merge(results)
        self._milestones = find_milestones(before, results)

    def decide(
        self, leader: _Leader, teams: dict[int, list[Link]], now: datetime
    ) -> tuple[Item | None, NewsBaseline]:
        """Return the team's news, if there are reasons for any, and its new baseline."""
        baseline, after = self._baseline, self._after
        first_board = self._changes.old is None
        appeared = (
            self._change.kind is ChangeKind.NEW
            and not first_board
            and not self._follower.skip_next_news
        )
        if baseline is None and not appeared:
            return None, self._update_bests(None)
        unearned = self._find_unearned_reason(appeared=appeared)
        passed = () if unearned else self._find_passed(teams)
        found = {unearned} if unearned else self._find_reasons(baseline, passed)
        if leader.is_new and leader.team_id == after.team_id:
            found.add(Reason.LEADER)
        # A place that is no achievement of the team is not compared with earlier zones.
        medal_zone_before = self._zone if unearned else baseline.medal_zone if baseline else None
        if self._zone != medal_zone_before and (
            found
            or self._submitted
            or is_cooldown_over(baseline.zone_announced_at if baseline else None, now)
        ):
            found.add(Reason.ZONE)
        if not found and Milestone.TOP_TEN_PERCENT in self._milestones:
            found.add(Reason.MILESTONE)
        if not found:
            return None, self._update_bests(baseline)
        item = Item(
            reasons=tuple(reason for reason in Reason if reason in found),
            team_id=after.team_id,
            team_name=after.team_name,
            user_ids=tuple(link.user_id for link in self._links),
            mention_ids=tuple(
                link.user_id for link in self._links if link.wants_ping and self._follower.mention
            ),
            rank=after.rank,
            rank_before=None if unearned else self._rank_before(found),
            score_text=after.score_text,
            score_text_before=self._before.score_text if self._before and not unearned else None,
            medal_zone=self._zone,
            medal_zone_before=medal_zone_before,
            passed=passed,
            milestones=() if unearned is Reason.MERGER else self._milestones,
            teammates=self._find_teammates() if Reason.MERGER in found else (),
            continues_team_id=self._before.team_id
            if self._before and not self._has_split_off
            else None,
        )
        zone_announced_at = (
            now if Reason.ZONE in found else baseline.zone_announced_at if baseline else None
        )
        return item, NewsBaseline(
            team_id=after.team_id,
            rank=after.rank,
            # The best score starts anew: after a return Kaggle may have dropped earlier
            # submissions, and those of a team that a member left do not count.
            best_score=after.score
            if unearned is Reason.RETURN or self._has_split_off
            else self._best_score(baseline),
            medal_zone=self._zone,
            zone_announced_at=zone_announced_at,
            bests=self._bests,
            team_count=len(self._changes.new.teams),
        )

    def _find_unearned_reason(self, *, appeared: bool) -> Reason | None:
        """Return RETURN or MERGER if the team's place is no achievement of its own; else None.

        RETURN if the team is back; MERGER if every linked member is new in it, or if its members
        left a team that is still on the board.
        """
        if self._has_split_off:
            return Reason.MERGER
        if appeared and _is_return(self._change, self._changes, self._follower):
            return Reason.RETURN
        before = {name for source in self._sources for name in _fold(source.members)}
        are_new = before.isdisjoint(link.user_name.casefold() for link in self._links)
        return Reason.MERGER if before and are_new and self._has_new_teammates() else None

    def _find_reasons(
        self, baseline: NewsBaseline | None, passed: tuple[PassedTeam, ...]
    ) -> set[Reason]:
        """Return ARRIVAL for a new team, else which of MERGER, BEST, FALL and PASSED hold."""
        if baseline is None:
            return {Reason.ARRIVAL}
        fell = self._has_fallen(baseline)
        best = self._is_best(baseline)
        reasons = {
            Reason.MERGER: self._has_new_teammates(),
            Reason.BEST: best,
            Reason.FALL: fell and not best,
            Reason.PASSED: bool(passed),
        }
        return {reason for reason, is_given in reasons.items() if is_given}

    def _has_fallen(self, baseline: NewsBaseline) -> bool:
        """Check whether the team has fallen far enough for news.

        It lost at least `smallest_fall` places, and its rank relative to the board's size grew by
        at least `MIN_FALL_PERCENT`.
        """
        rank, count = self._after.rank, len(self._changes.new.teams)
        count_before = baseline.team_count or count
        # In whole numbers: 1.1 * 700 is a little more than 770.
        return (
            rank - baseline.rank >= self._follower.smallest_fall
            and 100 * rank * count_before >= (100 + MIN_FALL_PERCENT) * baseline.rank * count
        )

    def _find_sources(self) -> tuple[Entry, ...]:
        """Return the rows of the last board that this team continues."""
        continuation = self._changes.continuations.get(self._after.team_id)
        if continuation is not None:
            return continuation.sources
        return (self._before,) if self._before else ()

    def _find_baseline(self, *, medals: bool) -> NewsBaseline | None:
        """Return the baseline of the team, or of those that it continues."""
        team_id, baselines = self._after.team_id, self._follower.baselines
        if self._before is None:
            return baselines.get(team_id)
        baseline = baselines.get(self._before.team_id) or self._build_first_baseline(medals=medals)
        if baseline is None:
            return None
        best_score = baseline.best_score
        for source in self._sources:
            if source.team_id in baselines:
                best_score = better_score(
                    self._changes.new.order, best_score, baselines[source.team_id].best_score
                )
        return replace(baseline, team_id=team_id, best_score=best_score)

    def _build_first_baseline(self, *, medals: bool) -> NewsBaseline | None:
        """Return the baseline of a team without one: its row on the last board."""
        before, old = self._before, self._changes.old
        if before is None or old is None or self._follower.skip_next_news:
            return None
        zone = medal_zone(before.rank, len(old.teams)) if medals else None
        return NewsBaseline(
            before.team_id, before.rank, before.score, zone, None, team_count=len(old.teams)
        )

    def _find_bests(self, *, medals: bool) -> BestResults | None:
        """Return the best before this board, of the team or of those that it continues."""
        team_id, old = self._after.team_id, self._changes.old
        found = [
            baseline.bests
            for source_id in {team_id, *(source.team_id for source in self._sources)}
            if (baseline := self._follower.baselines.get(source_id)) is not None
        ]
        since = self._follower.rescored_at
        history = [
            past
            for past in self._follower.histories.get(team_id, ())
            if since is None or past.taken_at >= since
        ]
        found.append(BestResults.from_history(history, medals=medals))
        if old is not None:
            found += [
                BestResults.on_board(source.rank, len(old.teams), medals=medals)
                for source in self._sources
            ]
        return BestResults.merge_known(found)

    def _has_new_teammates(self) -> bool:
        """Check whether a linked member is on a larger team than on the last board.

        A team of the same size with another name in it has a member who was renamed.
        """
        members = _fold(self._after.members)
        for link in self._links:
            name = link.user_name.casefold()
            source = next(
                (source for source in self._sources if name in _fold(source.members)), self._before
            )
            if (
                source is not None
                and 0 < len(source.members) < len(members)
                and not members <= _fold(source.members)
            ):
                return True
        return False

    def _find_teammates(self) -> tuple[str, ...]:
        """Return the members who are not linked in this server."""
        linked = _fold(link.user_name for link in self._links)
        return tuple(name for name in self._after.members if name.casefold() not in linked)

    def _update_bests(self, baseline: NewsBaseline | None) -> NewsBaseline:
        """Return the baseline, with the team's bests as they are now."""
        if baseline is None:
            after = self._after
            count = len(self._changes.new.teams)
            baseline = NewsBaseline(
                after.team_id, after.rank, after.score, self._zone, None, team_count=count
            )
        return replace(baseline, best_score=self._best_score(baseline), bests=self._bests)

    def _is_best(self, baseline: NewsBaseline) -> bool:
        return (
            self._submitted
            and self._best_score(baseline) != baseline.best_score
            and self._before is not None
            and max(0, self._before.rank - self._after.rank) >= self._follower.smallest_rise
        )

    def _best_score(self, baseline: NewsBaseline | None) -> float:
        if baseline is None:
            return self._after.score
        return better_score(self._changes.new.order, baseline.best_score, self._after.score)

    def _find_passed(self, teams: dict[int, list[Link]]) -> tuple[PassedTeam, ...]:
        """Return the teams of members that this team passed by its own submission.

        A team that did not climb passed nobody: the others fell further.
        """
        if not self._submitted or self._before is None or self._after.rank >= self._before.rank:
            return ()
        passed: list[PassedTeam] = []
        for team_id, links in teams.items():
            other = self._changes.find_change(team_id)
            if (
                other is not None
                and other.before is not None
                and other.after is not None
                and other.before.rank < self._before.rank
                and other.after.rank > self._after.rank
            ):
                user_ids = tuple(link.user_id for link in links)
                passed.append(PassedTeam(user_ids, other.after.team_name, other.after.rank))
        return select_best_passed(passed)

    def _rank_before(self, found: set[Reason]) -> int | None:
        """Return the rank on the last board, or for a fall that of the baseline."""
        if Reason.FALL in found and self._baseline is not None:
            return self._baseline.rank
        return self._before.rank if self._before else None


def better_score(order: ScoreOrder | None, one: float, other: float) -> float:
    """Return the better of two scores; the first if the order is unknown."""
    return other if order is not None and order.is_better(other, one) else one


def _is_wanted(item: Item, follower: Follower) -> bool:
    """Check whether an item reaches a server's channel.

    In quiet hours a channel for big news keeps all items, as later ones may undo big news: the news
    of the night is merged first, and filtered for the channel afterwards.
    """
    return follower.is_quiet or item.is_sent_in(follower.mode)


def _fold(names: Iterable[str]) -> set[str]:
    return {name.casefold() for name in names}


def _is_return(change: TeamChange, changes: BoardDiff, follower: Follower) -> bool:
    """Check whether a team is back on the board: not on the last one, but on one before."""
    return (
        changes.old is not None
        and change.kind is ChangeKind.NEW
        and change.after is not None
        and follower.was_on_earlier_board(change.after.team_id)
    )


def _has_submitted_since(moment: datetime | None, team: Entry | None) -> bool:
    return (
        moment is not None
        and team is not None
        and team.last_submission_at is not None
        and team.last_submission_at > moment
    )


def _is_own_submission(change: TeamChange) -> bool:
    return change.kind in (ChangeKind.NEW, ChangeKind.SUBMITTED)
