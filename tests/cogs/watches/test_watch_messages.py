"""What members watch, told in direct messages, once for each round of syncs."""

from dataclasses import replace
from datetime import timedelta

import discord
import pytest

from tests.cogs.boards.test_live_boards import held_up
from tests.cogs.watches.four_teams import ALPHA, BOARD, BRAVO, CHARLIE, DELTA, climb, start, sync
from tests.cogs.world import (
    START,
    Team,
    World,
    announced,
    direct_messages,
    is_private,
    response_text,
    text_of,
)


async def test_own_news_is_told_to_the_member_alone(world: World) -> None:
    home = await start(world)
    answer = await world.run(home.ada, "watch news")
    assert is_private(answer)
    assert "You watch here (1 of 20)" in response_text(answer)
    assert "All news of your team" in response_text(answer)
    assert "When one of these happens, I send you a direct message" in response_text(answer)
    assert "in the quiet hours of this server is told when they end" in response_text(answer)
    await sync(world, *climb(world))
    (message,) = direct_messages(home.ada)
    assert "What you watch in Home" in message
    assert "👑 You have taken the lead\n" in message
    assert "from #4" in message
    assert home.ada.mention not in message
    assert direct_messages(home.bob) == direct_messages(home.manager) == []
    await world.pass_time(minutes=30)
    assert len(direct_messages(home.ada)) == 1


async def test_server_without_announcements_tells_its_members_all_the_same(world: World) -> None:
    home = await start(world)
    await world.storage.guilds.change_settings(home.guild.id, announce=False)
    await world.ask(home.ada, "watch news")
    count = len(announced(world))
    await sync(world, *climb(world))
    assert len(announced(world)) == count
    assert len(direct_messages(home.ada)) == 1


async def test_rank_and_rival_are_told_in_one_message(world: World) -> None:
    home = await start(world)
    await world.ask(home.ada, "watch rank", rank=2)
    await world.ask(home.ada, "watch rank", rank=1, competition="titanic")
    await world.ask(home.bob, "link", username="bob")
    rival = await world.ask(home.ada, "watch rival", member=home.bob)
    named = f"{home.bob.mention} ([bob](https://www.kaggle.com/bob))"
    assert f"{named} **passes you**" in rival
    assert f"{named} is ahead of you now in" in rival
    await world.confirm(home.bob, "unlink")
    unlinked = await world.ask(home.ada, "watch list")
    assert "[bob](https://www.kaggle.com/bob) **passes you**" in unlinked
    assert home.bob.mention not in unlinked
    first = world.submit(DELTA, "0.99")
    await sync(world, first, ALPHA, BRAVO, CHARLIE)
    (message,) = direct_messages(home.ada)
    assert "You are in the top 2 now: **#1**, up from #4" in message
    assert "You are first: **#1**" in message
    assert "has passed you" not in message
    await sync(world, world.submit(BRAVO, "0.995"), first, ALPHA, CHARLIE)
    message = direct_messages(home.ada)[-1]
    assert "⚔️ Your rival **Bravo** has passed you: **#1**, you are at **#2**" in message
    assert len(direct_messages(home.ada)) == 2


async def test_first_submission_within_a_rank_is_told_as_an_arrival(world: World) -> None:
    home = world.server
    world.serve("titanic", [ALPHA, BRAVO, CHARLIE])
    await world.ask(home.ada, "link", username="ada")
    await world.follow()
    await world.ask(home.ada, "watch rank", rank=3)
    await world.ask(home.ada, "watch rank", rank=1)
    first = replace(DELTA, score="0.96")
    await sync(world, first, ALPHA, BRAVO, CHARLIE)
    (message,) = direct_messages(home.ada)
    assert "You have entered the board in the top 3: **#1**" in message
    assert "You have entered the board as the first: **#1**" in message
    # Kaggle leaves it out for a while.
    await sync(world, ALPHA, BRAVO, CHARLIE)
    await sync(world, first, ALPHA, BRAVO, CHARLIE)
    assert len(direct_messages(home.ada)) == 1


