from datetime import timedelta

from leaderboards.medals import Zone
from leaderboards.messages import Message
from leaderboards.news import FollowedMessage, Item, NewsMessage, Passed, Reason
from storage import outbox
from storage.outbox import OutboxRow
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
            zone=Zone.GOLD,
            zone_before=None,
            passed=(Passed((5,), "001", 11),),
        ),
    ),
    more=2,
)


async def put(storage: Storage, channel_id: int, message: Message = MESSAGE) -> None:
    competition = await storage.competitions.add("titanic")
    async with storage.database.write() as connection:
        await connection.execute("INSERT INTO guilds (guild_id) VALUES (1) ON CONFLICT DO NOTHING")
        await outbox.add(
            connection,
            guild_id=1,
            channel_id=channel_id,
            competition_id=competition.id,
            message=message,
            now=NOW,
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
        delivered.append(row.message.team_count)
        await storage.outbox.delivered(row.id, message_id=1_000 + row.id, now=LATER)
    assert delivered == [1, 3]
    assert [row.channel_id for row in await heads(storage)] == [50]
    assert await storage.outbox.depth() == 2
    assert await storage.outbox.depth_of(1) == 2
    assert await storage.outbox.depth_of(2) == 0


async def test_an_attempt_is_known_before_its_outcome(storage: Storage) -> None:
    await put(storage, 50)
    before = await head(storage, 50)
    for minute in (1, 2):
        await storage.outbox.attempting(before.id, NOW + timedelta(minutes=minute))
    row = await head(storage, 50)
    assert (row.attempts, row.attempted_at) == (2, NOW + timedelta(minutes=1))
    assert row.nonce == before.nonce


async def test_a_refused_attempt_leaves_nothing_to_look_for(storage: Storage) -> None:
    await put(storage, 50)
    row = await head(storage, 50)
    await storage.outbox.attempting(row.id, NOW)
    await storage.outbox.failed(row.id, "Discord answered with an error (502).", refused=False)
    assert (await head(storage, 50)).attempted_at == NOW
    await storage.outbox.failed(row.id, "The channel is gone.", refused=True)
    assert (await head(storage, 50)).attempted_at is None


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
    await storage.guilds.remove(1)
    assert await count(storage, "outbox") == 0
    await put(storage, 50)
    assert (await head(storage, 50)).id > first.id
