import asyncio
import shutil
import sqlite3
import tempfile
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

from leaderboards.board import Board, BoardKind, Entry, ScoreOrder
from leaderboards.comparison.board_diff import BoardDiff
from leaderboards.competition_info import CompetitionInfo
from leaderboards.history import build_snapshot
from leaderboards.medals import MedalZone
from leaderboards.news.follower import Follower, Link, NewsBaseline, NewsDecision
from leaderboards.news.items import NewsMessage
from leaderboards.news.milestones import BestResults
from storage.errors import CompetitionDeleted, StaleBoardDiff
from storage.storage import Storage
from tests.leaderboards.boards import START, all_values, board, board_sequences, entry
from tests.storage.examples import (
    LATER,
    NOW,
    announce_nothing,
    commit,
    commit_with_news,
    count,
    follow,
    load_message,
    load_next_rows,
)
from tests.storage.histories import assert_log

NEWS = NewsMessage("titanic", NOW, 2, items=(), more=0)


async def load_current(storage: Storage) -> Board:
    board = await storage.board_writer.load_board("titanic", BoardKind.PUBLIC)
    assert board is not None
    return board


def assert_same(stored: Board, expected: Board) -> None:
    assert all_values(stored) == all_values(expected)
    assert (stored.slug, stored.kind, stored.taken_at, stored.order, stored.ranks_derived) == (
        expected.slug,
        expected.kind,
        expected.taken_at,
        expected.order,
        expected.ranks_derived,
    )


async def test_nothing_is_found_before_the_first_board(storage: Storage) -> None:
    await storage.competitions.add_for_owner("titanic")
    for slug in ("titanic", "unknown"):
        assert await storage.board_writer.find_stored(slug, BoardKind.PUBLIC) is None
        assert await storage.board_writer.load_board(slug, BoardKind.PUBLIC) is None
        assert await storage.board_writer.find_anomaly(slug) is None


async def test_find_stored_returns_the_facts_about_a_board(storage: Storage) -> None:
    board_id = await commit(
        storage, replace(board(entry(1, 1), entry(2, 2)), order=ScoreOrder.LOWER)
    )
    stored = await storage.board_writer.find_stored("titanic", BoardKind.PUBLIC)
    assert stored is not None
    assert (stored.board_id, stored.checksum, stored.taken_at, stored.order, stored.team_count) == (
        board_id,
        b"checksum",
        START,
        ScoreOrder.LOWER,
        2,
    )
    assert await storage.board_writer.find_stored("titanic", BoardKind.PRIVATE) is None
    assert (await storage.boards.find_info((await follow(storage, 1)).id)) is not None


async def test_unusual_values_are_loaded_unchanged(storage: Storage) -> None:
    hostile = board(
        entry(1, 5, "0.91000", team_name="NaN", members=("b", "A", "c")),
        entry(2, 4, "-1e9", team_name=' "quoted", \u202e🦆\x00 ', submissions=None),
        entry(3, 2**62, "0", team_name="001", last_submission_at=None, members=()),
        benchmarks=(
            (0, entry(0, 90, "9", members=())),
            (1, entry(0, 91, "0.5", team_name="second")),
            (1, entry(0, 90, "0.5", team_name="third", submissions=None)),
            (3, entry(0, 93, "-2e9", members=("host", "other"))),
        ),
        order=None,
    )
    derived = replace(hostile, ranks_derived=True, kind=BoardKind.PRIVATE)
    await commit(storage, hostile)
    await commit(storage, derived)
    assert_same(await load_current(storage), hostile)
    private = await storage.board_writer.load_board("titanic", BoardKind.PRIVATE)
    assert private is not None
    assert_same(private, derived)


async def test_column_added_after_a_board_was_stored_is_unknown(
    storage: Storage, tmp_path: Path
) -> None:
    await commit(storage, board(entry(1, 5)))
    with closing(sqlite3.connect(tmp_path / "podium.db")) as database:
        database.execute("DELETE FROM encoded_columns WHERE name = 'submissions'")
        database.commit()
    assert_same(await load_current(storage), board(entry(1, 5, submissions=None)))


@settings(max_examples=20, deadline=None)
@given(boards=board_sequences())
def test_any_sequence_of_boards_is_stored_exactly(
    empty_database: Path, boards: list[Board]
) -> None:
    async def play(path: Path) -> None:
        storage = await Storage.open(path)
        try:
            for new in boards:
                board_id = await commit(storage, new)
                assert_same(await load_current(storage), new)
                await assert_ranks_lead_to_teams(storage, board_id, new)
            await assert_log(storage, boards)
            with closing(sqlite3.connect(path)) as connection:
                rows = connection.execute("SELECT user_name, team_id FROM members").fetchall()
            assert sorted(rows) == sorted(
                (member, team.team_id)
                for team in boards[-1].entries()
                if team.rank
                for member in team.members
            )
        finally:
            await storage.close()

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(play(Path(shutil.copy(empty_database, folder))))


