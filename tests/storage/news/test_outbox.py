from dataclasses import replace
from datetime import timedelta

import pytest

from leaderboards.medals import MedalZone
from leaderboards.news.deadlines import DeadlineKind, ReminderMessage
from leaderboards.news.digest import DigestKind, DigestMessage
from leaderboards.news.items import Item, NewsMessage, PassedTeam, Reason
from leaderboards.news.messages import FollowedMessage, Message, RescoredMessage
from records.outbox import Announcement, OutboxMessage, OutboxRow
from storage.news import outbox
from storage.servers.guild_settings import ensure_guild
from storage.storage import Storage
from tests.storage.examples import LATER, MESSAGE, NOW, count, delete_guild, follow, load_next_rows

NEWS = NewsMessage(
    slug="titanic",
    taken_at=NOW,
    team_count=15_739,
    items=(
        Item(
            reasons=(Reason.ZONE, Reason.BEST),
            team_id=3,
            team_name='NaN, "the" \u202eteam 🦆',
            user_ids=(2**63 - 1,),
            mention_ids=(),
            rank=10,
            rank_before=None,
            score_text="0.91000",
            score_text_before="0.9",
            medal_zone=MedalZone.GOLD,
            medal_zone_before=None,
            passed=(PassedTeam((5,), "001", 11),),
        ),
    ),
    more=2,
)


async def put(storage: Storage, channel_id: int, message: Message = MESSAGE) -> None:
    competition = await storage.competitions.add_for_owner("titanic")
    async with storage.database.write() as connection:
        await ensure_guild(connection, 1)
        await outbox.add(
            connection,
            Announcement(1, channel_id, competition.id, message),
            NOW,
        )


async def find_next(storage: Storage, channel_id: int) -> OutboxRow:
    row = await storage.outbox.find_next(channel_id)
    assert row is not None
    return row


async def begin_attempt(
    storage: Storage, row: OutboxRow, minute: int = 0, known_id: int = 7
) -> OutboxMessage:
    """Start an attempt to send a row."""
    at = NOW + timedelta(minutes=minute)
    message = await storage.outbox.mark_attempt(row, at, known_id)
    assert message is not None
    return message


async def test_message_is_loaded_unchanged(storage: Storage) -> None:
    await put(storage, 50, NEWS)
    row = await find_next(storage, 50)
    assert (row.guild_id, row.channel_id, row.created_at) == (1, 50, NOW)
    assert (row.kind, row.failures, row.attempted_at, row.error) == ("news", 0, None, None)
    assert (await begin_attempt(storage, row)).content == NEWS


async def test_nonces_are_unique_and_short_enough_for_discord(storage: Storage) -> None:
    for channel_id in range(50):
        await put(storage, channel_id)
    nonces = {(await begin_attempt(storage, row)).nonce for row in await load_next_rows(storage)}
    assert len(nonces) == 50
    assert all(len(nonce) <= 25 for nonce in nonces)


async def test_each_channel_gets_its_messages_in_order(storage: Storage) -> None:
    for number, channel_id in enumerate([50, 60, 50, 60]):
        await put(storage, channel_id, FollowedMessage("titanic", number, 0))
    assert [row.channel_id for row in await load_next_rows(storage)] == [50, 60]
    delivered = []
    while row := await storage.outbox.find_next(60):
        message = (await begin_attempt(storage, row)).content
        assert isinstance(message, FollowedMessage)
        more = await storage.outbox.mark_delivered(row.id, message_id=1_000 + row.id, now=LATER)
        delivered.append((message.team_count, more))
    assert delivered == [(1, True), (3, False)]
    assert [row.channel_id for row in await load_next_rows(storage)] == [50]
    assert await storage.outbox.count_waiting() == 2
    assert await storage.outbox.count_waiting_by_guild(1) == 2
    assert await storage.outbox.count_waiting_by_guild(2) == 0


async def test_attempt_is_recorded_before_its_outcome(storage: Storage) -> None:
    await put(storage, 50)
    before = await find_next(storage, 50)
    first, second = [await begin_attempt(storage, before, minute) for minute in (1, 2)]
    assert second.row == await find_next(storage, 50)
    assert second.row.attempted_at == NOW + timedelta(minutes=1)
    assert second.nonce == first.nonce


