from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import simcord

from plots.specs import ComparisonPlot, RankHistoryPlot
from tests.cogs.boards.test_leaderboard import press, shown
from tests.cogs.examples import ALPHA, BRAVO, CHARLIE, FINAL, TEAMS, crowd
from tests.cogs.options.test_option_select import offered
from tests.cogs.syncing.ends import begin
from tests.cogs.world import START, Team, World, is_private, response_text

PNG = b"\x89PNG"


async def pictures(result: simcord.InteractionResult) -> list[str | None]:
    """Return the descriptions of the attachments, which must be PNGs."""
    assert result.response is not None
    attachments = result.response.message.attachments
    for one in attachments:
        assert (await one.read()).startswith(PNG)
    return [one.description for one in attachments]


async def store_three_days(world: World) -> None:
    """Store boards of the last three days, on which Alpha (ada) and Bravo (bob) move."""
    boards = {
        60: [ALPHA, CHARLIE, replace(BRAVO, score="0.700", submissions=1)],
        30: [ALPHA, BRAVO, CHARLIE],
        5: [replace(BRAVO, score="0.990", submissions=5), ALPHA, CHARLIE],
    }
    for hours, teams in boards.items():
        taken_at = world.env.now() - timedelta(hours=hours)
        world.serve("titanic", teams, at=taken_at)
        if hours == 60:
            await world.follow()
        else:
            await world.pass_time(minutes=6)
    await world.ask(world.server.ada, "link", username="ada")
    await world.ask(world.server.bob, "link", username="bob")


async def test_history_in_words_and_in_a_plot(world: World) -> None:
    await store_three_days(world)
    server = world.server
    result = await world.run(server.bob, "history")
    assert not is_private(result)
    answer = response_text(result)
    assert f"**#3 → #1** ▲2 · {server.bob.mention} · **Bravo**" in answer
    assert "**Best** #1 <t:" in answer
    assert "**Worst** #3 <t:" in answer
    assert "**Score** 0.700 → 0.990" in answer
    assert "-# 4 submissions in this period" in answer
    (words,) = await pictures(result)
    description = "Bravo: rank 3 on 29 Dec 2025, 1 on 31 Dec 2025, best 1 on 31 Dec 2025"
    assert words == f"Rank over time in Titanic, since tracking began. {description}"
    assert result.response is not None
    message = result.response.message
    await world.restart()
    day = await press(world, server.bob, message, "24 h")
    assert "**#2 → #1** ▲1" in day
    assert "the last 24 hours" in day
    copy = await server.ada.click(message, label="7 d")
    assert is_private(copy)
    assert "**#3 → #1** ▲2" in response_text(copy)
    assert "the last 24 hours" in shown(world, message, server.bob)
    assert await pictures(copy) == [f"Rank over time in Titanic, the last 7 days. {description}"]


async def test_comparison_of_several_members(world: World) -> None:
    await store_three_days(world)
    server = world.server
    together = await world.run(server.bob, "history", member=server.ada, member2=server.bob)
    result = await world.run(server.ada, "compare", member=server.bob)
    answer = response_text(result)
    assert answer == response_text(together)
    assert f"1. **#1** {server.bob.mention} · **Bravo**\n0.990 · ▲2 · best #1" in answer
    assert f"2. **#2** {server.ada.mention} · **Alpha**\n0.950 · ▼1 · best #1" in answer
    last = int((START - timedelta(hours=4, minutes=54)).timestamp())
    ahead = f"{server.bob.mention}, who has been ahead since <t:{last}:f>"
    assert f"-# 1 place and 0.040 behind {ahead}" in answer
    first = int((START - timedelta(hours=60)).timestamp())
    assert f"3 teams · since tracking began (<t:{first}:D>) · read <t:" in answer
    (words,) = await pictures(result)
    assert words is not None
    assert "Bravo: rank 3 on 29 Dec 2025" in words
    assert "Alpha: rank 1 on 29 Dec 2025" in words
    everybody = await world.ask(server.manager, "compare")
    assert everybody == answer
    assert "That is you." in await world.ask(server.ada, "compare", member=server.ada)
    assert "That is you." in await world.ask(server.ada, "compare", username="ADA")
    twice = await world.ask(server.ada, "compare", member=server.bob, username="Bob")
    note = "\n-# Named more than once: [Bob](https://www.kaggle.com/Bob)."
    assert twice == response_text(together) + note
    answer = await world.ask(server.ada, "compare", username="dave", period="day")
    assert "2. **#3** **Charlie**\n0.800 · ±0 · best #3\n-# 1 place and 0.150 behind" in answer
    ahead = f"0.150 behind {server.ada.mention}, who has been ahead since tracking began"
    assert f"{ahead} (<t:{first}:D>)" in answer
    # The head has the day already.
    answer = await world.ask(server.ada, "compare", username="dave")
    assert answer.endswith(ahead)
    answer = await world.ask(server.ada, "compare", member=server.bob, username="nobody")
    assert "Not on this board: [nobody](https://www.kaggle.com/nobody)." in answer


