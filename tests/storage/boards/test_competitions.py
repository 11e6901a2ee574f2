from datetime import timedelta

from leaderboards.board import BoardKind
from leaderboards.competition_info import CompetitionInfo
from records.competitions import Competition
from storage.storage import Storage
from storage.timestamps import from_seconds
from tests.leaderboards.boards import board, entry
from tests.storage.examples import LATER, NOW, commit, follow


def slugs(competitions: list[Competition]) -> list[str]:
    return [competition.slug for competition in competitions]


async def test_adding_again_updates_what_is_known(storage: Storage) -> None:
    first = await storage.competitions.add_for_owner("titanic")
    assert first == Competition(
        id=first.id,
        slug="titanic",
        category=None,
        deadline=None,
        reward=None,
        synced_at=None,
        failures=0,
        error=None,
        error_at=None,
        next_sync_at=from_seconds(0),
        anomaly=None,
        info_due_at=from_seconds(0),
        ended_at=None,
        archived_at=None,
    )
    again = await storage.competitions.add_info_for_owner(
        CompetitionInfo("titanic", NOW, "Featured", "$1")
    )
    assert (again.id, again.category, again.deadline, again.reward) == (
        first.id,
        "Featured",
        NOW,
        "$1",
    )
    assert await storage.competitions.add_for_owner("titanic") == again
    assert await storage.competitions.find("titanic") == again
    assert await storage.competitions.find_by_id(first.id) == again


async def test_unknown_competition_is_none(storage: Storage) -> None:
    assert await storage.competitions.find("titanic") is None
    assert await storage.competitions.find_by_id(1) is None


async def test_load_due_returns_active_follows_longest_overdue_first(
    storage: Storage,
) -> None:
    await storage.competitions.add_for_owner("followed-by-none")
    await follow(storage, 1, "paused")
    await storage.guilds.pause(1, "paused")
    await follow(storage, 1, "paused-by-one")
    await follow(storage, 2, "paused-by-one")
    await storage.guilds.pause(1, "paused-by-one")
    for slug, minutes in (("recent", -1), ("now", 0), ("long-ago", -60), ("not-yet", 1)):
        competition = await follow(storage, 1, slug)
        await storage.competitions.schedule(competition.id, NOW + timedelta(minutes=minutes))
    assert slugs(await storage.competitions.load_due(NOW)) == [
        "paused-by-one",
        "long-ago",
        "recent",
        "now",
    ]


async def test_load_followed_returns_each_competition_once(storage: Storage) -> None:
    await storage.competitions.add_for_owner("followed-by-none")
    await follow(storage, 1, "titanic")
    await follow(storage, 2, "titanic")
    await follow(storage, 2, "digits")
    await storage.guilds.pause(2, "digits")
    assert slugs(await storage.competitions.load_followed()) == ["digits", "titanic"]


async def test_failures_count_until_a_successful_sync(storage: Storage) -> None:
    competition = await follow(storage, 1)
    for error in ("No network.", "Kaggle asks for fewer calls."):
        await storage.competitions.record_failure(competition.id, error, NOW, LATER)
    failed = await storage.competitions.find("titanic")
    assert failed is not None
    assert (failed.failures, failed.error, failed.error_at, failed.next_sync_at) == (
        2,
        "Kaggle asks for fewer calls.",
        NOW,
        LATER,
    )
    await storage.board_writer.record_anomaly(
        "titanic", BoardKind.PUBLIC, "a third of the teams are gone", b"checksum"
    )
    held = await storage.competitions.find("titanic")
    assert held is not None
    assert (held.failures, held.error, held.synced_at) == (0, None, None)
    assert held.anomaly == "a third of the teams are gone"
    assert await storage.board_writer.find_anomaly("titanic") == "a third of the teams are gone"

    await storage.board_writer.record_unchanged("titanic", LATER)
    synced = await storage.competitions.find("titanic")
    assert synced is not None
    assert (synced.failures, synced.error, synced.error_at, synced.anomaly) == (0, None, None, None)
    assert (synced.synced_at, synced.next_sync_at) == (LATER, LATER)
    assert await storage.board_writer.find_anomaly("titanic") is None


async def test_delete_unused_keeps_followed_competitions_and_boards(storage: Storage) -> None:
    await storage.competitions.add_for_owner("never-synced")
    await follow(storage, 1, "followed")
    await commit(storage, board(entry(1, 1)))
    assert await storage.competitions.delete_unused("never-synced")
    assert not await storage.competitions.delete_unused("never-synced")
    assert not await storage.competitions.delete_unused("followed")
    assert not await storage.competitions.delete_unused("titanic")
    assert await storage.competitions.find("never-synced") is None
    assert await storage.competitions.find("titanic") is not None


async def test_competition_last_synced_in_the_future_is_due(storage: Storage) -> None:
    for slug in ("synced", "failed"):
        competition = await follow(storage, 1, slug)
        await storage.board_writer.record_unchanged(slug, NOW)
        if slug == "failed":
            await storage.competitions.record_failure(competition.id, "error", LATER, LATER)
        await storage.competitions.schedule(competition.id, LATER + timedelta(minutes=5))
    assert await storage.competitions.load_due(LATER) == []
    assert slugs(await storage.competitions.load_due(NOW)) == ["failed"]
    assert slugs(await storage.competitions.load_due(NOW - timedelta(days=1))) == [
        "synced",
        "failed",
    ]


async def test_competition_that_the_owner_adds_is_kept_though_its_last_server_left(
    storage: Storage,
) -> None:
    competition = await storage.competitions.add_to_follow("titanic", NOW)
    await storage.competitions.add_for_owner("titanic")
    assert not await storage.competitions.delete_one_unfollowed_before(NOW + timedelta(days=30))
    assert await storage.competitions.find_by_id(competition.id) is not None
