"""What Kaggle shows after the end: told to be the private board or the public one."""

import io
import zipfile
from datetime import datetime, timedelta

import pytest

from leaderboards.competition_info import CompetitionInfo
from leaderboards.kaggle.pages import BoardPage
from tests.cogs.examples import FINAL, TEAMS
from tests.cogs.syncing.ends import (
    DEADLINE,
    begin,
    check_now,
    find_competition,
    skip_days,
    sync_now,
)
from tests.cogs.world import START, Team, World, announced, build_zip


async def begin_without_medals(world: World) -> None:
    """End a competition that awards no medals; its private board is alike."""
    await begin(world)
    world.kaggle.listed["titanic"] = CompetitionInfo(
        slug="titanic", deadline=DEADLINE, category="Community", awards_points=False
    )
    world.serve_private("titanic", TEAMS)
    await world.pass_time(hours=2, minutes=35)
    assert (await find_competition(world)).ended_at == DEADLINE


async def test_private_board_like_the_public_one_is_final_after_a_week(world: World) -> None:
    await begin_without_medals(world)
    announced_before = len(announced(world))
    last = int((DEADLINE + timedelta(days=7)).timestamp())
    assert (
        f"Kaggle shows no private board yet. Without one by <t:{last}:f> the public board is the"
        " final one." in await sync_now(world)
    )
    skip_days(world, 6)
    await check_now(world)
    assert (await find_competition(world)).archived_at is None
    skip_days(world, 7)
    await check_now(world)
    assert (await find_competition(world)).archived_at is not None
    (end,) = announced(world)[announced_before:]
    assert "👑 **Team 1** won with **0.99990** among 40 teams." in end
    assert "the public one of <t:" in end
    assert "if Kaggle shows a private one later, I will announce it" in end


async def test_later_private_board_replaces_the_public_one(world: World) -> None:
    await begin_without_medals(world)
    skip_days(world, 7)
    await check_now(world)
    announced_before = len(announced(world))
    world.serve_private("titanic", FINAL)
    skip_days(world, 9)
    await world.pass_time(minutes=31)
    (end,) = announced(world)[announced_before:]
    assert "👑 **Team 20**" in end
    assert (
        "Kaggle has only now shown the private board: these ranks replace those of the public"
        in end
    )
    assert f"**#1** ▲19 {world.server.ada.mention} · 0.7990" in end


async def test_private_board_like_the_public_one_is_final_once_it_is_downloaded(
    world: World,
) -> None:
    await begin(world)
    await world.pass_time(hours=2, minutes=35)
    announced_before = len(announced(world))
    world.kaggle.boards["titanic"] = build_zip("titanic", TEAMS, kind="private")
    await check_now(world)
    assert (await find_competition(world)).archived_at is not None
    (end,) = announced(world)[announced_before:]
    assert "final private board" in end
    assert f"🥈 **#6** ±0 {world.server.bob.mention}" in end


RESCORED = [
    Team(team.id, team.name, f"{0.7 - rank / 1000:.4f}", team.members)
    for rank, team in enumerate([*TEAMS[20:], *TEAMS[:20]], 1)
]


def rescore_before_pages(world: World) -> None:
    """Rescore the public board between the next download and its pages."""
    load_page = world.kaggle.load_page

    async def rescore(slug: str, token: str | None = None) -> BoardPage:
        world.kaggle.load_page = load_page  # type: ignore[method-assign]
        world.serve("titanic", RESCORED, at=world.bot.services.now())
        return await load_page(slug, token)

    world.kaggle.load_page = rescore  # type: ignore[method-assign]


async def test_public_board_that_was_scored_anew_after_its_download_is_not_private(
    world: World,
) -> None:
    await begin(world)
    await world.pass_time(hours=2, minutes=35)
    rescore_before_pages(world)
    for _ in range(3):
        await check_now(world)
        assert (await find_competition(world)).archived_at is None
    assert not any("🏁" in text for text in announced(world))
    board = await world.ask(world.server.ada, "leaderboard")
    assert "0.6990" in board
    assert "final" not in board
    world.serve_private("titanic", FINAL)
    await check_now(world)
    assert "🏁" in announced(world)[-1]


@pytest.mark.parametrize("minutes_late", [0, 8])
async def test_unlisted_competition_that_was_scored_anew_after_its_download_goes_on(
    world: World, minutes_late: int
) -> None:
    """Kaggle's download may also show a change some minutes after its pages do."""
    world.sync_every(minutes=30)
    world.serve("titanic", TEAMS)
    await world.follow()
    skip_days(world, 1)
    old, download = world.kaggle.boards["titanic"], world.kaggle.download
    rescore_before_pages(world)

    async def download_late(slug: str) -> bytes:
        found = await download(slug)
        named = datetime.strptime(
            zipfile.ZipFile(io.BytesIO(found)).namelist()[0][-23:-4], "%Y-%m-%dT%H:%M:%S"
        ).replace(tzinfo=START.tzinfo)
        assert isinstance(old, bytes)
        return old if world.bot.services.now() < named + timedelta(minutes=minutes_late) else found

    world.kaggle.download = download_late  # type: ignore[method-assign]
    await world.pass_time(hours=2)
    skip_days(world, 3)
    await world.pass_time(minutes=31)
    assert len(world.kaggle.pages) >= 2
    assert (await find_competition(world)).archived_at is None
    assert not any("🏁" in text for text in announced(world))
