from datetime import timedelta

from leaderboards.competition_info import CompetitionInfo
from storage.storage import Storage
from tests.storage.examples import NOW, count, follow


async def test_waiting_message_of_an_unknown_form_does_not_hold_up_deadlines(
    storage: Storage,
) -> None:
    await storage.guilds.change_settings(1, channel_id=50)
    competition = await follow(storage, 1)
    listed = CompetitionInfo("titanic", deadline=NOW + timedelta(days=30))
    await storage.deadlines.store_listed(competition.id, listed, NOW)
    await storage.competitions.schedule_info(competition.id, NOW)
    await storage.database.change(
        "UPDATE outbox SET message = ? WHERE guild_id = 1", ('{"type": "deadline_moved"}',)
    )
    moved = CompetitionInfo("titanic", deadline=NOW + timedelta(days=40))
    assert await storage.deadlines.store_listed(competition.id, moved, NOW) == 1
    assert await count(storage, "outbox") == 2, "it is abandoned when it is sent"
