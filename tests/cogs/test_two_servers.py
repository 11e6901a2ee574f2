"""What one server has set, linked or sees never shows in another."""

from tests.cogs.boards.test_leaderboard import board, press
from tests.cogs.examples import ALPHA, BRAVO, CHARLIE, SMALL, crowd
from tests.cogs.world import World, announced


async def test_follows_links_and_settings_are_separate(world: World) -> None:
    home, elsewhere = world.server, world.add_server()
    world.serve("titanic", SMALL)
    world.serve("house-prices", SMALL)
    await world.follow("titanic", home)
    await world.follow("house-prices", elsewhere)
    await world.ask(home.ada, "link", username="ada")
    assert "You are [ada]" in await world.ask(elsewhere.bob, "link", username="ada")

    assert "does not follow **titanic**" in await world.ask(
        elsewhere.ada, "leaderboard", competition="titanic"
    )
    assert await world.autocomplete(elsewhere.ada, "rank", "competition", "") == ["house-prices"]
    assert "titanic" not in await world.ask(elsewhere.manager, "competition list")
    assert "titanic" not in await world.ask(elsewhere.ada, "status")
    for command in ("remove", "pause", "resume", "sync"):
        answer = await world.ask(elsewhere.manager, f"competition {command}", competition="titanic")
        assert "does not follow **titanic**" in answer

    shown = await world.ask(elsewhere.ada, "leaderboard")
    assert elsewhere.bob.mention in shown
    assert home.ada.mention not in shown
    assert "use `/link`" in await world.ask(elsewhere.ada, "whois")
    assert elsewhere.bob.mention in await world.ask(elsewhere.ada, "whois", username="ada")
    assert home.ada.mention in await world.ask(home.bob, "whois", username="ada")

    await world.ask(home.manager, "announcements", enabled=False, mention=True, smallest_rise=9)
    answer = await world.ask(elsewhere.manager, "announcements")
    assert "Announcements are **on**" in answer
    assert "Report **every** new best score" in answer
    assert "Pings are **off**" in answer


async def test_news_go_only_to_the_server_of_the_member(world: World) -> None:
    home, elsewhere = world.server, world.add_server()
    world.serve("titanic", [ALPHA, CHARLIE, BRAVO])
    await world.ask(home.bob, "link", username="bob")
    await world.ask(elsewhere.ada, "link", username="dave")
    await world.follow("titanic", home)
    await world.follow("titanic", elsewhere)
    await world.env.advance_time(60)
    world.serve("titanic", [world.submit(ALPHA, "0.951"), CHARLIE, BRAVO])
    await world.pass_time(minutes=6)
    world.serve("titanic", [ALPHA, world.submit(BRAVO, "0.945"), CHARLIE])
    await world.pass_time(minutes=6)
    assert home.bob.mention in announced(world, home)[-1]
    assert len(announced(world, home)) == 2
    assert len(announced(world, elsewhere)) == 1
    await world.ask(elsewhere.manager, "competition pause")
    world.serve("titanic", [ALPHA, world.submit(CHARLIE, "0.946"), BRAVO])
    await world.pass_time(minutes=6)
    assert len(announced(world, elsewhere)) == 1
    await world.confirm(home.manager, "competition remove", competition="titanic")
    assert "titanic" in await world.ask(elsewhere.manager, "competition list")


async def test_button_shows_the_server_it_is_pressed_in(world: World) -> None:
    home, elsewhere = world.server, world.add_server()
    world.serve("titanic", crowd(70))
    await world.follow("titanic", home)
    await world.follow("titanic", elsewhere)
    await world.ask(home.ada, "link", username="user1")
    await world.ask(elsewhere.ada, "link", username="user2")
    message = await board(world, elsewhere.ada)
    shown = await press(world, elsewhere.bob, message, "Members only")
    assert f"`1 #2 0.99980` {elsewhere.ada.mention} Team 2" in shown
    assert "Team 1 " not in shown
