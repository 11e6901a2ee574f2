"""A server that follows a competition from board to board, for tests of the news rules."""

from dataclasses import replace
from datetime import timedelta

from leaderboards.board import Board, Entry
from leaderboards.comparison.board_diff import BoardDiff
from leaderboards.news.follower import Follower, Link, NewsDecision
from leaderboards.news.items import Item, NewsMessage
from leaderboards.news.rules import decide_news
from tests.leaderboards.boards import START, board, entry

ANN, BOB = (
    Link(11, "User5", wants_ping=True, team_id=None),
    Link(12, "user8", wants_ping=False, team_id=None),
)


def follower(*links: Link, **more: object) -> Follower:
    values: dict[str, object] = {
        "guild_id": 1,
        "channel_id": 2,
        "announce": True,
        "smallest_rise": 0,
        "smallest_fall": 5,
        "mention": True,
        "leader_team_id": None,
        "leader_announced_at": None,
        "links": links,
        "baselines": {},
    }
    return Follower(**(values | more))  # type: ignore[arg-type]


class FollowingServer:
    """A server that follows a competition from sync to sync."""

    def __init__(self, *links: Link, medals: bool = False, **more: object) -> None:
        self.follower = follower(*links, **more)
        self.medals = medals
        self.board: Board | None = None
        self.now = START

    def sync(self, new: Board, hours: float = 1) -> tuple[Item, ...]:
        """Compare with the next board; return its news."""
        self.now += timedelta(hours=hours)
        decision = self.decide(replace(new, taken_at=self.now))
        self.follower = replace(
            self.follower,
            baselines=self.follower.baselines
            | {known.team_id: known for known in decision.baselines},
            leader_team_id=decision.leader_team_id,
            leader_announced_at=decision.leader_announced_at,
        )
        self.board = new
        return tuple(
            item
            for message in decision.messages
            if isinstance(message, NewsMessage)
            for item in message.items
        )

    def decide(self, new: Board) -> NewsDecision:
        return decide_news(
            BoardDiff.between(self.board, new),
            replace(self.follower, links=find_teams(self.follower.links, new)),
            medals=self.medals,
            now=self.now,
        )


def find_teams(links: tuple[Link, ...], new: Board) -> tuple[Link, ...]:
    """Find each link's team, as storage does."""
    team_ids = {
        user_name.casefold(): row.team_id for row in new.entries() for user_name in row.members
    }
    return tuple(replace(link, team_id=team_ids.get(link.user_name.casefold())) for link in links)


def ranked_board(*order: int, **rows: Entry) -> Board:
    """Build a board of these teams, best first, scores falling; `rows` replace those of a team."""
    entries = []
    for rank, team_id in enumerate(order, start=1):
        given = rows.get(f"t{team_id}")
        row = given or entry(rank, team_id, f"{1000 - 10 * team_id}")
        entries.append(replace(row, rank=rank))
    return board(*entries)


def submission(team_id: int, score: str, after: float = 1) -> Entry:
    return entry(
        0, team_id, score, submissions=2, last_submission_at=START + timedelta(hours=after)
    )


TEN = range(1, 11)


def reasons_by_team(items: tuple[Item, ...]) -> list[tuple[int, list[str]]]:
    return [(item.team_id, [str(reason) for reason in item.reasons]) for item in items]
