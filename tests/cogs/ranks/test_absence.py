"""Members who were on a board and are not any more: renamed on Kaggle, or gone."""

from dataclasses import replace
from datetime import timedelta

from tests.cogs.examples import ALPHA, BRAVO, CHARLIE
from tests.cogs.world import START, Team, World, announced

DATE = f"<t:{int(START.timestamp())}:D>"
DAVE = f"was #3 on Titanic until {DATE} but is no longer on the board."
CHANGED = "If the Kaggle user name has changed, use `/link` with the new one."
RENAMED = replace(CHARLIE, members="david")


async def link_and_sync(world: World, teams: list[Team]) -> None:
    """Link ada to dave, who is third, and sync another board."""
    world.serve("titanic", [ALPHA, BRAVO, CHARLIE], at=START)
    await world.follow()
    await world.ask(world.server.ada, "link", username="dave")
    await world.pass_time(minutes=1)
    world.serve("titanic", teams)
    await world.pass_time(minutes=5)


async def test_renamed_member_is_told_the_team_and_how_to_mend_it(world: World) -> None:
    await link_and_sync(world, [ALPHA, BRAVO, RENAMED])
    server, mend = world.server, f"{CHANGED} **Charlie** is still on it: #3 (david)."
    for command in ("rank", "history", "scores"):
        answer = await world.ask(server.ada, command, competition="titanic")
        assert f"{server.ada.mention} ([dave](https://www.kaggle.com/dave)) {DAVE} {mend}" in answer
    assert f"{DAVE} {mend}" in await world.ask(server.ada, "rank")
    assert f"{DAVE} {mend}" in await world.ask(server.bob, "rank", username="DAVE")
    assert f"{server.ada.mention} {DAVE} {mend}" in await world.ask(server.ada, "leaderboard")
    compared = await world.ask(server.ada, "compare", member=server.ada, username="bob")
    assert f"{DAVE} {mend}" in compared
    assert "david" in await world.ask(server.ada, "link", username="david")
    assert "# #3" in await world.ask(server.ada, "rank")


async def test_member_who_left_the_board_is_told_until_when(world: World) -> None:
    await link_and_sync(world, [ALPHA, BRAVO])
    answer = await world.ask(world.server.ada, "rank")
    assert f"{DAVE} {CHANGED}" in answer
    await world.pass_time(minutes=1)
    world.serve("titanic", [ALPHA, BRAVO, CHARLIE])
    await world.pass_time(minutes=5)
    assert "# #3" in await world.ask(world.server.ada, "rank")
    await world.confirm(world.server.ada, "unlink")
    assert "is not on Titanic yet" in await world.ask(
        world.server.ada, "rank", username="nobody", competition="titanic"
    )


async def test_nobody_is_told_to_wait_for_a_final_board(world: World) -> None:
    world.serve("titanic", [ALPHA, BRAVO, CHARLIE])
    await world.follow()
    (ended,) = await world.storage.competitions.load_followed()
    board = await world.storage.boards.find_info(ended.id)
    assert board is not None
    await world.storage.competition_ends.archive(ended.id, board.board_id, None, world.env.now())
    server = world.server
    await world.ask(server.ada, "link", username="erin")
    for command in ("rank", "history", "scores"):
        answer = await world.ask(server.ada, command)
        assert "is not on the final board of Titanic." in answer
        answer = await world.ask(server.ada, command, username="nobody")
        assert "is not on the final board of Titanic, and no team there has" in answer
    assert (
        "Nobody with a link that counts here is on the final board of Titanic."
        in await world.ask(server.ada, "compare")
    )
    await world.ask(server.bob, "link", username="frank")
    answer = await world.ask(server.ada, "history", member=server.ada, member2=server.bob)
    assert "are not on the final board of Titanic." in answer
    assert f"{server.ada.mention} is not on this board.\n" in await world.ask(
        server.ada, "leaderboard"
    )
    answer = await world.ask(server.ada, "leaderboard", members=True)
    assert "No member with a link that counts is on this board." in answer


async def test_member_who_changed_the_team_is_not_gone(world: World) -> None:
    teams = [replace(ALPHA, members="ada,dave"), BRAVO, replace(CHARLIE, members="erin")]
    await link_and_sync(world, teams)
    assert "# #1" in await world.ask(world.server.ada, "rank")


async def test_digest_goes_on_after_a_new_name_is_linked(world: World) -> None:
    await world.storage.guilds.change_settings(
        world.server.guild.id, daily_digest=True, digest_hour=1
    )
    await link_and_sync(world, [ALPHA, BRAVO, RENAMED])
    await world.ask(world.server.ada, "link", username="david")
    await world.pass_time(minutes=1)
    submitted = START + timedelta(minutes=7)
    climbed = replace(RENAMED, score="0.99", submissions=2, submitted_at=submitted)
    world.serve("titanic", [climbed, ALPHA, BRAVO])
    await world.pass_time(minutes=5)
    world.sync_every(minutes=60)
    await world.pass_time(minutes=55)
    (digest,) = (text for text in announced(world) if "Daily digest" in text)
    assert f"📈 {world.server.ada.mention} **#1** ▲2" in digest
    assert "new" not in digest


async def test_nobody_is_told_to_wait_for_several_final_boards(world: World) -> None:
    for slug in ("titanic", "house-prices"):
        world.serve(slug, [ALPHA, BRAVO, CHARLIE])
        await world.follow(slug)
    for ended in await world.storage.competitions.load_followed():
        board = await world.storage.boards.find_info(ended.id)
        assert board is not None
        await world.storage.competition_ends.archive(
            ended.id, board.board_id, None, world.env.now()
        )
    server = world.server
    await world.ask(server.ada, "link", username="erin")
    answer = await world.ask(server.ada, "rank")
    assert "is not on any final board here." in answer
    answer = await world.ask(server.ada, "rank", username="nobody")
    assert "is not on any final board here, and no team there has" in answer
    assert "Nobody with a link that counts here is on any final board here." in await world.ask(
        server.ada, "compare"
    )
    await world.ask(server.bob, "link", username="frank")
    answer = await world.ask(server.ada, "history", member=server.ada, member2=server.bob)
    assert "are not on any final board here." in answer