async def test_refused_attempt_needs_no_search(storage: Storage) -> None:
    await put(storage, 50)
    row = await find_next(storage, 50)
    await storage.outbox.mark_attempt(row, NOW, 7)
    await storage.outbox.record_failure(
        row.id, "Discord answered with an error (502).", not_sent=False
    )
    assert (await find_next(storage, 50)).attempted_at == NOW
    await storage.outbox.record_failure(row.id, "The channel is gone.", not_sent=True)
    row = await find_next(storage, 50)
    assert (row.attempted_at, row.after_id) == (None, None)


async def test_oldest_row_that_could_be_sent(storage: Storage) -> None:
    oldest = storage.outbox.find_oldest_deliverable
    assert await oldest() is None
    for channel_id in (50, 50, 60):
        await put(storage, channel_id)
    assert await oldest() == NOW
    for channel_id, fault in ((50, {"channel_closed": True}), (60, {"message_suspect": True})):
        row = await find_next(storage, channel_id)
        await storage.outbox.record_failure(row.id, "No.", not_sent=True, **fault)
    assert await oldest() is None
    row = await find_next(storage, 50)
    await storage.outbox.record_failure(row.id, "Discord could not be reached.", not_sent=False)
    assert await oldest() == NOW


async def test_row_of_a_closed_channel_stays_one_when_it_is_merged(storage: Storage) -> None:
    for _ in range(2):
        await put(storage, 50, NEWS)
    row = await find_next(storage, 50)
    await storage.outbox.record_failure(row.id, "No.", not_sent=True, channel_closed=True)
    await storage.outbox.merge_waiting(50, LATER)
    assert await storage.outbox.count_waiting() == 1
    assert await storage.outbox.find_oldest_deliverable() is None


async def test_search_starts_after_the_newest_message_before_the_first_attempt(
    storage: Storage,
) -> None:
    minute = 60_000 << 22
    for channel_id in (50, 60, 70):
        await put(storage, channel_id)
    first, second, third = [await find_next(storage, channel_id) for channel_id in (50, 60, 70)]
    assert (await begin_attempt(storage, first)).row.after_id == 7
    await storage.outbox.mark_delivered(first.id, message_id=10 * minute, now=NOW)
    assert (await begin_attempt(storage, second)).row.after_id == 9 * minute
    assert (await begin_attempt(storage, third, known_id=20 * minute)).row.after_id == 20 * minute
    assert (await begin_attempt(storage, third, known_id=30 * minute)).row.after_id == 20 * minute


async def test_row_after_an_abandoned_one_is_sent(storage: Storage) -> None:
    await put(storage, 50)
    await put(storage, 50)
    first = await find_next(storage, 50)
    await storage.outbox.mark_attempt(first, NOW, 7)
    await storage.outbox.abandon(first.id, "Discord refuses the message.", LATER)
    second = await find_next(storage, 50)
    assert second.id == first.id + 1
    assert await storage.outbox.count_waiting_by_guild(1) == 1
    assert await storage.outbox.load_failing(1) == []
    (abandoned,) = await storage.outbox.load_abandoned(1, NOW)
    assert (abandoned.id, abandoned.error) == (first.id, "Discord refuses the message.")
    assert abandoned.kind == MESSAGE.type
    assert await storage.outbox.load_abandoned(1, LATER + timedelta(seconds=1)) == []
    assert await storage.outbox.load_abandoned(2, NOW) == []
    assert await storage.outbox.mark_attempt(first, NOW, 7) is None


async def test_only_consecutive_suspect_failures_count(storage: Storage) -> None:
    await put(storage, 50)
    counted = []
    row = await find_next(storage, 50)
    for message_suspect in (True, True, False, True):
        await storage.outbox.record_failure(
            row.id, "why", not_sent=True, message_suspect=message_suspect
        )
        counted.append((await find_next(storage, 50)).suspect_failures)
    assert counted == [1, 2, 0, 1]


async def test_moved_row_is_not_attempted_in_its_old_channel(
    storage: Storage,
) -> None:
    await put(storage, 50)
    row = await find_next(storage, 50)
    await storage.guilds.change_settings(1, channel_id=60)
    assert await storage.outbox.mark_attempt(row, NOW, 7) is None
    assert (await find_next(storage, 60)).attempted_at is None