async def test_any_team_can_be_a_rival_and_is_followed_when_it_merges(world: World) -> None:
    home = await start(world)
    answer = await world.ask(home.ada, "watch rival", username="Char")
    assert "Charlie" in answer
    ahead = world.submit(DELTA, "0.945")
    await sync(world, ALPHA, ahead, BRAVO, CHARLIE)
    assert direct_messages(home.ada) == []
    merged = replace(CHARLIE, id=30, name="Three", members="carol,ben", submissions=2)
    rest = replace(BRAVO, members="bob")
    await sync(world, ALPHA, ahead, rest, merged)
    assert direct_messages(home.ada) == []
    await sync(world, ALPHA, world.submit(merged, "0.947"), ahead, rest)
    (message,) = direct_messages(home.ada)
    assert "⚔️ Your rival **Three** has passed you: **#2**, you are at **#3**" in message
    assert "Three **passes you**" in await world.ask(home.ada, "watch list")


async def test_medal_zone_is_told_when_it_is_entered(world: World) -> None:
    home = world.server
    world.sync_every(minutes=60)
    teams = [Team(n, f"Team {n}", f"{0.9 - n / 1000:.4f}", f"user{n}") for n in range(1, 101)]
    world.list_competition()
    world.serve("titanic", teams)
    await world.ask(home.ada, "link", username="user90")
    await world.follow()
    await world.ask(home.ada, "watch medals")
    own = teams.pop(89)
    own = world.submit(own, "0.899")
    await sync(world, own, *teams, minutes=60)
    (message,) = direct_messages(home.ada)
    assert "🥇 You are in the **gold zone** now: **#1**" in message
    assert "To change this, use `/watch list` in **Home**." in message
    await world.pass_time(hours=7)
    await sync(world, *teams[:15], own, *teams[15:], minutes=60)
    assert "💨 You are down to the silver zone: **#16**" in direct_messages(home.ada)[-1]
    await world.pass_time(hours=7)
    await sync(world, *teams[:60], own, *teams[60:], minutes=60)
    message = direct_messages(home.ada)[-1]
    assert "💨 You are out of the silver zone: **#61**" in message
    assert home.ada.mention not in message


async def test_last_day_is_told_to_members_without_a_link_too(world: World) -> None:
    world.sync_every(minutes=60)
    world.list_competition(deadline=START + timedelta(days=3))
    world.serve("titanic", BOARD)
    await world.follow()
    assert "I only tell you when a last day begins" in await world.ask(
        world.server.bob, "watch deadline"
    )
    await world.pass_time(hours=46)
    assert direct_messages(world.server.bob) == []
    await world.pass_time(hours=4)
    (message,) = direct_messages(world.server.bob)
    assert "The last day has begun" in message
    await world.pass_time(hours=12)
    assert len(direct_messages(world.server.bob)) == 1


async def test_rank_whose_loss_is_told_late_is_told_without_the_one_before(world: World) -> None:
    home = await start(world)
    await world.ask(home.ada, "watch rank", rank=3)
    own = world.submit(DELTA, "0.945")
    await sync(world, ALPHA, own, BRAVO, CHARLIE)
    # What the own team has not caused is told again after six hours.
    others = [ALPHA, BRAVO, CHARLIE]
    await sync(world, *[world.submit(team, "0.95") for team in others], own)
    assert len(direct_messages(home.ada)) == 1
    world.sync_every(minutes=60)
    await world.pass_time(hours=7)
    await sync(world, *[world.submit(team, "0.96") for team in others], own, minutes=60)
    message = direct_messages(home.ada)[-1]
    assert "You are out of the top 3: **#4**" in message
    assert "from #" not in message


async def test_two_servers_are_apart(world: World) -> None:
    home, elsewhere = await start(world), world.add_server()
    other = elsewhere.guild.add_member(home.ada.user)
    await world.ask(other, "link", username="ada")
    await world.ask(home.ada, "watch rank", rank=1)
    assert "You watch nothing here" in await world.ask(other, "watch list")
    await world.ask(other, "watch rank", rank=1)
    await sync(world, *climb(world))
    (message,) = direct_messages(home.ada)
    assert "Home" in message
    world.serve("digits", BOARD)
    await world.follow("digits", elsewhere)
    await world.pass_time(minutes=5)
    await sync(world, *climb(world), slug="digits")
    message = direct_messages(home.ada)[-1]
    assert "Elsewhere" in message
    assert "digits" in message.casefold()
    assert len(direct_messages(home.ada)) == 2


