from leaderboards.news.channel_mode import ChannelMode
from storage.storage import Storage
from tests.storage.examples import delete_guild


async def test_modes_belong_to_one_server_and_are_deleted_with_it(storage: Storage) -> None:
    await storage.channels.set_mode(1, 50, ChannelMode.BIG)
    await storage.channels.set_mode(1, 51, ChannelMode.DIGEST)
    await storage.channels.set_mode(1, 50, ChannelMode.EVERYTHING)
    assert await storage.channels.load_modes(1) == {
        50: ChannelMode.EVERYTHING,
        51: ChannelMode.DIGEST,
    }
    assert await storage.channels.load_modes(2) == {}
    await delete_guild(storage, 1)
    assert await storage.channels.load_modes(1) == {}
