from datetime import UTC, datetime

from leaderboards.news.channel_mode import ChannelMode
from records.guilds import NewsChannel
from storage.storage import Storage
from tests.storage.examples import delete_guild

NOW = datetime(2026, 1, 1, tzinfo=UTC)


async def test_modes_belong_to_one_server_and_are_deleted_with_it(storage: Storage) -> None:
    for guild_id in (1, 2):
        await storage.guilds.change_settings(guild_id, channel_id=50)
    await storage.channels.set_mode(1, 50, ChannelMode.BIG)
    await storage.channels.set_mode(1, 50, ChannelMode.DIGEST)
    assert await storage.channels.load_news_channels(1) == [NewsChannel(50, ChannelMode.DIGEST, ())]
    assert await storage.channels.load_news_channels(2) == [
        NewsChannel(50, ChannelMode.EVERYTHING, ())
    ]
    await delete_guild(storage, 1)
    await storage.guilds.change_settings(1, channel_id=50)
    assert await storage.channels.load_news_channels(1) == [
        NewsChannel(50, ChannelMode.EVERYTHING, ())
    ]


async def test_channels_with_news_are_those_of_running_competitions(storage: Storage) -> None:
    assert await storage.channels.load_news_channels(1) == []
    await storage.guilds.change_settings(1, channel_id=50)
    for slug, channel_id in (("titanic", None), ("house-prices", 51), ("spaceship", 51)):
        competition = await storage.competitions.add_for_owner(slug)
        await storage.guilds.follow(1, competition.id, channel_id, 7, NOW, None)
    await storage.channels.set_mode(1, 51, ChannelMode.BIG)
    await storage.channels.set_mode(1, 99, ChannelMode.BIG)
    own = NewsChannel(50, ChannelMode.EVERYTHING, ("Titanic",))
    other = NewsChannel(51, ChannelMode.BIG, ("House Prices", "Spaceship"))
    assert await storage.channels.load_news_channels(1) == [own, other]
    await storage.database.change(
        "UPDATE competitions SET ended_at = 1, archived_at = 1"
        " WHERE slug IN ('house-prices', 'spaceship')"
    )
    assert await storage.channels.load_news_channels(1) == [own]
