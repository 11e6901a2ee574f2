"""Watches in the database: what a board tells is written in its transaction, each once."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import pytest

from leaderboards.board import Board, Entry
from leaderboards.comparison.board_diff import BoardDiff
from leaderboards.competition_info import CompetitionInfo
from leaderboards.history import build_snapshot
from leaderboards.medals import MedalZone
from leaderboards.news.rules import decide_news, decide_rescored_news
from leaderboards.news.watches import (
    MAX_WATCHES,
    LastDayEvent,
    RankEvent,
    RivalEvent,
    Watch,
    WatchEvent,
    WatchKind,
    WatchMessage,
    ZoneExit,
    ZoneExitEvent,
)
from records.direct_messages import DirectMessage
from storage.members.watches import WatchOutcome
from storage.storage import Storage
from tests.leaderboards.boards import board, entry
from tests.storage.examples import LATER, NOW, count, follow

HOME, ELSEWHERE = 1, 2
ADA, BOB = 10, 11


def ranked(*order: int, hours: float = 0, **rows: Entry) -> Board:
    """Return teams in this order; those that are given as rows have submitted."""
    return board(
        *(
            rows.get(f"t{team_id}") or entry(rank, team_id, f"{100 - rank}")
            for rank, team_id in enumerate(order, start=1)
        ),
        hours=hours,
    )


async def sync(
    storage: Storage, new: Board, *, now: datetime = NOW, is_rescored: bool = False
) -> None:
    assert new.slug is not None
    assert new.taken_at is not None
    changes = BoardDiff.between(await storage.board_writer.load_board(new.slug, new.kind), new)
    decide = partial(decide_news, changes, medals=False, now=now)
    if is_rescored:
        decide = partial(decide_rescored_news, changes, medals=False, announce=True)
    await storage.board_writer.commit(
        new.slug,
        changes,
        build_snapshot(changes, new.taken_at),
        checksum=b"checksum",
        decide=decide,
        now=now,
    )


async def add(storage: Storage, kind: WatchKind, guild_id: int = HOME, **more: object) -> Watch:
    watch = Watch(0, guild_id, ADA, kind, **more)  # type: ignore[arg-type]
    assert await storage.watches.add(watch, NOW) is WatchOutcome.ADDED
    return (await storage.watches.load(guild_id, ADA))[-1]


async def start(storage: Storage, guild_id: int = HOME) -> int:
    """Follow titanic in a server where Ada is user 5; return the competition's id."""
    competition = await follow(storage, guild_id)
    await storage.links.link(guild_id, ADA, "user5", ADA, NOW)
    return competition.id


async def load_open(storage: Storage, now: datetime = NOW) -> list[DirectMessage]:
    return await storage.direct_messages.load_open(now, 10)


async def load_events(storage: Storage, now: datetime = NOW) -> Sequence[WatchEvent]:
    messages = await load_open(storage, now)
    return [
        event
        for message in messages
        if isinstance(message.content, WatchMessage)
        for event in message.content.events
    ]


async def test_member_has_at_most_twenty_watches_in_a_server(storage: Storage) -> None:
    for rank in range(1, MAX_WATCHES + 1):
        await add(storage, WatchKind.RANK, rank=rank)
    more = Watch(0, HOME, ADA, WatchKind.NEWS)
    assert await storage.watches.add(more, NOW) is WatchOutcome.TOO_MANY
    same = Watch(0, HOME, ADA, WatchKind.RANK, rank=1)
    assert await storage.watches.add(same, NOW) is WatchOutcome.ALREADY_THERE
    await add(storage, WatchKind.NEWS, guild_id=ELSEWHERE)
    first = (await storage.watches.load(HOME, ADA))[0]
    await storage.watches.remove(HOME, BOB, [first.id])
    await storage.watches.remove(ELSEWHERE, ADA, [first.id])
    assert len(await storage.watches.load(HOME, ADA)) == MAX_WATCHES
    await storage.watches.remove(HOME, ADA, [first.id])
    assert await storage.watches.add(more, NOW) is WatchOutcome.ADDED


