from datetime import timedelta

from records.outbox import Announcement
from storage.news.deferred_news import add_or_defer
from storage.storage import Storage
from tests.storage.examples import NOW, count, follow
from tests.storage.news.test_outbox import NEWS


async def test_news_of_a_server_without_a_channel_is_dropped_when_quiet_hours_end(
    storage: Storage,
) -> None:
    await storage.guilds.change_settings(
        1, channel_id=50, time_zone="UTC", quiet_from=NOW.hour, quiet_to=NOW.hour + 1
    )
    competition = await follow(storage, 1)
    async with storage.database.write() as connection:
        announcement = Announcement(1, 50, competition.id, NEWS)
        assert await add_or_defer(connection, competition.id, [announcement], NOW) == 0
    await storage.guilds.change_settings(1, channel_id=None)
    await storage.deferred_news.release(NOW + timedelta(hours=2))
    await storage.guilds.change_settings(1, channel_id=77)
    assert await storage.deferred_news.release(NOW + timedelta(days=60)) == 0
    assert await count(storage, "deferred_news") == 0
