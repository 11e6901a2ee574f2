from datetime import timedelta

import pytest

from leaderboards.medals import MedalZone
from leaderboards.news.items import Item, NewsMessage, Passed, Reason
from leaderboards.news.messages import FollowedMessage, Message
from records.outbox import Announcement, OutboxRow
from storage.news import outbox
from storage.servers.guild_settings import ensure_guild
from storage.storage import Storage
from tests.storage.examples import LATER, MESSAGE, NOW, count, follow, heads

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
            passed=(Passed((5,), "001", 11),),
        ),
    ),
    more=2,
)


async def put(storage: Storage, channel_id: int, message: Message = MESSAGE) -> None:
    competition = await storage.competitions.add("titanic")
    async with storage.database.write() as connection:
        await ensure_guild(connection, 1)
        await outbox.add(
            connection,
            Announcement(1, channel_id, competition.id, message),
            NOW,
        )


async def head(storage: Storage, channel_id: int) -> OutboxRow:
    row = await storage.outbox.next(channel_id)
    assert row is not None
    return row


async def test_a_message_comes_back_as_it_was_put_in(storage: Storage) -> None:
    await put(storage, 50, NEWS)
    row = await head(storage, 50)
    assert row.message == NEWS
    assert (row.guild_id, row.channel_id, row.created_at) == (1, 50, NOW)
    assert (row.attempts, row.attempted_at, row.error) == (0, None, None)


async def test_each_row_has_a_nonce_of_its_own_that_discord_takes(storage: Storage) -> None:
    for channel_id in range(50):
        await put(storage, channel_id)
    nonces = {row.nonce for row in await heads(storage)}
    assert len(nonces) == 50
    assert all(len(nonce) <= 25 for nonce in nonces)


async def test_each_channel_gets_its_messages_in_order(storage: Storage) -> None:
    for number, channel_id in enumerate([50, 60, 50, 60]):
        await put(storage, channel_id, FollowedMessage("titanic", number, 0))
    assert [row.channel_id for row in await heads(storage)] == [50, 60]
    delivered = []
    while row := await storage.outbox.next(60):
        assert isinstance(row.message, FollowedMessage)
        more = await storage.outbox.delivered(row.id, message_id=1_000 + row.id, now=LATER)
        delivered.append((row.message.team_count, more))
    assert delivered == [(1, True), (3, False)]
    assert [row.channel_id for row in await heads(storage)] == [50]
    assert await storage.outbox.depth() == 2
    assert await storage.outbox.depth_of(1) == 2
    assert await storage.outbox.depth_of(2) == 0


async def test_an_attempt_is_known_before_its_outcome(storage: Storage) -> None:
    await put(storage, 50)
    before = await head(storage, 50)
    for minute in (1, 2):
        row = await storage.outbox.attempting(before, NOW + timedelta(minutes=minute), 7)
    assert row == await head(storage, 50)
    assert (row.attempts, row.attempted_at) == (2, NOW + timedelta(minutes=1))
    assert row.nonce == before.nonce


async def test_a_refused_attempt_leaves_nothing_to_look_for(storage: Storage) -> None:
    await put(storage, 50)
    row = await head(storage, 50)
    await storage.outbox.attempting(row, NOW, 7)
    await storage.outbox.failed(row.id, "Discord answered with an error (502).", refused=False)
    assert (await head(storage, 50)).attempted_at == NOW
    await storage.outbox.failed(row.id, "The channel is gone.", refused=True)
    row = await head(storage, 50)
    assert (row.attempted_at, row.after_id) == (None, None)


async def test_a_message_is_looked_for_after_the_newest_one_known_before_its_first_attempt(
    storage: Storage,
) -> None:
    minute = 60_000 << 22
    for channel_id in (50, 60, 70):
        await put(storage, channel_id)
    first, second, third = [await head(storage, channel_id) for channel_id in (50, 60, 70)]
    attempted = await storage.outbox.attempting(first, NOW, 7)
    assert attempted is not None
    assert attempted.after_id == 7
    await storage.outbox.delivered(first.id, message_id=10 * minute, now=NOW)
    attempted = await storage.outbox.attempting(second, NOW, 7)
    assert attempted is not None
    assert attempted.after_id == 9 * minute
    attempted = await storage.outbox.attempting(third, NOW, 20 * minute)
    assert attempted is not None
    assert attempted.after_id == 20 * minute
    again = await storage.outbox.attempting(third, NOW, 30 * minute)
    assert again is not None
    assert again.after_id == 20 * minute


async def test_what_is_set_aside_lets_the_next_one_go_on(storage: Storage) -> None:
    await put(storage, 50)
    await put(storage, 50)
    first = await head(storage, 50)
    await storage.outbox.attempting(first, NOW, 7)
    await storage.outbox.set_aside(first.id, "Discord refuses the message.", LATER)
    second = await head(storage, 50)
    assert second.id == first.id + 1
    assert await storage.outbox.depth_of(1) == 1
    assert await storage.outbox.last_errors(1) == []
    (given_up,) = await storage.outbox.given_up(1, NOW)
    assert (given_up.id, given_up.error) == (first.id, "Discord refuses the message.")
    assert given_up.message == MESSAGE
    assert await storage.outbox.given_up(1, LATER + timedelta(seconds=1)) == []
    assert await storage.outbox.given_up(2, NOW) == []
    assert await storage.outbox.attempting(first, NOW, 7) is None