async def test_what_is_watched_everywhere_is_not_added_for_one_competition(
    storage: Storage,
) -> None:
    competition = await start(storage)
    await add(storage, WatchKind.RANK, rank=3)
    one = Watch(0, HOME, ADA, WatchKind.RANK, competition, rank=3)
    assert await storage.watches.add(one, NOW) is WatchOutcome.ALREADY_EVERYWHERE
    await add(storage, WatchKind.RANK, rank=4, competition_id=competition)


async def test_boards_of_a_round_are_one_message(storage: Storage) -> None:
    await start(storage)
    await add(storage, WatchKind.RANK, rank=3)
    await add(storage, WatchKind.RIVAL, rival_user_name="USER6")
    await sync(storage, ranked(1, 2, 3, 4, 5, 6))
    assert await load_open(storage) == []
    await sync(storage, ranked(1, 6, 5, 2, 3, 4, hours=1))
    (message,) = await load_open(storage)
    assert (message.guild_id, message.user_id) == (HOME, ADA)
    reached, passed = await load_events(storage)
    assert isinstance(reached, RankEvent)
    assert isinstance(passed, RivalEvent)
    sent = await storage.direct_messages.mark_attempt(message.id)
    assert sent is not None
    assert sent.content == message.content
    await sync(storage, ranked(1, 2, 3, 4, 6, 5, hours=2), now=NOW + timedelta(hours=7))
    (left,) = await load_events(storage)
    assert isinstance(left, RankEvent)
    assert left.rank == 6


async def test_watches_of_one_server_tell_nothing_of_another(storage: Storage) -> None:
    await start(storage)
    await storage.links.link(ELSEWHERE, ADA, "user5", ADA, NOW)
    await add(storage, WatchKind.RANK, guild_id=ELSEWHERE, rank=3)
    await sync(storage, ranked(1, 2, 3, 4, 5))
    await sync(storage, ranked(1, 5, 2, 3, 4, hours=1))
    assert await load_open(storage) == []


async def test_arrival_is_told_but_not_the_return_of_a_team_that_the_history_knows(
    storage: Storage,
) -> None:
    competition = await start(storage)
    await add(storage, WatchKind.RANK, rank=3)
    await sync(storage, ranked(1, 2, 5, 3, 4))
    await sync(storage, ranked(1, 2, 3, 4, hours=1))
    # Only the history log knows the team then.
    await storage.database.change(
        "DELETE FROM news_baselines WHERE guild_id = ? AND competition_id = ?", (HOME, competition)
    )
    await sync(storage, ranked(1, 5, 2, 3, 4, hours=2))
    assert await load_events(storage) == []
    await storage.links.link(HOME, BOB, "user6", BOB, NOW)
    await storage.watches.add(Watch(0, HOME, BOB, WatchKind.RANK, rank=3), NOW)
    await sync(storage, ranked(1, 6, 5, 2, 3, 4, hours=3))
    (message,) = await load_open(storage)
    assert message.user_id == BOB
    (event,) = await load_events(storage)
    assert isinstance(event, RankEvent)
    assert (event.rank, event.rank_before) == (2, None)


async def test_rival_that_merged_is_watched_as_the_team_that_continues_it(
    storage: Storage,
) -> None:
    competition = await start(storage)
    await add(
        storage,
        WatchKind.RIVAL,
        competition_id=competition,
        rival_team_id=6,
        rival_name="team 6",
    )
    await sync(storage, ranked(1, 2, 3, 4, 5, 6, 7))
    merged = entry(6, 30, "94", members=("user6", "user7"), team_name="six and seven")
    await sync(storage, ranked(1, 2, 3, 4, 5, 30, hours=1, t30=merged))
    (watch,) = await storage.watches.load(HOME, ADA)
    assert (watch.rival_team_id, watch.rival_name) == (30, "six and seven")
    assert await load_events(storage) == []
    climbed = entry(1, 30, "99", members=("user6", "user7"), submissions=2)
    await sync(storage, ranked(30, 1, 2, 3, 4, 5, hours=2, t30=climbed))
    (event,) = await load_events(storage)
    assert isinstance(event, RivalEvent)
    assert event.rival_rank == 1


