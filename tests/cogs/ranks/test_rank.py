import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import discord
import pytest

from cogs.framework.services import Services
from cogs.framework.texts import USERNAME_TEXT
from cogs.ranks.rank_data import load_rank_data
from cogs.ranks.rank_screen import RankData
from records.competitions import Competition
from tests.cogs.boards.test_scores import shift_ranks
from tests.cogs.examples import ALPHA, BRAVO, CHARLIE, FINAL, SMALL, TEAMS, crowd
from tests.cogs.world import START, Team, World, build_zip, is_private, response_text


async def test_card_shows_rank_zone_and_neighbours(world: World) -> None:
    world.list_competition()
    world.serve("titanic", crowd(1000))
    await world.follow()
    server = world.server
    await world.ask(server.ada, "link", username="user60")
    await world.ask(server.bob, "link", username="user59")
    result = await world.run(server.ada, "rank")
    assert not is_private(result)
    answer = response_text(result)
    assert "# 🥉 #60\n**top 6 %** of 1,000 teams\n[Titanic]" in answer
    assert f"{server.ada.mention} · **Team 60**" in answer
    assert "**Score** 0.99400 · higher is better" in answer
    assert "1 submission · last one <t:" in answer
    assert f"**Above** #59 {server.bob.mention} · 0.00010 ahead" in answer
    assert "**Below** #61 Team 61 · 0.00010 behind" in answer
    assert "**Zone** 🥉 bronze, to #100" in answer
    assert "**Next** 🥈 silver, 10 places up · a score better by more than 0.00100" in answer


async def test_gap_to_a_zone_is_shown_where_nobody_has_its_last_rank(world: World) -> None:
    world.list_competition()
    world.kaggle.boards["titanic"] = shift_ranks(build_zip("titanic", crowd(120)), 20)
    await world.follow()
    answer = await world.ask(world.server.ada, "rank", username="user30")
    # User 19 is the last one of silver, on #19; nobody is on #20 to #29.
    assert "**Next** 🥈 silver, 16 places up · a score better by more than 0.00110" in answer


async def test_neighbours_are_shown_where_the_ranks_beside_are_missing(world: World) -> None:
    world.list_competition()
    world.kaggle.boards["titanic"] = shift_ranks(build_zip("titanic", crowd(120)), 20)
    await world.follow()
    # User 19 is on #19, user 20 on #30, and nobody between them.
    answer = await world.ask(world.server.ada, "rank", username="user20")
    assert "**Above** #19 Team 19 · 0.00010 ahead" in answer
    assert "**Below** #31 Team 21" in answer
    answer = await world.ask(world.server.ada, "rank", username="user19")
    assert "**Below** #30 Team 20 · 0.00010 behind" in answer
    answer = await world.ask(world.server.ada, "rank", username="user120")
    assert "**Above** #129 Team 119" in answer
    assert "**Below**" not in answer


async def test_trend_shows_changes_of_a_day_a_week_and_the_last_sync(world: World) -> None:
    world.sync_every(minutes=30)
    first = START - timedelta(hours=23)
    world.serve("titanic", [ALPHA, BRAVO, CHARLIE], at=first)
    await world.follow()
    await world.ask(world.server.ada, "link", username="dave")
    assert "**Trend**" not in await world.ask(world.server.ada, "rank")
    world.serve("titanic", [CHARLIE, ALPHA, BRAVO], at=START - timedelta(hours=21))
    await world.pass_time(hours=1)
    world.serve("titanic", [ALPHA, CHARLIE, BRAVO])
    await world.pass_time(minutes=30)
    known = f"since tracking began (<t:{int(first.timestamp())}:D>)"
    answer = await world.ask(world.server.ada, "rank")
    assert f"**Trend** 24 h ▲1 · {known} ▲1 · last sync ▼1" in answer
    await world.pass_time(hours=2)
    answer = await world.ask(world.server.ada, "rank")
    assert f"**Trend** 24 h ▼1 · {known} ▲1 · last sync ±0" in answer


@pytest.mark.parametrize("boards", [1, 2])
async def test_board_that_has_not_changed_for_a_day_has_a_change_of_none(
    world: World, boards: int
) -> None:
    world.sync_every(minutes=60)
    world.serve("titanic", [BRAVO, ALPHA, CHARLIE], at=START - timedelta(hours=2))
    await world.follow()
    if boards > 1:
        world.serve("titanic", [ALPHA, BRAVO, CHARLIE])
    await world.ask(world.server.ada, "link", username="dave")
    await world.pass_time(hours=27)
    assert "24 h ±0" in await world.ask(world.server.ada, "rank")
    for command in ("leaderboard", "overview"):
        answer = await world.ask(world.server.ada, command)
        assert "change in 24 h" in answer
        assert not re.search("[▲▼]|new", answer)


