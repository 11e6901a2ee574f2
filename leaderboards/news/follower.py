"""Followers: what the news rules know of a server that follows a competition, and decide for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from leaderboards.history import RankPoint
from leaderboards.medals import MedalZone
from leaderboards.news.channel_mode import ChannelMode
from leaderboards.news.messages import BoardMessage
from leaderboards.news.milestones import BestResults
from leaderboards.news.watches import NOTHING_WATCHED, WatchDecision, WatchState


@dataclass(frozen=True, slots=True)
class Link:
    """A Discord member and the Kaggle user name that they linked."""

    user_id: int
    user_name: str
    wants_ping: bool
    """Whether the member wants to be pinged."""
    team_id: int | None
    """Their team on the new board."""


@dataclass(frozen=True, slots=True)
class NewsBaseline:
    """The values from which a team's next news in a server is counted."""

    team_id: int
    rank: int
    best_score: float
    medal_zone: MedalZone | None
    zone_announced_at: datetime | None
    bests: BestResults | None = None
    """Its best so far, announced or not; None if that must be read from its history."""
    team_count: int | None = None
    """The number of teams on the board of `rank`; None if it is not known."""


@dataclass(frozen=True, slots=True)
class Follower:
    """A server that follows a competition, with everything that its news depends on."""

    guild_id: int
    channel_id: int | None
    """Where the competition is announced; None if no channel was chosen."""
    announce: bool
    """Whether anything is announced in the server."""
    smallest_rise: int
    """Ranks that a new best score must gain to be news; 0: each is."""
    smallest_fall: int
    """Ranks that a team must fall below its baseline for that to be news; see also
    `rules.MIN_FALL_PERCENT`."""
    mention: bool
    """Whether the server allows pings."""
    leader_team_id: int | None
    leader_announced_at: datetime | None
    links: tuple[Link, ...]
    baselines: dict[int, NewsBaseline]
    """By team id."""
    mode: ChannelMode = ChannelMode.EVERYTHING
    """Which news reaches the channel."""
    is_quiet: bool = False
    """Whether the server has quiet hours now."""
    skip_next_news: bool = False
    """True after a pause, a restore, a rename, the bot's return to the server, or a follow whose
    board was held: the stored board is older, so the next sync only sets what news is counted
    from."""
    histories: Mapping[int, Sequence[RankPoint]] = field(default_factory=dict)
    """Rank histories up to the last sync, by team id; only of teams whose bests are not stored or
    that continue others, and of a leader who is new on the board."""
    followed_at: datetime | None = None
    rescored_at: datetime | None = None
    """When Kaggle last scored the board anew: ranks from before do not count as bests."""
    replay_at_end: bool = False
    """Whether a replay follows the announcement of the end."""
    watches: tuple[WatchState, ...] = ()
    """What its members are told of the competition in direct messages."""

    def users(self) -> dict[str, int]:
        """Return the linked members' ids by casefolded user name."""
        return {link.user_name.casefold(): link.user_id for link in self.links}

    def was_on_earlier_board(self, team_id: int) -> bool:
        """Check whether a team that was not on the last board was on one before."""
        return team_id in self.baselines or any(
            past.rank is not None for past in self.histories.get(team_id, ())
        )


@dataclass(frozen=True, slots=True)
class NewsDecision:
    """The news for one follower, and what the next news is counted from."""

    messages: tuple[BoardMessage, ...]
    """In the order in which they are announced. Kinds that do not reach a channel of this mode are
    left out when they are queued."""
    baselines: tuple[NewsBaseline, ...]
    """Only those that changed or are new."""
    leader_team_id: int | None
    leader_announced_at: datetime | None
    watched: WatchDecision = NOTHING_WATCHED
    """What members are told in direct messages."""
