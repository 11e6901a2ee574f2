import asyncio
from datetime import timedelta

import aiohttp
import discord
import pytest

from cogs.competitions.add_limiter import AddLimiter
from cogs.framework.responses import UserError
from leaderboards.competition_info import CompetitionInfo
from leaderboards.errors import Forbidden, NotLoggedIn, TimedOut
from records.limits import Limits
from tests.cogs.examples import ALPHA, BRAVO, CHARLIE, SAMPLE, SMALL, crowd
from tests.cogs.options.test_option_select import offered
from tests.cogs.world import START, World, announced, is_private, raw, response_text, text_of

BROWSE = "`/competition browse` finds competitions by words of their titles."


async def test_add_shows_what_it_found_and_announces_it(world: World) -> None:
    world.serve("titanic", SMALL, benchmarks=[SAMPLE.id])
    world.kaggle.listed["titanic"] = CompetitionInfo(
        "titanic", world.env.now() + timedelta(days=9), "Featured", "$ 1", 3
    )
    await world.ask(world.server.ada, "link", username="ADA")
    result = await world.run(
        world.server.manager,
        "competition add",
        competition="https://www.kaggle.com/competitions/titanic/leaderboard",
        channel=world.server.channel,
    )
    assert is_private(result)
    answer = response_text(result)
    assert "Following [Titanic]" in answer
    assert "**3 teams** on the board · 1 benchmark · higher is better" in answer
    assert "Featured · awards medals · deadline <t:" in answer
    assert "1 linked member of this server is on it." in answer
    assert world.server.channel.mention in answer
    (told,) = announced(world)
    assert "Now following [Titanic]" in told
    assert "The board has 3 teams. One linked member is on it." in told


@pytest.mark.parametrize("first", ["add", "channel"])
async def test_links_that_do_not_count_yet_are_told(world: World, first: str) -> None:
    server, guilds = world.server, world.storage.guilds
    world.serve("titanic", SMALL)
    await world.ask(server.ada, "link", username="ADA")
    await guilds.change_settings(server.guild.id, require_verified=True)
    told_later = (
        "1 member on it has a link that is not verified and does not count here yet: the member"
        " verifies it with `/link`."
    )
    if first == "add":
        assert told_later in await world.follow()
    else:
        answer = await world.ask(server.manager, "competition add", competition="titanic")
        assert told_later in answer
        await world.ask(server.manager, "announcements", channel=server.channel)
    (told,) = announced(world)
    assert told.endswith(f"4 teams. {told_later} What this server announces about it comes here.")
    assert "No linked member" not in told
    await world.ask(server.bob, "link", username="bob")
    parent = server.guild.create_text_channel("kagglers")
    world.serve("digits", SMALL)
    await world.ask(server.manager, "competition add", competition="digits", thread=parent)
    await world.pass_time(minutes=6)
    opened = parent.history()[0]
    assert (
        "2 members on it have links that are not verified and do not count here yet: each member"
        " verifies theirs with `/link`."
    ) in text_of(raw(opened))
    await guilds.change_settings(server.guild.id, require_verified=False)
    world.serve("counted", SMALL)
    assert "2 linked members of this server are on it.\n" in await world.follow("counted")


async def test_add_shows_what_kaggles_list_tells(world: World) -> None:
    world.serve("titanic", SMALL)
    world.kaggle.listed["titanic"] = CompetitionInfo(
        "titanic",
        START + timedelta(days=9),
        "Playground",
        title="Titanic - *ML* from Disaster",
        awards_points=True,
        metric="Accuracy",
        daily_submissions=5,
        team_size=4,
        host="Ada's class",
    )
    answer = await world.follow()
    assert "Following [Titanic - \\*ML\\* from Disaster](https://www.kaggle.com/" in answer
    assert "\ntitanic · Playground · awards medals" in answer
    assert "Playground · awards medals · deadline <t:" in answer
    assert "scored by Accuracy · 5 submissions a day · teams of at most 4 · host: Ada" in answer


async def test_featured_competition_that_awards_no_points_awards_no_medals(world: World) -> None:
    world.serve("titanic", SMALL)
    world.kaggle.listed["titanic"] = CompetitionInfo(
        "titanic", START + timedelta(days=9), "Featured", awards_points=False
    )
    assert "awards medals" not in await world.follow()


async def test_add_shows_its_progress(world: World) -> None:
    world.serve("titanic", SMALL)
    await world.follow()
    shown = [
        text_of(request.json["components"])
        for request in world.env.http_requests
        if request.method == "PATCH" and isinstance(request.json, dict)
    ]
    assert shown[0] == "⏳ Looking for titanic on Kaggle …"
    assert "⏳ Storing 4 teams …" in shown
    assert "Following" in shown[-1]