async def test_first_rank_has_nobody_above(world: World) -> None:
    world.serve("titanic", SMALL)
    await world.follow()
    answer = await world.ask(world.server.ada, "rank", username="ADA")
    assert "# #1\n**top 25 %** of 4 teams" in answer
    assert "**Below** #2 Bravo · 0.010 behind" in answer
    assert "**Above**" not in answer
    assert "ada · **Alpha**" in answer
    assert "Zone" not in answer


async def test_single_team_has_no_neighbours(world: World) -> None:
    world.serve("titanic", [ALPHA])
    await world.follow()
    answer = await world.ask(world.server.ada, "rank", username="ada")
    assert "# #1\nof 1 team\n" in answer
    assert "**Above**" not in answer
    assert "**Below**" not in answer


async def test_team_mates_are_named(world: World) -> None:
    world.serve("titanic", SMALL)
    await world.follow()
    await world.ask(world.server.bob, "link", username="bob")
    answer = await world.ask(world.server.ada, "rank", member=world.server.bob)
    assert f"{world.server.bob.mention} and carol · **Bravo**" in answer


async def test_list_lists_all_boards_of_a_member(world: World) -> None:
    for slug in ("titanic", "house-prices", "elsewhere"):
        world.serve(slug, SMALL if slug != "elsewhere" else [BRAVO])
        await world.follow(slug)
    await world.ask(world.server.ada, "link", username="ada")
    result = await world.run(world.server.ada, "rank")
    assert response_text(result).count("### #1 of 4 · top 25 %") == 2
    assert "on 2 boards followed here" in response_text(result)
    assert result.response is not None
    await world.restart()
    closer = await world.server.bob.select(result.response.message, ["titanic"])
    assert is_private(closer)
    assert "# #1\n**top 25 %** of 4 teams\n[Titanic]" in response_text(closer)
    answer = await world.ask(world.server.ada, "rank", competition="titanic")
    assert answer == response_text(closer)
    answer = await world.ask(world.server.ada, "rank", competition="elsewhere")
    assert f"{world.server.ada.mention} ([ada]" in answer
    assert "is not on Elsewhere yet" in answer


async def test_list_of_many_boards_has_pages(world: World) -> None:
    for n in range(13):
        world.serve(f"competition-{n}", [Team(1, "A *very* [long] name " * 5, "0.5", "ada")])
        await world.follow(f"competition-{n}")
    result = await world.run(world.server.ada, "rank", username="ada")
    seen = response_text(result)
    assert "on 13 boards followed here" in seen
    assert "Page 1 of 2" in seen
    await world.restart()
    assert result.response is not None
    second = await world.server.ada.click(result.response, label="▶")
    seen += response_text(second)
    assert "Page 2 of 2" in seen
    assert all(f"Competition {n}]" in seen for n in range(13))