async def assert_ranks_lead_to_teams(storage: Storage, board_id: int, new: Board) -> None:
    """Assert that every rank leads to its team, in pages and alone."""
    teams = {team.rank: team for team in new.entries() if team.rank}
    last = max(teams)
    for first in range(1, last + 2):
        page = await storage.boards.load_page(board_id, first, first + 3)
        assert [team for team in page if team.rank] == [
            teams[rank] for rank in range(first, first + 4) if rank in teams
        ]
    odd = range(1, last + 3, 2)
    found = await storage.boards.find_teams_by_rank(board_id, odd)
    assert found == {rank: teams[rank] for rank in odd if rank in teams}


async def test_successful_sync_clears_failures_and_anomaly(storage: Storage) -> None:
    competition = await follow(storage, 1)
    await storage.competitions.record_failure(competition.id, "No network.", NOW, LATER)
    await storage.board_writer.record_anomaly(
        "titanic", BoardKind.PUBLIC, "every score is equal", b"checksum"
    )
    await commit(storage, board(entry(1, 1)))
    after = await storage.competitions.find("titanic")
    assert after is not None
    assert (after.synced_at, after.failures, after.error, after.anomaly) == (NOW, 0, None, None)
    assert after.next_sync_at == LATER


async def test_first_board_adds_its_competition(storage: Storage) -> None:
    await commit(storage, board(entry(1, 1)))
    assert await storage.competitions.find("titanic") is not None


async def test_decide_receives_settings_links_and_news_baselines(storage: Storage) -> None:
    await storage.guilds.change_settings(
        1, channel_id=50, smallest_rise=3, smallest_fall=9, mention=True, announce=False
    )
    await storage.links.link(1, 10, "Alice", linked_by=10, now=NOW)
    await storage.links.set_wants_ping(1, 10, wants_ping=True)
    await storage.links.link(2, 11, "bob", linked_by=11, now=NOW)
    await storage.links.link(3, 12, "carol", linked_by=12, now=NOW)
    await follow(storage, 1)
    await follow(storage, 2, channel_id=60)
    await follow(storage, 3, channel_id=70)
    await storage.guilds.pause(3, "titanic")
    await follow(storage, 4)
    await follow(storage, 5, "digits")
    asked: list[Follower] = []
    announced = NewsBaseline(1, 2, 0.5, MedalZone.SILVER, LATER)

    def decide(follower: Follower) -> NewsDecision:
        asked.append(follower)
        return (
            NewsDecision((), (announced,), 1, LATER)
            if follower.guild_id == 1
            else announce_nothing(follower)
        )

    first = Follower(
        guild_id=1,
        channel_id=50,
        announce=False,
        smallest_rise=3,
        smallest_fall=9,
        mention=True,
        leader_team_id=None,
        leader_announced_at=None,
        links=(Link(10, "Alice", wants_ping=True, team_id=None),),
        baselines={},
        followed_at=NOW,
    )
    bob = Link(11, "bob", wants_ping=False, team_id=None)
    second = Follower(2, 60, True, 0, 50, False, None, None, (bob,), {}, followed_at=NOW)
    fourth = Follower(4, None, True, 0, 50, False, None, None, (), {}, followed_at=NOW)
    await commit_with_news(storage, board(entry(1, 1)), decide)
    assert asked == [first, second, fourth]

    asked.clear()
    alices = entry(1, 1, members=("another", "alice"))
    await commit_with_news(storage, board(alices, hours=1), decide)
    linked = Link(10, "Alice", wants_ping=True, team_id=1)
    assert [replace(server, histories={}) for server in asked] == [
        replace(
            first,
            links=(linked,),
            leader_team_id=1,
            leader_announced_at=LATER,
            baselines={1: announced},
        ),
        second,
        fourth,
    ]


async def test_only_servers_that_announce_and_have_a_channel_get_news(
    storage: Storage,
) -> None:
    await storage.guilds.change_settings(1, channel_id=50)
    await storage.guilds.change_settings(2, channel_id=60, announce=False)
    for guild_id in (1, 2, 3):
        competition = await storage.competitions.add_for_owner("titanic")
        await storage.guilds.follow(guild_id, competition.id, None, 7, NOW, message=None)
    everyone = NewsDecision((NEWS,), (NewsBaseline(1, 1, 0.5, None, None),), 1, NOW)
    assert await commit_with_news(storage, board(entry(1, 1)), lambda _: everyone) == 1
    (row,) = await load_next_rows(storage)
    assert (row.guild_id, row.channel_id, row.created_at) == (1, 50, NOW)
    assert await load_message(storage, row) == NEWS
    assert row.competition_id == competition.id
    assert await count(storage, "news_baselines") == 3


