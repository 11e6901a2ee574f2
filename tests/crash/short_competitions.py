"""Short competitions that end while the recording is played, each in a thread at first.

One begins every few boards. All servers follow it in a thread. At the next board it is over: the
first server is told of its end, with a replay, in the thread; the second one has moved it to a
channel, and the third one has removed it, so that their threads are closed. In the first two, a
member is then told a forecast, which is stored here: real ones need more boards.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from demo.kaggle import KaggleStandIn
from demo.recording import RecordedBoard, make_other_board, make_private_board
from leaderboards.competition_info import CompetitionInfo
from leaderboards.medals import MedalZone
from leaderboards.news.messages import ThreadMessage
from leaderboards.news.watches import Watch, WatchKind, ZoneExit
from leaderboards.sync import SyncOptions, sync_board
from records.competitions import Competition
from storage.storage import Storage
from tests.wire.control.results import Guild

EVERY = 7
"""Boards from the begin of one to that of the next."""
FORECASTER = 700000000000001001
"""The Discord user who watches forecasts, and nothing else."""
_TEAMS = 100
_BEFORE_BOARD = timedelta(minutes=2)
_LEAVES_AT = datetime(2100, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class ShortCompetition:
    """A competition with its boards."""

    info: CompetitionInfo
    first: RecordedBoard
    """The board before the servers follow it: a replay needs two."""
    public: RecordedBoard
    private: RecordedBoard

    @property
    def slug(self) -> str:
        """Its slug."""
        return self.info.slug


def build_short_competitions(
    recording: Sequence[RecordedBoard],
    user_names: Iterable[str],
    begun: datetime,
    between_boards: timedelta,
) -> Iterator[ShortCompetition]:
    """Yield those that end before the last board is played; these users have teams in them."""
    names = list(user_names)
    for number, end in enumerate(range(1, len(recording), EVERY)):
        slug = f"short-{number}"
        deadline = begun + between_boards * end - _BEFORE_BOARD
        public = make_other_board(recording[1], slug, _TEAMS, names)
        without_last_team = b"".join(public.csv.splitlines(keepends=True)[:-1])
        first = replace(public, taken_at=recording[0].taken_at, csv=without_last_team)
        info = CompetitionInfo(slug, deadline, "Featured", title=f"Short {number}")
        yield ShortCompetition(info, first, public, make_private_board(public))


async def store(storage: Storage, competition: ShortCompetition, now: datetime) -> None:
    """Store a competition with its first board; nobody follows it yet."""
    await storage.competitions.add_info_for_owner(competition.info)
    await sync_board(
        competition.slug,
        competition.first.zip,
        store=storage.board_writer,
        options=SyncOptions(now=now),
    )


def serve(kaggle: KaggleStandIn, competition: ShortCompetition) -> None:
    """Serve all of a competition; the bot reads the private board only after the deadline."""
    kaggle.add_competition(competition.info)
    kaggle.serve(competition.slug, competition.public.zip)
    kaggle.serve_private(competition.slug, competition.private.zip)
    kaggle.serve_hosts(competition.slug, [])


async def change_follows(
    database: Path,
    guilds: Sequence[Guild],
    competitions: Sequence[ShortCompetition],
    hour: int,
    now: datetime,
) -> None:
    """Do what people and forecasts do before a board is played; no bot runs."""
    number, step = divmod(hour, EVERY)
    if step > 1 or number >= len(competitions):
        return
    storage = await Storage.open(database)
    try:
        competition = await storage.competitions.find(competitions[number].slug)
        assert competition is not None
        if step == 0:
            for guild in guilds:
                await _follow(storage, guild, competition, now)
        else:
            _, moving, removing = guilds
            ends_id = moving.channels["ends"]
            await storage.guilds.change_channel(moving.id, competition.id, ends_id, now)
            await storage.guilds.unfollow(removing.id, competition.slug, now)
            await _queue_forecast(storage, competition, now)
    finally:
        await storage.close()


async def _follow(storage: Storage, guild: Guild, competition: Competition, now: datetime) -> None:
    message = ThreadMessage(competition.slug, team_count=0, members_on_board=0)
    parent_id = guild.channels["news"]
    await storage.guilds.follow(guild.id, competition.id, parent_id, FORECASTER, now, message)
    watch = Watch(0, guild.id, FORECASTER, WatchKind.ZONE_EXIT, competition.id)
    await storage.watches.add(watch, now)
    await storage.competitions.schedule(competition.id, now)


async def _queue_forecast(storage: Storage, competition: Competition, now: datetime) -> None:
    info = await storage.boards.find_info(competition.id)
    assert info is not None
    forecast = ZoneExit(MedalZone.GOLD, 1, _LEAVES_AT, rank_ahead=30, low=20, high=40)
    teams = await storage.watches.find_zone_exit_teams(competition.id, info.board_id)
    assert teams
    exits = dict.fromkeys(teams, forecast)
    # After the deadline the bot itself makes no forecast, which would take this one back.
    await storage.watches.queue_zone_exits(competition.id, info.board_id, exits, now)