async def test_team_that_joined_later_is_counted_from_then(world: World) -> None:
    """It is new for `/rank`; its climb is not one since tracking began."""
    joined = world.env.now() - timedelta(hours=5)
    world.serve("titanic", [ALPHA, CHARLIE], at=world.env.now() - timedelta(hours=30))
    await world.follow()
    for taken_at, score in ((joined, "0.100"), (world.env.now(), "0.999")):
        world.serve("titanic", [ALPHA, CHARLIE, replace(BRAVO, score=score)], at=taken_at)
        await world.pass_time(minutes=6)
    await world.ask(world.server.ada, "link", username="ada")
    await world.ask(world.server.bob, "link", username="bob")
    since = f"-# On the board since <t:{joined.timestamp():.0f}:f>"
    assert since in await world.ask(world.server.bob, "history")
    assert (await world.ask(world.server.ada, "compare")).count(since) == 1
    assert "On the board since" not in await world.ask(world.server.ada, "history")


async def test_rank_card_gets_its_plot(world: World) -> None:
    await store_three_days(world)
    result = await world.run(world.server.bob, "rank")
    assert "# #1\n" in response_text(result)
    (words,) = await pictures(result)
    assert words is not None
    assert "Bravo: rank 3 on 29 Dec 2025, 1 on 31 Dec 2025" in words


async def test_single_board_has_no_plot(world: World) -> None:
    world.serve("titanic", [ALPHA, BRAVO])
    await world.follow()
    result = await world.run(world.server.ada, "history", username="bob")
    assert "Only one board is stored so far" in response_text(result)
    assert await pictures(result) == []


async def test_period_without_a_new_board_says_so(world: World) -> None:
    await store_three_days(world)
    world.sync_every(minutes=60)
    await world.pass_time(hours=20)
    answer = await world.ask(world.server.bob, "history", period="day")
    assert "**#1**" in answer
    assert "There was no new board in the last 24 hours." in answer
    assert "Only one board" not in answer
    assert "**#3 → #1**" in await world.ask(world.server.bob, "history", period="week")


async def test_members_and_boards_that_cannot_be_shown_are_errors(world: World) -> None:
    ada, bob = world.server.ada, world.server.bob
    assert "Nobody here has a linked Kaggle account that counts yet" in await world.ask(
        ada, "compare"
    )
    unlinked = "use `/link`, or choose somebody with `member` or `username`."
    assert unlinked in await world.ask(ada, "history")
    result = await world.run(ada, "history", username="bob")
    assert "follows no competition yet" in response_text(result)
    assert is_private(result)
    world.serve("titanic", [ALPHA, BRAVO])
    world.serve("house-prices", [ALPHA, CHARLIE])
    await world.follow()
    assert f"{bob.mention} hasn't linked a Kaggle account yet." in await world.ask(
        ada, "history", member=bob
    )
    await world.ask(bob, "link", username="nobody")
    answer = await world.ask(ada, "history", member=bob)
    assert "is not on Titanic yet. Teams appear after their first submission." in answer
    assert "Nobody with a link that counts here is on Titanic yet" in await world.ask(
        ada, "compare"
    )
    await world.follow("house-prices")
    asked = await world.run(ada, "history", username="ada")
    assert response_text(asked) == "On which board?"
    assert offered(asked) == ["house-prices", "titanic"]
    assert "**Charlie**" in await world.ask(ada, "history", username="dave")
    answer = await world.ask(ada, "history", username="ada", competition="titanic")
    assert "[Titanic]" in answer


async def test_own_team_is_compared_even_if_it_is_not_among_the_best(world: World) -> None:
    teams = [Team(n, f"Team {n}", f"0.{99 - n}", f"user{n}") for n in range(1, 10)]
    world.serve("titanic", teams)
    await world.follow()
    for n in range(1, 10):
        await world.storage.links.link(world.server.guild.id, n, f"user{n}", n, START)
    ada, bob = world.server.ada, world.server.bob
    assert "Only the best 6 of these 9 teams are shown." in await world.ask(bob, "compare")
    await world.storage.links.unlink(world.server.guild.id, 9)
    await world.ask(ada, "link", username="USER9")
    answer = await world.ask(ada, "compare")
    assert "5. **#5**" in answer
    assert f"6. **#9** {ada.mention}" in answer
    assert "-# 4 places and 0.04 behind" in answer
    assert "Only the best 5 of these 9 teams and yours are shown." in answer