@pytest.mark.parametrize("error", [aiohttp.ServerDisconnectedError(), OSError("connection reset")])
async def test_add_works_if_its_progress_cannot_be_shown(
    world: World, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    async def broken(*_: object) -> None:
        raise error

    monkeypatch.setattr("cogs.framework.responses.show_progress", broken)
    assert await world.follow() == f"⚠️ Kaggle knows no competition titanic. {BROWSE}"
    assert await world.storage.competitions.find("titanic") is None
    world.serve("titanic", SMALL)
    assert "Following [Titanic]" in await world.follow()


@pytest.mark.parametrize(
    "error",
    [
        Forbidden("Accept the rules of titanic on Kaggle first."),
        NotLoggedIn("The Kaggle CLI is not logged in."),
        TimedOut("Kaggle did not answer in time."),
    ],
)
async def test_add_stores_nothing_if_the_first_sync_fails(world: World, error: Exception) -> None:
    world.kaggle.boards["titanic"] = error
    world.kaggle.listed["titanic"] = TimedOut("The list is not there either.")
    answer = await world.follow()
    hint = f" {BROWSE}" if isinstance(error, Forbidden) else ""
    assert answer == f"⚠️ {error}{hint}"
    assert await world.storage.competitions.find("titanic") is None
    assert announced(world) == []
    world.serve("titanic", SMALL)
    assert "Following [Titanic]" in await world.follow()


async def test_add_of_an_unknown_competition_stores_nothing(world: World) -> None:
    assert await world.follow("titanik") == f"⚠️ Kaggle knows no competition titanik. {BROWSE}"
    address = "https://www.kaggle.com/competitions/titanik"
    answer = await world.ask(world.server.manager, "competition add", competition=address)
    assert answer == f"⚠️ Kaggle knows no competition titanik. {BROWSE}"
    assert await world.storage.competitions.find("titanik") is None


async def test_add_of_a_competition_without_teams_follows_it_and_waits(world: World) -> None:
    world.serve("new-class", [])
    await world.ask(world.server.ada, "link", username="ada")
    answer = await world.follow("new-class")
    assert "Following [New Class]" in answer
    assert "Its board has no teams yet. I check for the first ones" in answer
    (told,) = announced(world)
    assert "Now following [New Class]" in told
    assert "Its board has no teams yet." in told
    assert "new-class" in await world.ask(world.server.manager, "competition list")
    status = await world.ask(world.server.ada, "status")
    assert "All is well" in status
    assert "**New Class** · ⏳ waiting for the first team · next" in status
    assert "⏳ waiting for the first team" in await world.ask(
        world.server.manager, "competition list"
    )
    await world.pass_time(minutes=2)
    asked = await world.ask(world.server.manager, "competition sync")
    assert "has no teams yet. I check for the first ones" in asked
    # It waits as long as it takes, and looks at the usual pace.
    await world.pass_time(hours=1)
    assert len(world.kaggle.downloads) >= 12
    assert len(announced(world)) == 1
    assert "All is well" in await world.ask(world.server.ada, "status")
    # A failure in between is one, until Kaggle shows the empty board again.
    world.kaggle.boards["new-class"] = TimedOut("Kaggle did not answer.")
    await world.pass_time(minutes=6)
    status = await world.ask(world.server.ada, "status")
    assert "Not everything works" in status
    assert "Kaggle did not answer." in status
    world.serve("new-class", [])
    await world.pass_time(minutes=16)
    assert "All is well" in await world.ask(world.server.ada, "status")
    world.serve("new-class", SMALL)
    await world.pass_time(minutes=6)
    competition = await world.storage.competitions.find("new-class")
    assert competition is not None
    assert (competition.error, competition.failures) == (None, 0)
    assert "Alpha" in await world.ask(world.server.ada, "rank")


async def test_add_of_an_invalid_name_shows_an_example(world: World) -> None:
    answer = await world.follow("--help; rm")
    assert "for example titanic or https" in answer
    assert world.kaggle.downloads == []


async def test_add_of_a_followed_competition_is_refused(world: World) -> None:
    world.serve("titanic", SMALL)
    await world.follow()
    refused = await world.follow()
    assert refused.startswith("⚠️ This server already follows **Titanic** and announces it in <#")
    assert len(announced(world)) == 1


async def test_add_is_refused_at_the_maximum(world: World) -> None:
    guilds, competitions = world.storage.guilds, world.storage.competitions
    for n in range(25):
        competition = await competitions.add_for_owner(f"competition-{n}")
        await guilds.follow(world.server.guild.id, competition.id, None, 1, START, None)
    world.serve("titanic", SMALL)
    assert "can follow 25 competitions" in await world.follow()
    assert "follows 25 competitions" in await world.ask(world.server.manager, "competition list")


async def test_adds_of_a_server_and_of_a_person_are_limited_for_an_hour(world: World) -> None:
    world.bot.services.limits = Limits(adds_per_hour=3)
    for slug in ("titanic", "digits", "houses", "storms"):
        world.serve(slug, SMALL)
    assert "Kaggle knows no competition" in await world.follow("typo")
    for slug in ("titanic", "digits"):
        assert "Following" in await world.follow(slug)
    before = list(world.kaggle.downloads)
    answer = await world.follow("houses")
    assert "This server has tried to add 3 competitions within an hour" in answer
    # The same person cannot go on in another server; another person can.
    elsewhere = world.add_server()
    power = discord.Permissions(manage_guild=True)
    role = elsewhere.guild.create_role("Chiefs", permissions=power)
    chief = elsewhere.guild.add_member(world.server.manager.user, roles=[role])
    answer = await world.ask(chief, "competition add", competition="houses")
    assert "You have tried to add 3 competitions within an hour" in answer
    assert world.kaggle.downloads == before
    assert "Following" in await world.follow("houses", elsewhere)
    world.sync_every(minutes=60)
    await world.pass_time(minutes=61)
    assert "Following" in await world.follow("storms")


async def test_adds_at_the_same_moment_pass_no_limit(world: World) -> None:
    world.bot.services.limits = Limits(adds_per_hour=3)
    limiter = AddLimiter(world.bot.services)
    results = await asyncio.gather(
        *(limiter.start_add(f"competition-{n}", 1, 2) for n in range(5)), return_exceptions=True
    )
    assert [type(result) for result in results].count(UserError) == 2


async def test_competitions_that_are_kept_in_all_are_limited(world: World) -> None:
    world.bot.services.limits = Limits(competitions=1)
    world.serve("titanic", SMALL)
    world.serve("digits", SMALL)
    await world.follow()
    elsewhere = world.add_server()
    answer = await world.follow("digits", elsewhere)
    assert answer.startswith("⚠️ I already store 1 competition, the most that my owner allows.")
    assert "`MAX_COMPETITIONS`" in answer
    assert "Following" in await world.follow("titanic", elsewhere)


async def test_add_without_a_channel_says_how_to_choose_one(world: World) -> None:
    world.serve("titanic", SMALL)
    answer = await world.ask(world.server.manager, "competition add", competition="titanic")
    assert "No channel for news is chosen yet" in answer
    assert announced(world) == []
    await world.ask(world.server.manager, "announcements", enabled=False)
    world.serve("spaceship", SMALL)
    assert "Announcements are off" in await world.follow("spaceship")
    assert announced(world) == []


async def test_add_with_an_unwritable_channel_is_refused(world: World) -> None:
    everyone = world.server.guild.default_role
    quiet = world.server.guild.create_text_channel(
        "quiet", overwrites={everyone: discord.PermissionOverwrite(send_messages=False)}
    )
    world.serve("titanic", SMALL)
    answer = await world.ask(
        world.server.manager, "competition add", competition="titanic", channel=quiet
    )
    assert answer == f"⚠️ I can't write in {quiet.mention}. Please give me *Send Messages* there."
    assert world.kaggle.downloads == []


async def test_list_shows_competitions_and_channels(world: World) -> None:
    manager = world.server.manager
    assert "follows no competition yet" in await world.ask(manager, "competition list")
    world.serve("titanic", SMALL)
    world.serve("spaceship", crowd(1200))
    await world.follow()
    await world.ask(manager, "competition add", competition="spaceship")
    await world.ask(manager, "competition pause", competition="spaceship")
    answer = await world.ask(manager, "competition list")
    assert "follows 2 competitions" in answer
    assert f"4 teams · {world.server.channel.mention} · read <t:" in answer
    assert "⏸️ paused · spaceship · 1,200 teams · no channel" in answer


async def test_remove_stops_syncs(world: World) -> None:
    world.serve("titanic", SMALL)
    await world.follow()
    answer = await world.confirm(world.server.manager, "competition remove", competition="titanic")
    assert "**Titanic** is no longer followed" in answer
    downloads = len(world.kaggle.downloads)
    await world.pass_time(minutes=30)
    assert len(world.kaggle.downloads) == downloads
    answer = await world.confirm(world.server.manager, "competition remove", competition="titanic")
    assert "does not follow **titanic**" in answer


async def test_remove_deletes_the_live_board(world: World) -> None:
    world.serve("titanic", SMALL)
    await world.follow()
    manager = world.server.manager
    stands = world.server.guild.create_text_channel("stands")
    await world.ask(manager, "competition live", channel=stands)
    assert len(stands.history()) == 1
    await world.confirm(manager, "competition remove", competition="titanic")
    assert stands.history() == []


async def test_pause_stops_syncs_and_resume_restarts_them(world: World) -> None:
    manager = world.server.manager
    world.serve("titanic", [ALPHA, CHARLIE])
    await world.ask(world.server.bob, "link", username="bob")
    await world.follow()
    assert "is paused" in await world.ask(manager, "competition pause")
    assert "already paused" in await world.ask(manager, "competition pause")
    await world.pass_time(minutes=10)
    world.serve("titanic", [ALPHA, BRAVO, CHARLIE])
    downloads = len(world.kaggle.downloads)
    await world.pass_time(minutes=10)
    assert len(world.kaggle.downloads) == downloads
    assert "is no longer paused" in await world.ask(manager, "competition resume")
    assert "is not paused" in await world.ask(manager, "competition resume")
    await world.pass_time(minutes=10)
    assert len(world.kaggle.downloads) > downloads


async def test_sync_shows_what_changed(world: World) -> None:
    manager = world.server.manager
    world.serve("titanic", crowd(30))
    await world.follow()

    async def sync() -> str:
        await world.env.advance_time(61)
        return await world.ask(manager, "competition sync")

    assert "nothing has changed since the last sync" in await sync()
    world.serve("titanic", [ALPHA, *crowd(30)[1:]])
    assert "30 teams · 0 new · 1 changed · 0 gone" in await sync()
    world.kaggle.boards["titanic"] = TimedOut("Kaggle did not answer.")
    assert await sync() == "⚠️ Kaggle did not answer."
    world.serve("titanic", crowd(5))
    assert "A third of the teams or more are gone." in await sync()


async def test_sync_of_an_older_board_changes_nothing(world: World) -> None:
    world.serve("titanic", SMALL)
    older = world.kaggle.boards["titanic"]
    await world.env.advance_time(60)
    world.serve("titanic", [BRAVO, ALPHA])
    await world.follow()
    world.kaggle.boards["titanic"] = older
    answer = await world.ask(world.server.manager, "competition sync")
    assert "a board that is not newer than the stored one" in answer


async def test_sync_has_a_cooldown(world: World) -> None:
    world.serve("titanic", SMALL)
    await world.follow()
    await world.ask(world.server.manager, "competition sync")
    answer = await world.ask(world.server.manager, "competition sync")
    assert "used a moment ago. Try again in 60 seconds" in answer


async def test_failed_sync_has_no_cooldown(world: World) -> None:
    world.serve("titanic", SMALL)
    await world.follow()
    manager = world.server.manager
    unknown = await world.ask(manager, "competition sync", competition="digits")
    assert "does not follow" in unknown
    world.kaggle.boards["titanic"] = TimedOut("Kaggle did not answer in time.")
    assert "did not answer in time" in await world.ask(manager, "competition sync")
    world.serve("titanic", SMALL)
    assert "used a moment ago" not in await world.ask(manager, "competition sync")
    assert "used a moment ago" in await world.ask(manager, "competition sync")


async def test_sync_has_a_cooldown_for_a_person_in_all_servers(world: World) -> None:
    world.serve("titanic", SMALL)
    await world.follow()
    elsewhere = world.add_server()
    await world.follow(server=elsewhere)
    power = discord.Permissions(manage_guild=True)
    role = elsewhere.guild.create_role("Chiefs", permissions=power)
    chief = elsewhere.guild.add_member(world.server.manager.user, roles=[role])
    await world.ask(world.server.manager, "competition sync")
    assert "used a moment ago" in await world.ask(chief, "competition sync")


@pytest.mark.parametrize("command", ["add", "remove", "list", "pause", "resume", "sync"])
async def test_members_are_refused_even_if_the_server_shows_them_the_commands(
    world: World, command: str
) -> None:
    world.allow_everyone("competition")
    options = {"competition": "titanic"} if command in ("add", "remove") else {}
    result = await world.run(world.server.ada, f"competition {command}", **options)
    assert "need the permission *Manage Server*" in response_text(result)
    assert is_private(result)


async def test_members_do_not_see_commands_of_managers(world: World) -> None:
    seen = set(world.server.ada.available_commands(world.server.channel))
    assert {"leaderboard", "rank", "link", "whois", "status", "help"} <= seen
    managers_see = set(world.server.manager.available_commands(world.server.channel))
    hidden = managers_see - seen
    assert {"competition add", "announcements", "settings"} <= hidden
    assert not any(name.startswith("competition ") for name in seen)


async def test_autocomplete_offers_followed_competitions(world: World) -> None:
    for slug in ("titanic", "spaceship-titanic", "house-prices"):
        world.serve(slug, SMALL)
        await world.follow(slug)
    manager = world.server.manager
    found = await world.autocomplete(manager, "competition remove", "competition", "tita")
    assert found == ["spaceship-titanic", "titanic"]
    assert len(await world.autocomplete(manager, "competition pause", "competition", "")) == 3
    asked = await world.run(manager, "competition pause")
    assert "Which competition?" in response_text(asked)
    assert offered(asked) == ["house-prices", "spaceship-titanic", "titanic"]