async def test_nothing_is_told_of_a_board_that_kaggle_scored_anew(storage: Storage) -> None:
    await start(storage)
    await add(storage, WatchKind.RANK, rank=3)
    await add(storage, WatchKind.NEWS)
    await sync(storage, ranked(1, 2, 3, 4, 5))
    await sync(storage, ranked(5, 4, 3, 2, 1, hours=1), is_rescored=True)
    assert await load_open(storage) == []
    await sync(storage, ranked(5, 4, 3, 1, 2, hours=2))
    assert await load_open(storage) == []


@pytest.mark.parametrize("end", ["unfollow", "unlink", "pause", "remove"])
async def test_nothing_more_is_told_after(storage: Storage, end: str) -> None:
    competition = await start(storage)
    watch = await add(storage, WatchKind.RANK, rank=3, competition_id=competition)
    await sync(storage, ranked(1, 2, 3, 4, 5))
    match end:
        case "unfollow":
            await storage.guilds.unfollow(HOME, "titanic", NOW)
            assert await storage.watches.load(HOME, ADA) == []
        case "unlink":
            await storage.links.unlink(HOME, ADA)
        case "pause":
            await storage.guilds.pause(HOME, "titanic")
        case "remove":
            await storage.watches.remove(HOME, ADA, [watch.id])
    await sync(storage, ranked(1, 5, 2, 3, 4, hours=1))
    assert await load_open(storage) == []


async def test_what_happened_during_a_pause_is_not_told(storage: Storage) -> None:
    await start(storage)
    await add(storage, WatchKind.RANK, rank=3)
    await sync(storage, ranked(1, 2, 3, 4, 5))
    await sync(storage, ranked(1, 5, 2, 3, 4, hours=1))
    assert len(await load_events(storage)) == 1
    await storage.direct_messages.delete((await load_open(storage))[0].id)
    await storage.guilds.pause(HOME, "titanic")
    await sync(storage, ranked(1, 2, 3, 4, 5, hours=2))
    await storage.guilds.resume(HOME, "titanic")
    await sync(storage, ranked(2, 1, 3, 4, 5, hours=3))
    await sync(storage, ranked(1, 2, 3, 4, 5, hours=4), now=NOW + timedelta(days=1))
    assert await load_events(storage) == []


async def test_what_was_undone_while_it_waited_counts_as_never_told(storage: Storage) -> None:
    await start(storage)
    await add(storage, WatchKind.RANK, rank=3)
    await sync(storage, ranked(1, 2, 3, 4, 5))
    await sync(storage, ranked(1, 5, 2, 3, 4, hours=1))
    await sync(storage, ranked(1, 2, 3, 4, 5, hours=2))
    assert await load_open(storage) == []
    assert await count(storage, "watch_baselines") == 0
    await sync(storage, ranked(1, 5, 2, 3, 4, hours=3))
    assert len(await load_events(storage)) == 1


async def test_quiet_hours_of_the_server_are_waited_for(storage: Storage) -> None:
    await start(storage)
    await storage.guilds.change_settings(HOME, quiet_from=NOW.hour, quiet_to=NOW.hour + 2)
    await add(storage, WatchKind.RANK, rank=3)
    await sync(storage, ranked(1, 2, 3, 4, 5))
    await sync(storage, ranked(1, 5, 2, 3, 4, hours=1))
    assert await load_open(storage) == []
    assert len(await load_open(storage, NOW + timedelta(hours=2))) == 1