async def test_who_left_the_server_is_told_nothing_and_their_watches_end(world: World) -> None:
    home = await start(world)
    await world.ask(home.ada, "watch news")
    await world.pass_time(minutes=6)
    home.guild.remove_member(home.ada)
    await sync(world, *climb(world))
    assert direct_messages(home.ada) == []
    assert await world.storage.watches.load(home.guild.id, home.ada.id) == []


async def test_twenty_watches_in_many_competitions_are_one_message_a_round(world: World) -> None:
    home = world.server
    await world.ask(home.ada, "link", username="ada")
    slugs = [f"contest-{number}" for number in range(8)]
    for slug in slugs:
        world.serve(slug, BOARD)
        await world.follow(slug)
    await world.ask(home.ada, "watch news")
    await world.ask(home.ada, "watch rival", username="bob")
    for rank in range(1, 19):
        answer = await world.ask(home.ada, "watch rank", rank=rank)
    assert "You watch here (20 of 20)" in answer
    await world.pass_time(minutes=1)
    for slug in slugs:
        world.serve(slug, climb(world))
    await world.pass_time(minutes=10)
    (message,) = direct_messages(home.ada)
    assert len(message) <= 4000
    assert message.count("/competitions/contest-") == len(slugs)
    await world.pass_time(minutes=1)
    for slug in slugs:
        world.serve(slug, [world.submit(BRAVO, "0.999"), *climb(world)[:1], ALPHA, CHARLIE])
    await world.pass_time(minutes=10)
    assert len(direct_messages(home.ada)) == 2


async def test_message_that_is_too_long_says_what_is_left_out(world: World) -> None:
    home = world.server
    await world.ask(home.ada, "link", username="ada")
    hostile = "@everyone " * 8
    own, *rivals = (
        replace(DELTA, score="0.96"),
        *(replace(team, name=f"{hostile}{team.id}") for team in (ALPHA, BRAVO, CHARLIE)),
    )
    slugs = [f"contest-{number}" for number in range(12)]
    for slug in slugs:
        world.serve(slug, [own, *rivals])
        await world.follow(slug)
    for name in ("ann", "bob", "carol"):
        await world.ask(home.ada, "watch rival", username=name)
    await world.pass_time(minutes=1)
    for slug in slugs:
        world.serve(slug, [*(world.submit(rival, "0.97") for rival in rivals), own])
    await world.pass_time(minutes=10)
    (message,) = direct_messages(home.ada)
    assert len(message) <= 4000
    told = message.count("⚔️ Your rival **")
    assert 10 < told < 36
    assert f"\n-# and {36 - told} more changes: `/overview` shows all teams\n" in message
    assert "everyone" in message
    assert "@everyone" not in message


async def test_quiet_hours_are_waited_for_and_what_was_undone_is_left_out(world: World) -> None:
    home = await start(world)
    world.sync_every(minutes=30)
    hour = world.env.now().hour
    await world.storage.guilds.change_settings(
        home.guild.id, quiet_from=hour, quiet_to=(hour + 4) % 24
    )
    await world.ask(home.ada, "watch rank", rank=2)
    await world.ask(home.ada, "watch rank", rank=3)
    first = world.submit(DELTA, "0.99")
    await world.pass_time(minutes=1)
    world.serve("titanic", [first, ALPHA, BRAVO, CHARLIE])
    await world.pass_time(hours=1)
    rivals = [world.submit(team, "0.995") for team in (ALPHA, BRAVO)]
    world.serve("titanic", [*rivals, first, CHARLIE])
    await world.pass_time(hours=1)
    assert direct_messages(home.ada) == []
    await world.pass_time(hours=3)
    (message,) = direct_messages(home.ada)
    assert "You are in the top 3 now: **#1**" in message
    assert "top 2" not in message


