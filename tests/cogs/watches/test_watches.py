"""`/watch`: what a member sets, lists and removes."""

from datetime import timedelta

import pytest

from leaderboards.news.watches import MAX_WATCHES, Watch, WatchKind
from tests.cogs.boards.test_leaderboard import press
from tests.cogs.members.test_privacy import exported
from tests.cogs.watches.four_teams import BOARD, climb, remove_all, start, sync
from tests.cogs.world import START, World, direct_messages, is_private, raw, response_text


@pytest.mark.parametrize(
    ("command", "options"),
    [("news", {}), ("medals", {}), ("rank", {"rank": 3}), ("rival", {"username": "bob"})],
)
async def test_other_watches_need_a_link(
    world: World, command: str, options: dict[str, object]
) -> None:
    world.serve("titanic", BOARD)
    await world.follow()
    result = await world.run(world.server.ada, f"watch {command}", **options)
    assert is_private(result)
    assert "You haven't linked your Kaggle account yet" in response_text(result)


async def test_what_cannot_be_watched_is_said(world: World) -> None:
    home = await start(world)
    for options, answer in (
        ({}, "Choose a rival"),
        ({"username": "Delta"}, "That is you"),
        ({"member": home.ada}, "That is you"),
        ({"member": home.bob}, "hasn't linked"),
        ({"username": "nobody-here"}, "in its name"),
    ):
        assert answer in await world.ask(home.ada, "watch rival", **options)
    assert "titanic-2" in await world.ask(home.ada, "watch news", competition="titanic-2")
    await world.ask(home.ada, "watch news")
    assert "You watch that already" in await world.ask(home.ada, "watch news")
    for rank in range(1, 20):
        await world.ask(home.ada, "watch rank", rank=rank)
    assert "20 things" in await world.ask(home.ada, "watch rank", rank=20)


@pytest.mark.parametrize("command", ["medals", "forecast"])
async def test_medals_are_not_watched_where_none_are_awarded(world: World, command: str) -> None:
    world.list_competition(category="Playground")
    home = await start(world)
    refused = await world.ask(home.ada, f"watch {command}", competition="titanic")
    assert "awards no medals" in refused
    assert "`/watch rank` works there" in refused
    assert await world.storage.watches.load(home.guild.id, home.ada.id) == []
    # A competition that does may be followed later.
    assert "none awards medals now" in await world.ask(home.ada, f"watch {command}")
    world.list_competition("digits")
    world.serve("digits", BOARD)
    await world.follow("digits")
    assert "none awards medals" not in await world.ask(home.ada, "watch list")


async def test_watch_of_a_last_day_says_that_no_deadline_is_known(world: World) -> None:
    home = await start(world)
    watching = await world.ask(home.ada, "watch deadline", competition="titanic")
    assert "no deadline is known yet; I tell you once there is one" in watching
    await world.pass_time(minutes=10)
    at = START + timedelta(hours=30)
    given = await world.ask(
        home.manager,
        "competition deadline",
        kind="final",
        competition="titanic",
        at=f"{at:%Y-%m-%d %H:%M}",
    )
    assert "titanic" in given.casefold()
    assert "no deadline" not in await world.ask(home.ada, "watch list")
    world.sync_every(minutes=60)
    await world.pass_time(hours=8)
    (message,) = direct_messages(home.ada)
    deadline = at.replace(second=0, microsecond=0).timestamp()
    line = f"The last day has begun. Deadline: <t:{deadline:.0f}:f> · <t:{deadline:.0f}:R>"
    assert line in message


async def test_last_day_that_has_passed_is_not_watched(world: World) -> None:
    world.sync_every(minutes=30)
    world.list_competition(deadline=START + timedelta(hours=2))
    home = await start(world)
    await world.pass_time(hours=3)
    refused = await world.ask(home.ada, "watch deadline", competition="titanic")
    assert "The deadline of **Titanic** has passed" in refused
    assert await world.storage.watches.load(home.guild.id, home.ada.id) == []


async def test_what_is_watched_everywhere_is_not_watched_in_one_competition_too(
    world: World,
) -> None:
    home = await start(world)
    await world.ask(home.ada, "watch rank", rank=3)
    again = await world.ask(home.ada, "watch rank", rank=3, competition="titanic")
    assert "You watch that already for every competition" in again
    other = await world.ask(home.ada, "watch rank", rank=2, competition="titanic")
    assert "You watch here (2 of 20)" in other