async def test_row_that_may_have_been_sent_moves_only_from_a_deleted_channel(
    storage: Storage,
) -> None:
    await storage.guilds.change_settings(1, channel_id=50)
    await put(storage, 50)
    await put(storage, 50)
    first = await find_next(storage, 50)
    await storage.outbox.mark_attempt(first, NOW, 7)
    await storage.guilds.change_settings(1, channel_id=60)
    assert [(row.id, row.channel_id) for row in await load_next_rows(storage)] == [
        (first.id, 50),
        (first.id + 1, 60),
    ]
    await storage.guilds.remove_channel(1, 50)
    moved = await find_next(storage, 60)
    assert (moved.id, moved.attempted_at, moved.after_id) == (first.id, None, None)
    assert await storage.outbox.load_waiting_channels() == [60]


async def test_nothing_is_sent_to_a_server_that_the_bot_left_until_it_is_back(
    storage: Storage,
) -> None:
    await put(storage, 50)
    await storage.guilds.mark_left(1, NOW)
    assert await storage.outbox.load_waiting_channels() == []
    assert await storage.outbox.find_next(50) is None
    await storage.guilds.mark_rejoined(1)
    assert await storage.outbox.load_waiting_channels() == [50]


async def test_row_ids_are_above_those_of_discords_components(storage: Storage) -> None:
    await put(storage, 50)
    assert (await find_next(storage, 50)).id > 40


async def test_row_with_a_message_of_unknown_type_is_readable(
    storage: Storage,
) -> None:
    await put(storage, 50)
    async with storage.database.write() as connection:
        await connection.execute("UPDATE outbox SET message = '{}', error = 'why'")
    (row,) = await storage.outbox.load_failing(1)
    assert (row.error, row.kind) == ("why", "")
    with pytest.raises(ValueError, match="Unable to extract tag"):
        _ = (await begin_attempt(storage, row)).content


async def test_row_with_invalid_json_is_readable(storage: Storage) -> None:
    await put(storage, 50)
    async with storage.database.write() as connection:
        await connection.execute("UPDATE outbox SET message = 'no json'")
    assert (await find_next(storage, 50)).kind == ""


async def test_member_deleted_after_the_row_was_read_is_not_in_the_message(
    storage: Storage,
) -> None:
    await put(storage, 50, NEWS)
    row = await find_next(storage, 50)
    await storage.privacy.delete_member_data(5)
    message = (await begin_attempt(storage, row)).content
    assert message.user_ids() == {2**63 - 1}


async def test_failed_row_shows_its_error_until_it_is_delivered(storage: Storage) -> None:
    await put(storage, 50)
    await put(storage, 60)
    row = await find_next(storage, 50)
    await storage.outbox.record_failure(
        row.id, "Discord does not let the bot write there.", not_sent=True
    )
    (failed,) = await storage.outbox.load_failing(1)
    assert (failed.id, failed.error) == (row.id, "Discord does not let the bot write there.")
    assert await storage.outbox.load_failing(2) == []
    assert await storage.outbox.count_waiting() == 2
    await storage.outbox.mark_delivered(row.id, message_id=1, now=LATER)
    assert await storage.outbox.load_failing(1) == []


async def test_row_ids_are_never_reused(storage: Storage) -> None:
    await follow(storage, 1, channel_id=50)
    first = await find_next(storage, 50)
    await delete_guild(storage, 1)
    assert await count(storage, "outbox") == 0
    await put(storage, 50)
    assert (await find_next(storage, 50)).id > first.id


async def test_delete_settled_keeps_rows_that_are_still_needed(
    storage: Storage,
) -> None:
    for guild_id in range(1, 7):
        await follow(storage, guild_id, channel_id=50 + guild_id)
    delivered, newest, abandoned, waiting, live, recent = await load_next_rows(storage)
    await storage.outbox.mark_delivered(delivered.id, 100, NOW)
    await storage.outbox.mark_delivered(newest.id, 200, NOW)
    await storage.outbox.abandon(abandoned.id, "refused", NOW)
    await storage.outbox.mark_delivered(live.id, 150, NOW)
    await storage.outbox.mark_delivered(recent.id, 160, LATER)
    async with storage.database.write() as connection:
        await connection.execute(
            "INSERT INTO live_boards (guild_id, competition_id, channel_id, outbox_id)"
            " VALUES (?, ?, 50, ?)",
            (live.guild_id, live.competition_id, live.id),
        )
    assert await storage.outbox.delete_settled(LATER, limit=1)
    assert await storage.outbox.delete_settled(LATER)
    assert not await storage.outbox.delete_settled(LATER)
    async with storage.database.read() as connection:
        left = {id_ for (id_,) in await connection.execute_fetchall("SELECT id FROM outbox")}
    assert left == {newest.id, waiting.id, live.id, recent.id}