async def test_message_that_cannot_be_sent_takes_up_what_comes_until_it_is_shown(
    storage: Storage,
) -> None:
    await start(storage)
    await add(storage, WatchKind.RANK, rank=3)
    await add(storage, WatchKind.RANK, rank=2)
    await sync(storage, ranked(1, 2, 3, 4, 5))
    await sync(storage, ranked(1, 2, 5, 3, 4, hours=1))
    (message,) = await load_open(storage)
    closed = await storage.direct_messages.mark_attempt(message.id)
    assert closed is not None
    await storage.direct_messages.show_in_server(closed)
    await sync(storage, ranked(1, 5, 2, 3, 4, hours=2))
    assert await load_open(storage) == []
    (shown,) = await storage.direct_messages.load_waiting_in_server(HOME, ADA, 10)
    assert isinstance(shown.content, WatchMessage)
    assert len(shown.content.events) == 2


async def test_message_whose_attempt_failed_waits_for_the_end_of_quiet_hours(
    storage: Storage,
) -> None:
    await start(storage)
    await add(storage, WatchKind.RANK, rank=3)
    await sync(storage, ranked(1, 2, 3, 4, 5))
    await sync(storage, ranked(1, 5, 2, 3, 4, hours=1))
    (message,) = await load_open(storage)
    assert await storage.direct_messages.mark_attempt(message.id)
    await storage.guilds.change_settings(HOME, quiet_from=NOW.hour, quiet_to=NOW.hour + 2)
    assert await storage.direct_messages.load_waiting(NOW, 10) == []
    assert len(await storage.direct_messages.load_waiting(NOW + timedelta(hours=2), 10)) == 1


async def test_message_is_kept_for_thirty_days_after_what_was_added_last(storage: Storage) -> None:
    await start(storage)
    await add(storage, WatchKind.RANK, rank=3)
    await add(storage, WatchKind.RANK, rank=2)
    await sync(storage, ranked(1, 2, 3, 4, 5))
    await sync(storage, ranked(1, 2, 5, 3, 4, hours=1))
    (message,) = await load_open(storage)
    await storage.direct_messages.show_in_server(message)
    later = NOW + timedelta(days=29)
    await sync(storage, ranked(1, 5, 2, 3, 4, hours=2), now=later)
    assert await storage.direct_messages.load_waiting(later + timedelta(days=2), 10) == []
    (shown,) = await storage.direct_messages.load_waiting_in_server(HOME, ADA, 10)
    assert isinstance(shown.content, WatchMessage)
    assert len(shown.content.events) == 2


async def test_last_day_is_told_once_and_again_if_the_deadline_moved(storage: Storage) -> None:
    competition = await start(storage)
    watch = await add(storage, WatchKind.LAST_DAY, competition_id=competition)
    await add(storage, WatchKind.LAST_DAY)
    deadline = NOW + timedelta(days=3)

    async def move(at: datetime) -> None:
        await storage.deadlines.store_listed(
            competition, CompetitionInfo("titanic", at, "Featured"), NOW
        )

    await move(deadline)
    assert await storage.watches.queue_last_days(NOW) == 0
    begun = deadline - timedelta(hours=23)
    assert await storage.watches.find_last_days(begun) == [competition]
    assert await storage.watches.queue_last_days(begun) == 1
    assert await storage.watches.queue_last_days(begun + timedelta(hours=1)) == 0
    assert await load_events(storage) == [LastDayEvent(watch.id, competition, deadline)]
    await move(deadline + timedelta(days=7))
    assert await storage.watches.queue_last_days(begun + timedelta(days=1)) == 0
    assert await storage.watches.queue_last_days(begun + timedelta(days=7)) == 1