async def test_rival_who_is_ahead_already_is_told_from_the_next_passing_on(world: World) -> None:
    home = await start(world)
    ahead = await world.ask(home.ada, "watch rival", username="bob")
    assert "is ahead of you now in **Titanic**" in ahead
    assert ". I write when you have passed them and they then pass you again." in ahead
    await world.ask(home.bob, "link", username="bob")
    assert "is ahead of you" not in await world.ask(home.bob, "watch rival", member=home.ada)


async def test_watches_are_listed_and_removed_with_a_choice(world: World) -> None:
    home = await start(world)
    empty = await world.ask(home.ada, "watch list")
    assert (
        "You watch nothing here\nChoose what I tell you in direct messages: `/watch news`," in empty
    )
    await world.ask(home.ada, "watch news")
    await world.ask(home.ada, "watch rank", rank=3, competition="titanic")
    answer = await world.run(home.ada, "watch list")
    assert answer.response is not None
    menu = raw(answer.response.message)[0]["components"][-1]["components"][0]
    assert menu["placeholder"] == "Remove watches …"
    listed = response_text(answer)
    assert "every competition here" in listed
    assert "**Into or out of the top 3**" in listed
    assert "/competitions/titanic/" in listed
    assert "You watch nothing here" in await world.ask(home.bob, "watch list")
    await world.restart()
    assert "You watch nothing here" in await remove_all(world, home.ada)
    await sync(world, *climb(world))
    assert direct_messages(home.ada) == []


async def test_rank_that_no_board_has_is_said_to_tell_nothing(world: World) -> None:
    home = await start(world)
    lack = "has fewer teams, so this tells you nothing now"
    assert lack not in await world.ask(home.ada, "watch rank", rank=len(BOARD))
    everywhere = await world.ask(home.ada, "watch rank", rank=5000)
    assert f"every competition here · every board here {lack}" in everywhere
    one = await world.ask(home.ada, "watch rank", rank=4000, competition="titanic")
    assert f"· the board {lack}" in one
    world.serve("unread", [])
    await world.follow("unread")
    assert f"every board here {lack}" not in await world.ask(home.ada, "watch list")


async def test_long_list_of_watches_fits_into_a_message(world: World) -> None:
    home = await start(world)
    slug = "a-competition-whose-address-is-long-because-its-title-is"
    world.serve(slug, BOARD)
    await world.follow(slug)
    competition = await world.storage.competitions.add_for_owner(slug)
    for number in range(MAX_WATCHES):
        watch = Watch(
            0,
            home.guild.id,
            home.ada.id,
            WatchKind.RIVAL,
            competition.id,
            rival_user_name=f"a_kaggle_user_with_a_long_name_{number}",
        )
        await world.storage.watches.add(watch, START)
    result = await world.run(home.ada, "watch list")
    assert result.response is not None
    listed = response_text(result)
    assert len(listed) <= 4000
    assert "You watch here (20 of 20)" in listed
    assert "more in the menu below" in listed
    menu = raw(result.response.message)[0]["components"][-1]["components"][0]
    assert len(menu["options"]) == MAX_WATCHES


async def test_watch_of_a_paused_competition_says_so(world: World) -> None:
    home = await start(world)
    await world.ask(home.ada, "watch news", competition="titanic")
    assert "paused" not in await world.ask(home.ada, "watch list")
    await world.ask(home.manager, "competition pause", competition="titanic")
    assert "⏸️ paused" in await world.ask(home.ada, "watch list")


async def test_unfollowing_ends_the_watches_of_a_competition(world: World) -> None:
    home = await start(world)
    await world.ask(home.ada, "watch rank", rank=1, competition="titanic")
    await world.confirm(home.manager, "competition remove", competition="titanic")
    assert "You watch nothing here" in await world.ask(home.ada, "watch list")


async def test_watches_are_shown_exported_and_deleted_by_privacy(world: World) -> None:
    home = await start(world)
    await world.ask(home.ada, "watch rank", rank=3, competition="titanic")
    await world.ask(home.ada, "watch rival", username="bob")
    document = await exported(world, home.ada)
    assert [(one["what"], one["competition"]) for one in document["watches"]] == [
        ("rank", "titanic"),
        ("rival", None),
    ]
    assert "2 watches" in await world.ask(home.ada, "privacy delete")
    result = await world.run(home.ada, "privacy delete")
    assert result.response is not None
    await press(world, home.ada, result.response.message, "Forget me")
    assert "You watch nothing here" in await world.ask(home.ada, "watch list")