async def test_nobody_is_compared_with_somebody_on_no_board(world: World) -> None:
    world.serve("titanic", [ALPHA, BRAVO])
    world.serve("house-prices", [ALPHA, CHARLIE])
    await world.follow()
    await world.follow("house-prices")
    ada = world.server.ada
    await world.ask(ada, "link", username="ada")
    asked = await world.run(ada, "compare", username="alhpa", competition="titanic")
    assert is_private(asked)
    assert "no team there has **alhpa** in its name" in response_text(asked)
    # The only board that both are on need not be chosen.
    assert "**Charlie**" in await world.ask(ada, "compare", username="dave")


async def test_who_is_named_twice_is_shown_once_with_a_note(world: World) -> None:
    world.serve("titanic", [ALPHA, BRAVO])
    await world.follow()
    ada, bob = world.server.ada, world.server.bob
    await world.ask(bob, "link", username="bob")
    answer = await world.ask(ada, "history", member=bob, member2=bob, username="ada")
    assert "**Alpha**" in answer
    assert answer.endswith(
        f"\n-# Named more than once: {bob.mention} ([bob](https://www.kaggle.com/bob))."
    )


async def test_final_board_counts_after_the_end(world: World) -> None:
    drawn = world.record_plots()
    await begin(world)
    ada, bob = world.server.ada, world.server.bob
    # Before the end, bob (#6) is ahead of ada (#20).
    assert "1. **#6**" in await world.ask(ada, "compare")
    await world.pass_time(minutes=35)
    world.serve("titanic", [world.submit(TEAMS[5], "1.5"), *TEAMS[:5], *TEAMS[6:]])
    await world.pass_time(minutes=31)
    world.serve_private("titanic", FINAL)
    await world.pass_time(hours=2)
    answer = await world.ask(ada, "history")
    assert f"**Final #1** (public #20) · {ada.mention}" in answer
    (plot,) = drawn[1:]
    assert isinstance(plot, RankHistoryPlot)
    assert (plot.is_public, plot.final_rank) == (True, 1)
    assert "\n**Final score** 0.7990\n**Public board** **#20 → #20** ±0\n" in answer
    assert "\n**Public score** " in answer
    assert "**Score**" not in answer
    assert "🏁 final private board" in answer
    drawn.clear()
    result = await world.run(bob, "compare")
    answer = response_text(result)
    assert f"1. **Final #1** (public #20) {ada.mention}" in answer
    assert f"2. **Final #7** (public #1) {bob.mention}" in answer
    assert "-# 6 places and" in answer
    (plot,) = drawn
    assert isinstance(plot, ComparisonPlot)
    assert plot.is_public
    (words,) = await pictures(result)
    assert words is not None
    assert words.startswith("Rank over time in Titanic, on the public board")
    assert "Team 20: final rank 1, public board: rank 20 on 1 Jan 2026, 20 on" in words


async def test_no_links_of_other_servers_and_no_others_in_direct_messages(world: World) -> None:
    home, elsewhere = world.server, world.add_server()
    world.serve("titanic", crowd(9))
    await world.follow("titanic", home)
    await world.follow("titanic", elsewhere)
    await world.ask(home.ada, "link", username="user1")
    await world.ask(home.bob, "link", username="user2")
    await world.ask(elsewhere.ada, "link", username="user3")
    await world.pass_time(minutes=10)
    answer = await world.ask(elsewhere.ada, "compare")
    assert "Team 3" in answer
    assert "Team 1" not in answer
    assert f"{home.bob.mention} hasn't linked a Kaggle account" not in answer
    for command in ("history", "compare"):
        direct = await home.ada.user.slash(command)
        assert "Team 1" in response_text(direct)
        assert "Team 2" not in response_text(direct)
        refused = await home.ada.user.slash(command, member=home.bob.user)
        assert "only in their server" in response_text(refused)
    direct = await home.ada.user.slash("compare", username="user2")
    assert "Team 2" in response_text(direct)
    assert home.bob.mention not in response_text(direct)
    assert direct.response is not None
    pressed = await home.ada.user.click(direct.response.message, label="24 h")
    assert not is_private(pressed)


async def test_button_of_gone_teams_or_an_unfollowed_board_says_so(world: World) -> None:
    world.serve("titanic", [ALPHA, BRAVO])
    await world.follow()
    result = await world.run(world.server.ada, "history", username="bob")
    assert result.response is not None
    message = result.response.message
    await world.pass_time(minutes=6)
    world.serve("titanic", [ALPHA, CHARLIE])
    await world.pass_time(minutes=11)
    gone = await press(world, world.server.ada, message, "30 d")
    assert gone == "⚠️ None of these teams is on the board of **Titanic** any more."
    await world.confirm(world.server.manager, "competition remove", competition="titanic")
    gone = await press(world, world.server.ada, message, "30 d")
    assert gone == "⚠️ This server no longer follows this competition."