async def test_delete_settled_deletes_abandoned_rows_although_nothing_was_ever_delivered(
    storage: Storage,
) -> None:
    await put(storage, 50)
    row = await find_next(storage, 50)
    await storage.outbox.abandon(row.id, "refused", NOW)
    assert await storage.outbox.delete_settled(LATER)
    assert await storage.outbox.load_abandoned(1, NOW) == []


async def load_waiting(storage: Storage, channel_id: int) -> list[Message]:
    """Return the messages that wait for a channel, in their order, as if all were sent."""
    messages = []
    while (row := await storage.outbox.find_next(channel_id)) is not None:
        messages.append((await begin_attempt(storage, row)).content)
        await storage.outbox.mark_delivered(row.id, 1_000 + row.id, LATER)
    return messages


async def test_merge_waiting_merges_by_kind_and_drops_what_is_over(storage: Storage) -> None:
    day = timedelta(days=1)
    later_news = replace(NEWS, taken_at=NOW + day)
    daily, weekly = DigestKind.DAILY, DigestKind.WEEKLY
    newest = DigestMessage(daily, NOW + day, NOW + 2 * day, ())
    week = DigestMessage(weekly, NOW, NOW + 7 * day, ())
    for message in (
        MESSAGE,
        NEWS,
        ReminderMessage("titanic", DeadlineKind.FINAL, NOW + day, 3),
        DigestMessage(daily, NOW, NOW + day, ()),
        ReminderMessage("titanic", DeadlineKind.MERGER, NOW + 7 * day, 3),
        week,
        later_news,
        newest,
    ):
        await put(storage, 50, message)
    await put(storage, 51, NEWS)
    await storage.outbox.merge_waiting(50, NOW + 3 * day)
    assert await load_waiting(storage, 50) == [
        MESSAGE,
        ReminderMessage("titanic", DeadlineKind.MERGER, NOW + 7 * day, 3),
        week,
        replace(NEWS, taken_at=NOW + day, since=NOW, waited=True),
        newest,
    ]
    assert await load_waiting(storage, 51) == [NEWS]


async def test_equal_reminders_that_waited_for_a_channel_become_one(storage: Storage) -> None:
    # Those of a week and of a day ahead, if no member has come to the board meanwhile.
    reminder = ReminderMessage("titanic", DeadlineKind.FINAL, NOW + timedelta(days=7), 3)
    for _ in range(2):
        await put(storage, 50, reminder)
    await storage.outbox.merge_waiting(50, NOW + timedelta(days=6))
    assert await load_waiting(storage, 50) == [reminder]


async def test_merge_waiting_keeps_news_apart_that_a_correction_separates(
    storage: Storage,
) -> None:
    day = timedelta(days=1)
    after = replace(NEWS, taken_at=NOW + 2 * day, rescored_at=NOW + day)
    for message in (NEWS, RescoredMessage("titanic", NOW + day, 15_739), after):
        await put(storage, 50, message)
    await storage.outbox.merge_waiting(50, NOW + 3 * day)
    assert await load_waiting(storage, 50) == [
        RescoredMessage("titanic", NOW + day, 15_739),
        replace(after, waited=True),
    ]


async def test_corrections_that_waited_for_a_channel_become_one_message(storage: Storage) -> None:
    day = timedelta(days=1)
    corrections = [RescoredMessage("titanic", NOW + number * day, 100) for number in range(3)]
    for message in corrections:
        await put(storage, 50, message)
    await storage.outbox.merge_waiting(50, NOW + 3 * day)
    assert await load_waiting(storage, 50) == corrections[-1:]


async def test_merge_waiting_leaves_what_may_have_been_sent(storage: Storage) -> None:
    for _ in range(3):
        await put(storage, 50, NEWS)
    await begin_attempt(storage, await find_next(storage, 50))
    await storage.outbox.merge_waiting(50, NOW + timedelta(days=2))
    row = await find_next(storage, 50)
    assert row.attempted_at is not None
    first, second = await load_waiting(storage, 50)
    assert first == NEWS
    assert isinstance(second, NewsMessage)
    assert second.waited