@pytest.mark.parametrize("removes_narrow", [True, False])
async def test_what_a_removed_watch_was_to_tell_is_told_by_one_that_asks_for_the_same(
    storage: Storage, removes_narrow: bool
) -> None:
    competition, other = await start(storage), (await follow(storage, HOME, "digits")).id
    narrow = await add(storage, WatchKind.LAST_DAY, competition_id=competition)
    deadline = NOW + timedelta(hours=20)
    for id_, slug in ((competition, "titanic"), (other, "digits")):
        info = CompetitionInfo(slug, deadline, "Featured")
        await storage.deadlines.store_listed(id_, info, NOW)
    wide = await add(storage, WatchKind.LAST_DAY)
    await storage.watches.queue_last_days(NOW)
    removed, left = (narrow, wide) if removes_narrow else (wide, narrow)
    await storage.watches.remove(HOME, ADA, [removed.id])
    told = [
        event.competition_id for event in await load_events(storage) if event.watch_id == left.id
    ]
    assert sorted(told) == sorted([competition, other] if removes_narrow else [competition])


def leaving(hours: float = 9) -> ZoneExit:
    return ZoneExit(MedalZone.SILVER, 5, NOW + timedelta(hours=hours), 9, 7, 12)


async def test_forecast_is_told_once_in_each_server_that_asked(storage: Storage) -> None:
    competition = await start(storage)
    await start(storage, ELSEWHERE)
    await storage.links.link(HOME, BOB, "user4", BOB, NOW)
    assert await storage.watches.find_zone_exit_competitions() == []
    watch = await add(storage, WatchKind.ZONE_EXIT, competition_id=competition)
    await add(storage, WatchKind.ZONE_EXIT)
    await sync(storage, ranked(1, 2, 3, 4, 5))
    assert await storage.watches.find_zone_exit_competitions() == [competition]
    info = await storage.boards.find_info(competition)
    assert info is not None
    board_id = info.board_id
    assert await storage.watches.find_zone_exit_teams(competition, board_id) == {5}
    for hours in (9, 8):
        exits = {4: leaving(1), 5: leaving(hours)}
        await storage.watches.queue_zone_exits(competition, board_id, exits, NOW)
    (message,) = await load_open(storage)
    assert (message.guild_id, message.user_id) == (HOME, ADA)
    (event,) = await load_events(storage)
    assert isinstance(event, ZoneExitEvent)
    assert (event.watch_id, event.zone_exit) == (watch.id, leaving(8))
    assert await storage.direct_messages.mark_attempt(message.id)
    await storage.direct_messages.delete(message.id)
    await storage.watches.queue_zone_exits(competition, board_id, {5: leaving()}, NOW)
    assert await load_open(storage) == []
    # After the danger it is told anew.
    for hours, exits in ((1, {}), (7, {5: leaving()})):
        later = NOW + timedelta(hours=hours)
        await storage.watches.queue_zone_exits(competition, board_id, exits, later)
    assert len(await load_events(storage)) == 1


async def test_danger_that_is_over_while_it_waits_is_taken_back(storage: Storage) -> None:
    competition = await start(storage)
    await add(storage, WatchKind.ZONE_EXIT)
    await sync(storage, ranked(1, 2, 3, 4, 5))
    info = await storage.boards.find_info(competition)
    assert info is not None
    for exits in ({5: leaving()}, {}):
        await storage.watches.queue_zone_exits(competition, info.board_id, exits, NOW)
    assert await load_open(storage) == []
    assert await count(storage, "watch_baselines") == 0


@pytest.mark.parametrize("end", ["unfollow", "unlink", "pause", "remove"])
async def test_no_forecast_is_told_after(storage: Storage, end: str) -> None:
    competition = await start(storage)
    watch = await add(storage, WatchKind.ZONE_EXIT)
    await sync(storage, ranked(1, 2, 3, 4, 5))
    info = await storage.boards.find_info(competition)
    assert info is not None
    match end:
        case "unfollow":
            await storage.guilds.unfollow(HOME, "titanic", NOW)
        case "unlink":
            await storage.links.unlink(HOME, ADA)
        case "pause":
            await storage.guilds.pause(HOME, "titanic")
        case "remove":
            await storage.watches.remove(HOME, ADA, [watch.id])
    await storage.watches.queue_zone_exits(competition, info.board_id, {5: leaving()}, NOW)
    assert await load_open(storage) == []


