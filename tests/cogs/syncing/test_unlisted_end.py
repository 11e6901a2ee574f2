"""The end of competitions that Kaggle's list does not tell."""

from datetime import datetime, timedelta

from leaderboards.errors import RateLimited
from tests.cogs.examples import FINAL, TEAMS
from tests.cogs.syncing.ends import (
    DEADLINE,
    begin,
    check_now,
    find_competition,
    skip_days,
    sync_now,
)
from tests.cogs.world import START, Server, World, announced, build_zip


async def test_competition_without_deadline_never_ends(world: World) -> None:
    world.sync_every(minutes=120)
    world.list_competition()
    world.list_competition("getting-started", datetime(2030, 1, 1, tzinfo=START.tzinfo))
    for slug in ("titanic", "getting-started"):
        world.serve(slug, TEAMS)
        await world.follow(slug)
    world.kaggle.downloads.clear()
    await world.pass_time(days=1)
    assert len(world.kaggle.downloads) >= 22
    # Once a day its pages are looked at: they show the public board.
    assert world.kaggle.pages == ["titanic"]
    for slug in ("titanic", "getting-started"):
        assert (await find_competition(world, slug)).ended_at is None


async def begin_without_a_listed_deadline(world: World, *, sync_minutes: float = 30) -> None:
    world.sync_every(minutes=sync_minutes)
    world.serve("titanic", TEAMS)
    await world.follow()
    await world.ask(world.server.ada, "link", username="user20")


async def test_unlisted_competition_ends_by_hand(world: World) -> None:
    await begin_without_a_listed_deadline(world)
    deadline = f"{DEADLINE:%Y-%m-%d %H:%M}"
    manager = world.server.manager
    answer = await world.ask(manager, "competition deadline", kind="final", at=deadline)
    assert answer.startswith(
        f"The final submission deadline of **Titanic** is <t:{DEADLINE.timestamp():.0f}"
    )
    await world.pass_time(hours=1, minutes=30)
    assert "Final submission deadline of [Titanic](https://www.kaggle.com/" in "".join(
        announced(world)
    )
    assert (await find_competition(world)).ended_at is None
    await world.pass_time(hours=1)
    assert (await find_competition(world)).ended_at == DEADLINE
    world.serve_private("titanic", FINAL)
    await check_now(world)
    assert "🏁 [Titanic]" in announced(world)[-1]
    # Checks after the archive change nothing of that.
    looks = len(world.kaggle.pages)
    skip_days(world, 2)
    await world.pass_time(minutes=31)
    assert len(world.kaggle.pages) > looks
    assert (await find_competition(world)).archived_at is not None
    assert len([text for text in announced(world) if "🏁" in text]) == 1


async def test_end_in_the_past_can_be_given_by_hand(world: World) -> None:
    await begin_without_a_listed_deadline(world)
    await world.pass_time(hours=3)
    world.serve_private("titanic", FINAL)
    answer = await world.ask(
        world.server.manager,
        "competition deadline",
        kind="final",
        at=f"{DEADLINE:%Y-%m-%d %H:%M}",
    )
    assert answer.endswith("From now on I look for its private board.")
    await world.pass_time(minutes=31)
    assert "🏁 [Titanic]" in announced(world)[-1]


async def test_answer_to_a_past_end_says_when_the_private_board_is_looked_for(
    world: World,
) -> None:
    """Not before every server that follows the competition has given a deadline."""
    await begin_without_a_listed_deadline(world)
    elsewhere = world.add_server()
    await world.follow(server=elsewhere)
    await world.pass_time(hours=3)

    async def give(server: Server) -> str:
        at = f"{DEADLINE:%Y-%m-%d %H:%M}"
        return await world.ask(server.manager, "competition deadline", kind="final", at=at)

    answer = await give(world.server)
    assert answer.endswith(
        "I look for its private board once its public board has not changed for a day."
    )
    for server in (world.server, elsewhere):
        await world.ask(server.manager, "competition pause")
    answer = await give(world.server)
    assert answer.endswith(
        "It is paused: use `/competition resume` so that I look for its private board."
    )
    for server in (world.server, elsewhere):
        await world.ask(server.manager, "competition resume")
    assert (await give(elsewhere)).endswith("From now on I look for its private board.")
    world.serve_private("titanic", FINAL)
    await world.pass_time(minutes=31)
    assert (await find_competition(world)).archived_at is not None
    refused = await give(elsewhere)
    assert refused.startswith("⚠️ **Titanic** ended <t:")
    assert refused.endswith(":R>, so its final submission deadline cannot be set any more.")