async def test_list_loads_only_the_boards_of_its_page(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded: list[str] = []

    async def load(services: Services, competition: Competition, *rest: Any) -> RankData:
        loaded.append(competition.slug)
        return await load_rank_data(services, competition, *rest)

    monkeypatch.setattr("cogs.ranks.rank.load_rank_data", load)
    for n in range(13):
        world.serve(f"competition-{n}", [Team(1, "Alpha", "0.5", "ada")])
        await world.follow(f"competition-{n}")
    answer = await world.ask(world.server.ada, "rank", username="ada")
    assert "on 13 boards followed here" in answer
    assert len(loaded) == answer.count("### ") < 13


async def test_unknown_members_and_names_are_errors(world: World) -> None:
    ada, bob = world.server.ada, world.server.bob
    assert await world.ask(ada, "rank") == (
        "⚠️ You haven't linked your Kaggle account yet: use `/link`, or choose somebody with"
        " `member` or `username`."
    )
    answer = await world.ask(ada, "rank", member=bob)
    assert f"{bob.mention} hasn't linked a Kaggle account yet." in answer
    assert "not both" in await world.ask(ada, "rank", member=bob, username="bob")
    result = await world.run(ada, "rank", username="bob")
    assert "follows no competition yet" in response_text(result)
    assert is_private(result)
    for slug in ("titanic", "house-prices"):
        world.serve(slug, SMALL)
        await world.follow(slug)
    answer = await world.ask(ada, "rank", username="nobody")
    assert answer == (
        "⚠️ [nobody](https://www.kaggle.com/nobody) is not on any board followed here yet, and no"
        f" team there has **nobody** in its name. {USERNAME_TEXT}"
    )
    answer = await world.ask(ada, "rank", username="<@1>", competition="titanic")
    assert answer.startswith(r"⚠️ No team on Titanic has **\<@")
    assert answer.endswith("in its name. " + USERNAME_TEXT)


async def test_user_names_are_autocompleted(world: World) -> None:
    world.serve("titanic", SMALL)
    await world.follow()
    assert await world.autocomplete(world.server.ada, "rank", "username", "@A") == ["ada"]
    assert await world.autocomplete(world.server.ada, "rank", "username", "") == [
        "ada",
        "bob",
        "carol",
        "dave",
    ]


async def test_team_that_was_absent_a_day_ago_is_new(world: World) -> None:
    world.serve("titanic", [ALPHA])
    await world.follow()
    await world.pass_time(minutes=10)
    newcomer = Team(5, "Eve", "0.1", "eve", submitted_at=START + timedelta(minutes=1))
    world.serve("titanic", [ALPHA, newcomer])
    await world.pass_time(minutes=6)
    answer = await world.ask(world.server.ada, "rank", username="eve")
    assert "**Trend** since tracking began (<t:1767225600:D>) new · last sync new" in answer


async def test_equal_scores_are_no_gap(world: World) -> None:
    twin = Team(5, "Eve", "0.9500", "eve")
    world.serve("titanic", [ALPHA, twin, CHARLIE])
    await world.follow()
    answer = await world.ask(world.server.ada, "rank", username="eve")
    assert "**Above** #1 Alpha · same score" in answer
    answer = await world.ask(world.server.ada, "rank", username="ada")
    assert "**Below** #2 Eve · same score" in answer


async def test_context_menu_shows_a_rank_privately(world: World) -> None:
    world.serve("titanic", SMALL)
    await world.follow()
    server = world.server
    await world.ask(server.bob, "link", username="bob")
    result = await server.ada.context_menu(server.channel, "Kaggle rank", server.bob)
    assert is_private(result)
    assert f"{server.bob.mention} and carol · **Bravo**" in response_text(result)
    await world.restart()
    result = await server.bob.context_menu(server.channel, "Kaggle rank", server.ada)
    assert f"{server.ada.mention} hasn't linked a Kaggle account" in response_text(result)


async def test_card_does_not_wait_for_the_whole_log(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.serve("titanic", [ALPHA, BRAVO], at=START - timedelta(hours=2))
    await world.follow()
    world.serve("titanic", [BRAVO, ALPHA], at=START)
    await world.pass_time(minutes=6)
    steps: list[str] = []

    def record(owner: object, name: str) -> None:
        original: Callable[..., Awaitable[Any]] = getattr(owner, name)

        def recording(*args: Any, **options: Any) -> Awaitable[Any]:
            steps.append(name)
            return original(*args, **options)

        monkeypatch.setattr(owner, name, recording)

    record(world.storage.history, "trace_teams")
    record(world.storage.history, "load_continued_histories")
    record(discord.Interaction, "edit_original_response")
    result = await world.run(world.server.ada, "rank", username="ada")
    assert "**Trend**" in response_text(result)
    assert result.response is not None
    assert result.response.message.attachments
    sent = "edit_original_response"
    assert steps == ["trace_teams", sent, "load_continued_histories", sent]


async def test_board_that_is_no_longer_followed_is_not_mistaken_for_another(world: World) -> None:
    for slug in ("titanic", "spaceship-titanic"):
        world.serve(slug, SMALL)
        await world.follow(slug)
    result = await world.run(world.server.ada, "rank", username="ada")
    await world.confirm(world.server.manager, "competition remove", competition="titanic")
    assert result.response is not None
    answer = await world.server.ada.select(result.response, ["titanic"])
    assert "This server no longer follows this competition." in response_text(answer)


async def ask_about(world: World, command: str) -> str:
    options = {} if command == "leaderboard" else {"username": "user2"}
    return await world.ask(world.server.ada, command, **options)


async def test_medals_wait_for_the_private_board(world: World) -> None:
    world.sync_every(minutes=60)
    world.list_competition(deadline=START + timedelta(hours=1))
    world.serve("titanic", TEAMS)
    await world.follow()
    waiting = "**waiting for the private board, which decides the medals**"
    others = ("leaderboard", "history", "scores")
    for command in others:
        assert "waiting for" not in await ask_about(world, command)
    text = await world.ask(world.server.ada, "rank", username="user2")
    assert "**Zone** 🥇 gold, to #" in text
    assert waiting not in text
    assert "**Next** 🥉 bronze, " in await world.ask(world.server.ada, "rank", username="user20")
    await world.pass_time(hours=2)
    for command in others:
        assert " · waiting for the private board" in await ask_about(world, command)
    assert "**Next**" not in await world.ask(world.server.ada, "rank", username="user20")
    text = await world.ask(world.server.ada, "rank", username="user2")
    assert waiting in text
    assert "**Zone** 🥇 gold on the public board, to #" in text
    world.serve_private("titanic", FINAL)
    await world.pass_time(hours=24)
    text = await world.ask(world.server.ada, "rank", username="user20")
    assert "🏁 final private board" in text
    assert "waiting" not in text
    assert "on the public board" not in text
