"""What the bot announces after its database was replaced by an older backup."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from storage.backup import write_backup
from storage.restore import suppress_past_announcements
from tests.cogs.examples import FINAL, TEAMS
from tests.cogs.members.test_verification import direct, link
from tests.cogs.world import START, Team, World, announced, text_of

pytestmark = pytest.mark.long


def climb(world: World, teams: list[Team], number: int, score: str) -> list[Team]:
    """Submit a better score for a team; return the new board."""
    changed = [world.submit(team, score) if team.id == number else team for team in teams]
    changed.sort(key=lambda team: team.score, reverse=True)
    world.serve("titanic", changed)
    return changed


async def assert_archived(world: World) -> None:
    competition = await world.storage.competitions.find("titanic")
    assert competition is not None
    assert competition.archived_at is not None


def replace_database(backup: Path, database: Path) -> None:
    with closing(sqlite3.connect(backup)) as source, closing(sqlite3.connect(database)) as target:
        source.backup(target)


async def begin(world: World) -> None:
    world.sync_every(minutes=60)
    world.serve("titanic", TEAMS)
    await world.follow()
    await world.ask(world.server.ada, "link", username="user20")


async def restore(world: World, backup: Path) -> None:
    """Restore a backup into the database of the running world, and restart the bot."""
    replace_database(backup, world.storage.database.path)
    async with world.storage.database.write() as connection:
        await suppress_past_announcements(connection, world.env.now())
    await world.restart()
    world.sync_every(minutes=60)


async def test_nothing_from_before_a_restore_is_announced_again(
    world: World, tmp_path: Path
) -> None:
    backup, deadline = tmp_path / "backup.db", START + timedelta(hours=40)
    world.list_competition(deadline=deadline)
    await begin(world)
    world.sync_every(minutes=30)
    await world.storage.guilds.change_settings(world.server.guild.id, daily_digest=True)
    await world.pass_time(minutes=35)
    await write_backup(world.storage.database.path, backup)

    # Since the backup: news, a moved deadline, its reminder and a digest.
    teams = climb(world, TEAMS, 20, "0.99955")
    await world.pass_time(hours=2)
    world.list_competition(deadline=deadline - timedelta(hours=9))
    world.sync_every(minutes=120)
    await world.pass_time(hours=24)
    told = announced(world)[1:]
    assert len(told) == 4, told

    await restore(world, backup)
    await world.pass_time(hours=3)
    assert announced(world)[5:] == []

    # What happens from now on is announced.
    climb(world, teams, 20, "0.99985")
    await world.pass_time(hours=2)
    found = announced(world)[5:]
    assert len(found) == 2, found
    assert any("new best score **0.99985**" in text for text in found), found
    assert any("⏰" in text for text in found), found


async def test_link_that_verifies_again_after_a_restore_is_not_told_again(
    world: World, tmp_path: Path
) -> None:
    """Neither is the member who lost the name by it."""
    backup, server = tmp_path / "backup.db", world.server
    await begin(world)
    _, code = await link(world, server.bob, "user20")
    await world.pass_time(minutes=65)
    await write_backup(world.storage.database.path, backup)

    world.serve("titanic", [*TEAMS[:19], replace(TEAMS[19], name=code), *TEAMS[20:]])
    await world.pass_time(hours=1)
    assert len(direct(server.ada)) == len(direct(server.bob)) == 1

    await restore(world, backup)
    await world.pass_time(hours=1)
    answer = await world.ask(server.manager, "whois", member=server.bob)
    assert f"{server.bob.mention} ✓ is [user20]" in answer
    assert len(direct(server.ada)) == len(direct(server.bob)) == 1

    # A code from now on is told.
    world.serve("titanic", [*TEAMS[:18], replace(TEAMS[18], name="Nineteen"), *TEAMS[19:]])
    _, code = await link(world, server.ada, "user19")
    await world.pass_time(hours=1)
    world.serve("titanic", [*TEAMS[:18], replace(TEAMS[18], name=code), *TEAMS[19:]])
    await world.pass_time(hours=1)
    assert len(direct(server.ada)) == 2


async def test_message_that_waited_for_the_next_command_is_not_shown_after_a_restore(
    world: World, tmp_path: Path
) -> None:
    backup, ada = tmp_path / "backup.db", world.server.ada
    await begin(world)
    _, code = await link(world, world.server.bob, "user20")
    await world.pass_time(minutes=65)
    world.env.inject_error("POST", "/users/@me/channels", status=403, code=50007)
    world.serve("titanic", [*TEAMS[:19], replace(TEAMS[19], name=code), *TEAMS[20:]])
    await world.pass_time(hours=1)
    await write_backup(world.storage.database.path, backup)
    (told,) = (await world.run(ada, "status")).followups
    assert "is no longer linked to you" in text_of(told.components)
    await restore(world, backup)
    assert not (await world.run(ada, "status")).followups


@pytest.mark.parametrize("is_listed", [True, False], ids=["listed", "given by hand"])
async def test_end_from_before_a_restore_is_not_announced_again(
    world: World, tmp_path: Path, *, is_listed: bool
) -> None:
    backup, deadline = tmp_path / "backup.db", START + timedelta(hours=2)
    if is_listed:
        world.list_competition(deadline=deadline)
    await begin(world)
    if not is_listed:
        at = f"{deadline:%Y-%m-%d %H:%M}"
        await world.ask(world.server.manager, "competition deadline", kind="final", at=at)
    await world.pass_time(minutes=65)
    await write_backup(world.storage.database.path, backup)
    world.serve_private("titanic", FINAL)
    await world.pass_time(hours=5)
    assert "has ended" in announced(world)[-1]
    before = len(announced(world))

    await restore(world, backup)
    await world.pass_time(hours=5)
    assert announced(world)[before:] == []
    await assert_archived(world)


@pytest.mark.parametrize("is_given", [False, True], ids=["found", "given after the backup"])
async def test_unlisted_end_from_before_a_restore_is_not_announced_again(
    world: World, tmp_path: Path, *, is_given: bool
) -> None:
    """The backup knows no deadline at all."""
    backup = tmp_path / "backup.db"
    await begin(world)
    world.sync_every(minutes=120)
    await world.pass_time(hours=3)
    await write_backup(world.storage.database.path, backup)
    # The last submission, then the end.
    climb(world, TEAMS, 20, "0.99955")
    await world.pass_time(hours=2)
    world.serve_private("titanic", FINAL)
    if is_given:
        at = f"{world.env.now():%Y-%m-%d %H:%M}"
        await world.ask(world.server.manager, "competition deadline", kind="final", at=at)
    await world.pass_time(hours=28)
    assert "🏁" in announced(world)[-1]
    before = len(announced(world))

    await restore(world, backup)
    world.sync_every(minutes=120)
    await world.pass_time(hours=30)
    assert announced(world)[before:] == []
    await assert_archived(world)


@pytest.mark.parametrize("is_moving", [True, False], ids=["moving", "standing still"])
async def test_unlisted_end_after_a_restore_is_announced(
    world: World, tmp_path: Path, *, is_moving: bool
) -> None:
    """The competition had not ended before it: submissions, or a look at its pages, showed that."""
    backup = tmp_path / "backup.db"
    await begin(world)
    world.sync_every(minutes=120)
    await world.pass_time(hours=3)
    await write_backup(world.storage.database.path, backup)
    await restore(world, backup)
    world.sync_every(minutes=120)
    await world.pass_time(hours=4 if is_moving else 30)
    if is_moving:
        climb(world, TEAMS, 20, "0.99955")
        await world.pass_time(hours=3)
    before = len(announced(world))
    world.serve_private("titanic", FINAL)
    await world.pass_time(hours=30)
    (end,) = announced(world)[before:]
    assert "🏁" in end


async def test_end_given_before_a_backup_is_announced_when_it_comes_after_the_restore(
    world: World, tmp_path: Path
) -> None:
    backup = tmp_path / "backup.db"
    await begin(world)
    at = f"{START + timedelta(hours=4):%Y-%m-%d %H:%M}"
    await world.ask(world.server.manager, "competition deadline", kind="final", at=at)
    await world.pass_time(minutes=65)
    await write_backup(world.storage.database.path, backup)
    await restore(world, backup)
    await world.pass_time(hours=1)
    world.serve_private("titanic", FINAL)
    await world.pass_time(hours=5)
    assert len([text for text in announced(world) if "🏁" in text]) == 1


async def test_end_given_after_a_restore_is_announced(world: World, tmp_path: Path) -> None:
    """The backup knows no deadline, and nobody submits anything before the end."""
    backup = tmp_path / "backup.db"
    await begin(world)
    await world.pass_time(minutes=65)
    await write_backup(world.storage.database.path, backup)
    await restore(world, backup)
    at = f"{world.env.now() + timedelta(hours=4):%Y-%m-%d %H:%M}"
    await world.ask(world.server.manager, "competition deadline", kind="final", at=at)
    await world.pass_time(hours=3)
    world.serve_private("titanic", FINAL)
    await world.pass_time(hours=5)
    assert len([text for text in announced(world) if "🏁" in text]) == 1


async def test_end_after_a_restore_is_announced(world: World, tmp_path: Path) -> None:
    backup = tmp_path / "backup.db"
    world.list_competition(deadline=START + timedelta(hours=2))
    await begin(world)
    await world.pass_time(minutes=65)
    await write_backup(world.storage.database.path, backup)
    await world.pass_time(hours=4)
    before = len(announced(world))

    await restore(world, backup)
    await world.pass_time(hours=2)
    world.serve_private("titanic", FINAL)
    await world.pass_time(hours=5)
    (end,) = announced(world)[before:]
    assert "has ended" in end


async def test_end_that_was_postponed_until_after_the_restore_is_announced(
    world: World, tmp_path: Path
) -> None:
    """The deadline that the backup knows passed before the restore; Kaggle has moved it since."""
    backup = tmp_path / "backup.db"
    world.list_competition(deadline=START + timedelta(hours=2))
    await begin(world)
    await world.pass_time(minutes=65)
    await write_backup(world.storage.database.path, backup)
    world.list_competition(deadline=START + timedelta(hours=10))
    await world.pass_time(hours=4)

    await restore(world, backup)
    await world.pass_time(hours=4)
    # The first look after the deadline finds it.
    world.serve_private("titanic", FINAL)
    await world.pass_time(hours=5)
    assert len([text for text in announced(world) if "has ended" in text]) == 1