async def test_given_end_can_be_taken_back(world: World) -> None:
    await begin_without_a_listed_deadline(world)
    deadline = f"{DEADLINE:%Y-%m-%d %H:%M}"
    manager = world.server.manager
    await world.ask(manager, "competition deadline", kind="final", at=deadline)
    await world.pass_time(hours=3)
    assert (await find_competition(world)).ended_at == DEADLINE
    await world.confirm(manager, "competition deadline", kind="final")
    await check_now(world)
    assert (await find_competition(world)).ended_at is None


async def test_sync_command_tells_when_a_given_end_was_moved_or_removed(world: World) -> None:
    await begin_without_a_listed_deadline(world)
    manager = world.server.manager
    await world.ask(manager, "competition deadline", kind="final", at=f"{DEADLINE:%Y-%m-%d %H:%M}")
    await world.pass_time(hours=3)
    later = START + timedelta(days=9)
    await world.ask(manager, "competition deadline", kind="final", at=f"{later:%Y-%m-%d %H:%M}")
    moved = f"The deadline was moved: it ends <t:{later.timestamp():.0f}:R>."
    assert moved in await sync_now(world)
    await world.ask(manager, "competition deadline", kind="final", at=f"{DEADLINE:%Y-%m-%d %H:%M}")
    await world.pass_time(hours=1)
    assert (await find_competition(world)).ended_at == DEADLINE
    await world.confirm(manager, "competition deadline", kind="final")
    assert "It goes on: no deadline is known." in await sync_now(world)


async def test_one_server_does_not_end_a_competition_for_another(world: World) -> None:
    await begin_without_a_listed_deadline(world)
    await world.follow(server=world.add_server())
    deadline = f"{START:%Y-%m-%d %H:%M}"
    await world.ask(world.server.manager, "competition deadline", kind="final", at=deadline)
    world.serve("titanic", TEAMS[:39])
    await world.pass_time(hours=2)
    competition = await find_competition(world)
    assert competition.ended_at is None
    assert competition.synced_at is not None
    assert world.env.now() - competition.synced_at < timedelta(minutes=31)


async def test_deadline_of_kaggles_list_cannot_be_given_by_hand(world: World) -> None:
    await begin(world)
    answer = await world.ask(
        world.server.manager, "competition deadline", kind="final", at="2030-01-01"
    )
    assert answer == (
        "⚠️ Kaggle lists the final submission deadline of **Titanic**:"
        f" <t:{DEADLINE.timestamp():.0f}:f>. Only a deadline that Kaggle's list lacks can be"
        " set here."
    )


async def test_unlisted_competition_ends_when_its_private_board_shows(world: World) -> None:
    await begin_without_a_listed_deadline(world, sync_minutes=120)
    await world.pass_time(hours=30)
    assert (await find_competition(world)).ended_at is None
    pages = len(world.kaggle.pages)
    assert pages <= 2
    world.serve_private("titanic", FINAL)
    await world.pass_time(hours=26)
    (end,) = [text for text in announced(world) if "🏁" in text]
    assert f"👑 **Team 20** ({world.server.ada.mention}) won with **0.7990** among 40 teams." in end
    archived_at = (await find_competition(world)).archived_at
    assert archived_at is not None
    # Checks after the archive do not reopen it.
    for days in (2, 4):
        looks = len(world.kaggle.pages)
        skip_days(world, days)
        await world.pass_time(hours=2)
        assert len(world.kaggle.pages) > looks
    assert (await find_competition(world)).archived_at == archived_at
    assert len([text for text in announced(world) if "🏁" in text]) == 1


async def test_unlisted_end_is_checked_soon_after_a_lockout(world: World) -> None:
    await begin_without_a_listed_deadline(world, sync_minutes=120)
    await world.pass_time(hours=23)
    world.sync_every(minutes=60)
    pages = len(world.kaggle.pages)
    world.kaggle.private_boards["titanic"] = RateLimited("Kaggle asks for fewer calls.")
    await world.pass_time(hours=2)
    assert len(world.kaggle.pages) > pages
    world.serve_private("titanic", FINAL)
    await world.pass_time(hours=7)
    assert "🏁 [Titanic]" in announced(world)[-1]


async def test_unlisted_competition_ends_when_the_download_is_the_private_board(
    world: World,
) -> None:
    await begin_without_a_listed_deadline(world, sync_minutes=120)
    world.kaggle.boards["titanic"] = build_zip("titanic", FINAL, kind="private")
    world.serve_private("titanic", FINAL)
    await world.pass_time(hours=50)
    assert len([text for text in announced(world) if "🏁" in text]) == 1