async def test_import_announces_nothing(storage: Storage) -> None:
    await storage.guilds.change_settings(1, channel_id=50)
    await follow(storage, 1)
    waiting = await storage.outbox.count_waiting()
    assert await commit_with_news(storage, board(entry(1, 1)), None) == 0
    assert await storage.outbox.count_waiting() == waiting
    assert await count(storage, "news_baselines") == 0
    assert len((await load_current(storage)).teams) == 1


async def test_error_in_decide_rolls_back_the_board(storage: Storage) -> None:
    await commit(storage, board(entry(1, 1), entry(2, 2)))
    await follow(storage, 1, channel_id=50)

    def fail(follower: Follower) -> NewsDecision:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await commit_with_news(storage, board(entry(1, 2), hours=1), fail)
    assert_same(await load_current(storage), board(entry(1, 1), entry(2, 2)))
    assert await count(storage, "log_segments") == 1


@pytest.mark.parametrize("moment", range(8))
async def test_cancelled_commit_is_complete_or_absent(storage: Storage, moment: int) -> None:
    old = board(*(entry(number, number) for number in range(1, 800)))
    new = board(*(entry(number, 801 - number) for number in range(1, 800)), hours=1)
    await commit(storage, old)
    task = asyncio.create_task(commit(storage, new))
    await asyncio.sleep(moment * 0.002)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    syncs = await count(storage, "log_segments")
    assert_same(await load_current(storage), new if syncs == 2 else old)


async def test_diff_from_another_board_than_the_stored_one_is_refused(
    storage: Storage,
) -> None:
    first, second, third = (board(entry(1, hours), hours=hours) for hours in range(3))
    await commit(storage, first)
    stale = BoardDiff.between(await load_current(storage), third)
    await commit(storage, second)
    for changes in (stale, BoardDiff.between(None, third)):
        with pytest.raises(StaleBoardDiff, match="Another process stored a board of titanic"):
            await storage.board_writer.commit(
                "titanic",
                changes,
                build_snapshot(changes, START),
                checksum=b"",
                decide=None,
                now=NOW,
            )
    assert_same(await load_current(storage), second)


async def test_board_of_a_deleted_competition_is_not_stored(storage: Storage) -> None:
    writer, changes = storage.board_writer, BoardDiff.between(None, board(entry(1, 1)))
    snapshot = build_snapshot(changes, START)
    for write in (
        writer.commit("deleted", changes, snapshot, checksum=b"", decide=None, now=NOW),
        writer.record_unchanged("deleted", NOW),
        writer.record_anomaly("deleted", BoardKind.PUBLIC, "every score is equal", b"checksum"),
        storage.competitions.update_info(CompetitionInfo("deleted")),
    ):
        with pytest.raises(CompetitionDeleted, match="deleted or renamed"):
            await write
    assert [await count(storage, table) for table in ("competitions", "boards")] == [0, 0]


async def test_board_with_a_nan_score_is_not_stored(storage: Storage) -> None:
    invalid = board(entry(1, 1), entry(2, 2, "nan"))
    with pytest.raises(sqlite3.IntegrityError):
        await commit(storage, invalid)
    assert await count(storage, "board_rows") == 0
    competition = await storage.competitions.find("titanic")
    assert competition is not None
    assert competition.synced_at is None


async def test_large_first_board_is_stored(storage: Storage) -> None:
    rng = np.random.default_rng(1)
    entries: list[Entry] = [
        entry(rank, team_id)
        for rank, team_id in enumerate(rng.permutation(5_000).tolist(), start=1)
    ]
    await commit(storage, board(*entries))
    assert (await load_current(storage)).teams.team_id.tolist() == [e.team_id for e in entries]


async def test_history_is_loaded_only_until_bests_are_stored(
    storage: Storage,
) -> None:
    seen: list[tuple[list[int | None], BestResults | None]] = []
    bests = BestResults(1, 0.5, MedalZone.GOLD)

    def decide(follower: Follower) -> NewsDecision:
        past = [place.rank for place in follower.histories.get(5, ())]
        known = follower.baselines.get(5)
        seen.append((past, known.bests if known else None))
        announced = (NewsBaseline(5, 1, 0.5, None, None, bests),) if follower.links else ()
        return NewsDecision((), announced, None, None)

    await follow(storage, 1)
    first = board(entry(1, 5), entry(2, 6))
    second = board(entry(1, 6), entry(2, 5), hours=1)
    await commit_with_news(storage, first, decide)
    await commit_with_news(storage, second, decide)
    await storage.links.link(1, 10, "USER5", linked_by=10, now=NOW)
    for hours in (2, 3):
        await commit_with_news(
            storage, replace(second, taken_at=START + timedelta(hours=hours)), decide
        )
    assert seen == [([], None), ([], None), ([1, 2], None), ([], bests)]