async def test_watches_move_with_a_renamed_competition(storage: Storage) -> None:
    competition = await start(storage)
    await add(storage, WatchKind.RANK, rank=3, competition_id=competition)
    await sync(storage, ranked(1, 2, 3, 4, 5))
    await sync(storage, ranked(1, 5, 2, 3, 4, hours=1))
    other = await storage.competitions.add_for_owner("titanic-2")
    kept = await storage.competition_renames.rename(competition, "titanic-2", LATER)
    assert kept in {competition, other.id}
    (watch,) = await storage.watches.load(HOME, ADA)
    assert watch.competition_id == kept


async def test_what_waits_under_the_new_name_of_a_renamed_competition_is_told(
    storage: Storage,
) -> None:
    old = await storage.competitions.add_for_owner("titanic")
    await sync(storage, ranked(1, 2, 3, 4, 5))
    new = await follow(storage, HOME, "titanic-2")
    await storage.links.link(HOME, ADA, "user5", ADA, NOW)
    await add(storage, WatchKind.RANK, rank=3, competition_id=new.id)
    await sync(storage, replace(ranked(1, 2, 3, 4, 5), slug="titanic-2"))
    await sync(storage, replace(ranked(1, 5, 2, 3, 4, hours=1), slug="titanic-2"))
    assert [event.competition_id for event in await load_events(storage)] == [new.id]
    assert await storage.competition_renames.rename(old.id, "titanic-2", LATER) == old.id
    assert [event.competition_id for event in await load_events(storage)] == [old.id]


async def test_watches_of_both_names_of_a_renamed_competition_are_kept_once(
    storage: Storage,
) -> None:
    old = await start(storage)
    new = await follow(storage, HOME, "titanic-2")
    both = await add(storage, WatchKind.RANK, rank=2, competition_id=old)
    await add(storage, WatchKind.RANK, rank=2, competition_id=new.id)
    rank = await add(storage, WatchKind.RANK, rank=3, competition_id=new.id)
    rival = await add(storage, WatchKind.RIVAL, rival_user_name="user6", competition_id=new.id)
    last_day = await add(storage, WatchKind.LAST_DAY, competition_id=new.id)
    everywhere = await add(storage, WatchKind.LAST_DAY)
    await sync(storage, ranked(1, 2, 3, 4, 5, 6))
    deadline = NOW + timedelta(hours=20)
    for competition_id, slug in ((old, "titanic"), (new.id, "titanic-2")):
        info = CompetitionInfo(slug, deadline, "Featured")
        await storage.deadlines.store_listed(competition_id, info, NOW)
    assert await storage.watches.queue_last_days(NOW) == 2
    assert await storage.competition_renames.rename(old, "titanic-2", LATER) == old
    watches = await storage.watches.load(HOME, ADA)
    assert [watch.id for watch in watches] == [
        each.id for each in (both, rank, rival, last_day, everywhere)
    ]
    assert {watch.competition_id for watch in watches} == {None, old}
    assert await storage.watches.queue_last_days(NOW) == 0, "told before"


async def test_message_that_cannot_be_read_keeps_back_no_board_and_no_other_message(
    storage: Storage,
) -> None:
    await start(storage)
    await add(storage, WatchKind.RANK, rank=3)
    await sync(storage, ranked(1, 2, 3, 4, 5))
    await storage.database.change(
        "INSERT INTO direct_messages (guild_id, user_id, message, created_at, is_open)"
        " VALUES (?, ?, ?, ?, 1)",
        (HOME, ADA, '{"type": "of a later version"}', int(NOW.timestamp())),
    )
    await sync(storage, ranked(1, 5, 2, 3, 4, hours=1))
    assert len(await load_events(storage)) == 1