async def test_doubts_about_a_message_count_only_in_a_row(storage: Storage) -> None:
    await put(storage, 50)
    counted = []
    row = await head(storage, 50)
    for doubtful in (True, True, False, True):
        await storage.outbox.failed(row.id, "why", refused=True, doubtful=doubtful)
        counted.append((await head(storage, 50)).doubtful_tries)
    assert counted == [1, 2, 0, 1]


async def test_what_moved_while_it_was_taken_up_is_not_attempted_where_it_was(
    storage: Storage,
) -> None:
    await put(storage, 50)
    row = await head(storage, 50)
    await storage.guilds.change_settings(1, channel_id=60)
    assert await storage.outbox.attempting(row, NOW, 7) is None
    assert (await head(storage, 60)).attempts == 0


async def test_what_may_stand_in_its_channel_does_not_move_unless_that_is_gone(
    storage: Storage,
) -> None:
    await storage.guilds.change_settings(1, channel_id=50)
    await put(storage, 50)
    await put(storage, 50)
    first = await head(storage, 50)
    await storage.outbox.attempting(first, NOW, 7)
    await storage.guilds.change_settings(1, channel_id=60)
    assert [(row.id, row.channel_id) for row in await heads(storage)] == [
        (first.id, 50),
        (first.id + 1, 60),
    ]
    await storage.guilds.remove_channel(1, 50)
    moved = await head(storage, 60)
    assert (moved.id, moved.attempted_at, moved.after_id) == (first.id, None, None)
    assert await storage.outbox.channels() == [60]


async def test_nothing_is_sent_to_a_server_that_the_bot_left_until_it_is_back(
    storage: Storage,
) -> None:
    await put(storage, 50)
    await storage.guilds.mark_left(1, NOW)
    assert await storage.outbox.channels() == []
    assert await storage.outbox.next(50) is None
    await storage.guilds.mark_returned(1)
    assert await storage.outbox.channels() == [50]


async def test_no_row_has_a_number_that_discord_gives_to_components(storage: Storage) -> None:
    await put(storage, 50)
    assert (await head(storage, 50)).id > 40


async def test_a_message_in_a_form_that_is_not_known_keeps_its_row_readable(
    storage: Storage,
) -> None:
    await put(storage, 50)
    async with storage.database.write() as connection:
        await connection.execute("UPDATE outbox SET message = '{}', error = 'why'")
    (row,) = await storage.outbox.last_errors(1)
    assert row.error == "why"
    with pytest.raises(ValueError, match="Unable to extract tag"):
        _ = row.message


async def test_what_failed_waits_and_says_why_until_it_is_delivered(storage: Storage) -> None:
    await put(storage, 50)
    await put(storage, 60)
    row = await head(storage, 50)
    await storage.outbox.failed(row.id, "Discord does not let the bot write there.", refused=True)
    (failed,) = await storage.outbox.last_errors(1)
    assert (failed.id, failed.error) == (row.id, "Discord does not let the bot write there.")
    assert await storage.outbox.last_errors(2) == []
    assert await storage.outbox.depth() == 2
    await storage.outbox.delivered(row.id, message_id=1, now=LATER)
    assert await storage.outbox.last_errors(1) == []


async def test_numbers_are_never_given_twice(storage: Storage) -> None:
    await follow(storage, 1, channel_id=50)
    first = await head(storage, 50)
    await storage.guilds.delete(1)
    assert await count(storage, "outbox") == 0
    await put(storage, 50)
    assert (await head(storage, 50)).id > first.id


async def test_what_was_told_long_ago_is_forgotten_but_for_what_is_still_needed(
    storage: Storage,
) -> None:
    for guild_id in range(1, 7):
        await follow(storage, guild_id, channel_id=50 + guild_id)
    told, newest, aside, waiting, live, late = await heads(storage)
    await storage.outbox.delivered(told.id, 100, NOW)
    await storage.outbox.delivered(newest.id, 200, NOW)
    await storage.outbox.set_aside(aside.id, "refused", NOW)
    await storage.outbox.delivered(live.id, 150, NOW)
    await storage.outbox.delivered(late.id, 160, LATER)
    async with storage.database.write() as connection:
        await connection.execute(
            "INSERT INTO live_boards (guild_id, competition_id, channel_id, outbox_id)"
            " VALUES (?, ?, 50, ?)",
            (live.guild_id, live.competition_id, live.id),
        )
    assert await storage.outbox.clear(LATER, limit=1)
    assert await storage.outbox.clear(LATER)
    assert not await storage.outbox.clear(LATER)
    async with storage.database.read() as connection:
        left = {id_ for (id_,) in await connection.execute_fetchall("SELECT id FROM outbox")}
    assert left == {newest.id, waiting.id, live.id, late.id}
