"""Seasons in two servers: who may change them, how members stand, what stays."""

from datetime import timedelta

from leaderboards.competition_info import CompetitionInfo
from leaderboards.seasons.standings import season_points
from plots.specs import SeasonPlot
from tests.cogs.examples import crowd
from tests.cogs.world import START, Team, World, is_private, response_text
from tests.storage.examples import delete_guild


def points(rank: int, teams: int, team_size: int = 1) -> str:
    return f"**{round(season_points(rank, teams, team_size)):,} points**"


async def follow_two(world: World) -> None:
    world.serve("titanic", crowd(20))
    world.serve("spaceship", [Team(1, "Pair", "0.9", "user7,user8"), Team(2, "Two", "0.8", "x")])
    for slug in ("titanic", "spaceship"):
        await world.follow(slug)


async def test_season_from_creation_to_deletion(world: World) -> None:
    server = world.server
    manager, ada, bob = server.manager, server.ada, server.bob
    assert "has no season yet" in await world.ask(ada, "season standings")
    assert "No season yet" in await world.ask(ada, "season list")
    await follow_two(world)
    assert "✅ Created **" in await world.ask(manager, "season create", name=" Spring  2026 ")
    assert "already" in await world.ask(manager, "season create", name="spring 2026")
    assert "needs a name" in await world.ask(manager, "season create", name="\u200b\u200b")
    result = await world.run(ada, "season standings")
    assert is_private(result), "there is nothing to show to others"
    answer = response_text(result)
    assert "**Spring 2026** has no competitions yet. A manager can add one with `/sea" in answer
    for slug in ("titanic", "spaceship"):
        answer = await world.ask(manager, "season add", season="SPRING 2026", competition=slug)
        assert f"Added **{slug.title()}** to **Spring 2026**" in answer
    again = await world.ask(manager, "season add", season="Spring 2026", competition="titanic")
    assert "already in **Spring 2026**" in again
    nobody = (
        "No member with a link that counts is on any board of **Spring 2026** yet: use `/link`."
    )
    result = await world.run(ada, "season standings")
    assert is_private(result), "there is nothing to show to others"
    assert nobody in response_text(result)

    await world.ask(ada, "link", username="user7")
    await world.ask(bob, "link", username="user8")
    guilds = world.storage.guilds
    await guilds.change_settings(server.guild.id, require_verified=True)
    assert nobody in await world.ask(ada, "season standings"), "they are linked, but do not count"
    await guilds.change_settings(server.guild.id, require_verified=False)
    drawn = world.record_plots()
    result = await world.run(ada, "season standings", season="spring 2026")
    assert not is_private(result)
    lines = response_text(result).split("\n")
    assert lines[0] == "## 🏆 Spring 2026"
    assert "2 competitions · 2 not final yet ⏳" in lines[1]
    alone, in_pair = (round(season_points(*of)) for of in ((7, 20, 1), (1, 2, 2)))
    assert lines[2] == f"🥇 {ada.mention} (user7) · **{alone + in_pair:,} points**"
    assert lines[3] == f"-# Titanic #7 → {alone:,} ⏳ · Spaceship #1, team of 2 → {in_pair:,} ⏳"
    # The picture cannot mention members: it names them as the text does.
    plot = drawn.pop()
    assert isinstance(plot, SeasonPlot)
    assert [row.name for row in plot.rows] == ["user7", "user8"]
    assert sorted(plot.competitions) == ["Spaceship", "Titanic"]
    assert plot.unit == "points"
    assert lines[4].startswith(f"🥈 {bob.mention}")
    assert "Titanic, Spaceship" in (await world.ask(bob, "season list")).replace(
        "Spaceship, Titanic", "Titanic, Spaceship"
    )
    assert await world.autocomplete(ada, "season standings", "season", "spr") == ["Spring 2026"]

    # What is followed no more stays in it; what is taken out does not.
    await world.confirm(manager, "competition remove", competition="titanic")
    answer = await world.ask(ada, "season standings")
    assert "Titanic #7" in answer
    assert "-# No longer followed here: Titanic. `/competition add` follows one again" in answer
    gone = await world.confirm(
        manager,
        "season remove",
        season="Spring 2026",
        competition="https://www.kaggle.com/c/titanic",
    )
    assert "from **Spring 2026**" in gone
    assert "Titanic" not in await world.ask(ada, "season standings")
    assert "is not in" in await world.confirm(
        manager, "season remove", season="Spring 2026", competition="titanic"
    )
    deleted = await world.confirm(manager, "season delete", season="Spring 2026")
    # It contained one that is not followed any more.
    assert deleted == "**Spring 2026** is deleted. What this server follows is still followed."
    assert "has no season yet" in await world.ask(ada, "season standings")


async def test_suggested_name_cannot_change_the_direction_of_the_line(world: World) -> None:
    server = world.server
    await world.ask(server.manager, "season create", name="Spring \u202e2026")
    (choice,) = await server.ada.autocomplete(server.channel, "season standings", "season", "spr")
    assert choice == {"name": "Spring 2026", "value": "Spring \u202e2026"}


async def test_private_board_counts_also_for_the_mean_share_behind(world: World) -> None:
    world.kaggle.listed["titanic"] = CompetitionInfo(
        "titanic", START - timedelta(days=1), "Featured"
    )
    await follow_two(world)
    world.serve_private(
        "titanic", [Team(n, f"Team {n}", f"{0.5 + n / 1000:.4f}") for n in range(20, 0, -1)]
    )
    await world.pass_time(minutes=10)
    await world.ask(world.server.ada, "link", username="user20")
    await world.ask(world.server.manager, "season create", name="Means", rule="mean_share_behind")
    await world.ask(world.server.manager, "season add", season="Means", competition="titanic")
    answer = await world.ask(world.server.ada, "season standings")
    assert f"🥇 {world.server.ada.mention} (user20) · **100.0 %**" in answer
    assert "-# Titanic #1 → 100.0 %" in answer
    assert "not final" not in answer
    await world.ask(world.server.manager, "season add", season="Means", competition="spaceship")
    answer = await world.ask(world.server.ada, "season standings")
    assert f"🥇 {world.server.ada.mention} (user20) · **50.0 %**" in answer
    assert "1 not final yet ⏳" in answer


async def test_only_managers_change_seasons_and_servers_are_apart(world: World) -> None:
    await follow_two(world)
    await world.ask(world.server.manager, "season create", name="Ours")
    for command, options in {
        "create": {"name": "Mine"},
        "delete": {"season": "Ours"},
        "add": {"season": "Ours", "competition": "titanic"},
        "remove": {"season": "Ours", "competition": "titanic"},
    }.items():
        answer = await world.ask(world.server.ada, f"season {command}", **options)
        assert "Manage Server" in answer, command
    elsewhere = world.add_server()
    assert "has no season yet" in await world.ask(elsewhere.ada, "season standings")
    assert await world.autocomplete(elsewhere.ada, "season standings", "season", "") == []
    made = await world.ask(elsewhere.manager, "season create", name="Ours")
    assert "✅ Created **" in made
    unknown = await world.ask(elsewhere.manager, "season add", season="Ours", competition="titanic")
    assert "`/competition add`" in unknown
    await delete_guild(world.storage, elsewhere.guild.id)
    assert await world.storage.seasons.load_seasons(elsewhere.guild.id) == []
    assert [s.name for s in await world.storage.seasons.load_seasons(world.server.guild.id)] == [
        "Ours"
    ]