async def test_closed_direct_messages_are_told_once_in_the_next_answer(world: World) -> None:
    home = await start(world)
    await world.ask(home.ada, "watch news")
    world.env.inject_error("POST", "/users/@me/channels", status=403, code=50007, times=1)
    await sync(world, *climb(world))
    assert direct_messages(home.ada) == []
    await sync(world, world.submit(BRAVO, "0.999"), *climb(world)[:1], ALPHA, CHARLIE)
    assert direct_messages(home.ada) == []  # It was not tried again.
    result = await world.run(home.ada, "status")
    shown = result.followups[-1]
    assert shown.ephemeral
    assert "What you watch in Home" in text_of(shown.components)
    assert "you do not accept direct messages from me" in text_of(shown.components)
    assert not (await world.run(home.ada, "status")).followups


async def test_restart_between_sending_and_recording_tells_nothing_twice(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = await start(world)
    await world.ask(home.ada, "watch news")

    async def die(_id: int) -> None:
        raise OSError("the bot is killed")

    with monkeypatch.context() as patch:
        patch.setattr(world.storage.direct_messages, "delete", die)
        await sync(world, *climb(world))
    assert len(direct_messages(home.ada)) == 1
    await world.restart()
    await world.pass_time(minutes=11)
    assert len(direct_messages(home.ada)) == 1
    assert await world.storage.direct_messages.load_waiting(world.env.now(), 10) == []


async def test_end_tells_the_final_rank(world: World) -> None:
    world.list_competition(deadline=START + timedelta(hours=2))
    home = await start(world)
    await world.ask(home.ada, "watch news", competition="titanic")
    assert "ended" not in await world.ask(home.ada, "watch list")
    world.sync_every(minutes=30)
    await world.pass_time(hours=1)
    final = [
        replace(team, score=f"0.8{9 - rank}")
        for rank, team in enumerate([DELTA, BRAVO, ALPHA, CHARLIE])
    ]
    world.serve_private("titanic", final)
    await world.pass_time(hours=4)
    message = direct_messages(home.ada)[-1]
    assert "It has ended: you have finished at" in message
    assert "#4 on the public board" in message
    assert "🏁 ended" in await world.ask(home.ada, "watch list")


@pytest.mark.parametrize("watched", [["medals"], ["forecast"], ["medals", "news", "forecast"]])
async def test_watch_of_medal_zones_tells_the_final_rank_once(
    world: World, watched: list[str]
) -> None:
    world.list_competition(deadline=START + timedelta(hours=2))
    home = await start(world)
    for command in watched:
        await world.ask(home.ada, f"watch {command}", competition="titanic")
    world.sync_every(minutes=30)
    await world.pass_time(hours=1)
    final = [
        replace(team, score=f"0.8{9 - rank}")
        for rank, team in enumerate([DELTA, BRAVO, ALPHA, CHARLIE])
    ]
    world.serve_private("titanic", final)
    await world.pass_time(hours=4)
    told = "\n".join(direct_messages(home.ada))
    assert told.count("It has ended: you have finished at") == 1


async def test_watch_of_medal_zones_tells_no_end_where_none_are_awarded(world: World) -> None:
    world.list_competition(deadline=START + timedelta(hours=2), category="Playground")
    home = await start(world)
    await world.ask(home.ada, "watch medals")
    world.sync_every(minutes=30)
    await world.pass_time(hours=1)
    world.serve_private("titanic", [replace(team, score="0.5") for team in BOARD])
    await world.pass_time(hours=4)
    assert direct_messages(home.ada) == []


async def test_message_that_is_being_sent_is_not_sent_a_second_time(world: World) -> None:
    home = await start(world)
    await world.ask(home.ada, "watch news")
    with held_up(world, discord.DMChannel, "send"):
        await sync(world, *climb(world))
        await world.ask(home.manager, "competition live", channel=home.channel)
    await world.pass_time(minutes=6)
    assert len(direct_messages(home.ada)) == 1
