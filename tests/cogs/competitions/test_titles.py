"""Kaggle's title of a competition is shown everywhere, and can be typed as well as its slug."""

from datetime import timedelta

import pytest

from leaderboards.competition_info import CompetitionInfo
from leaderboards.news.deadlines import DeadlineMovedMessage, ReminderMessage
from leaderboards.news.digest import DigestMessage
from leaderboards.news.items import NewsMessage
from leaderboards.news.messages import EndedMessage, FinalBoardMessage, Message, RescoredMessage
from leaderboards.news.news_summary import NewsSummaryMessage
from records.outbox import Announcement
from storage.news import outbox
from tests.cogs.announcements.test_message_kinds import EXAMPLES
from tests.cogs.examples import SMALL
from tests.cogs.world import START, World, announced, is_private, response_text

TITLE = "Titanic - *ML* from <@1> Disaster"
SHOWN = r"Titanic - \*ML\* from \<@⁠1\> Disaster"
LINK = f"[{SHOWN}](https://www.kaggle.com/competitions/titanic/leaderboard)"
INFO = CompetitionInfo(
    slug="titanic",
    title=TITLE,
    category="Featured",
    reward="50,000 USD",
    deadline=START + timedelta(days=60),
    merger_deadline=START + timedelta(days=53),
    entry_deadline=START + timedelta(days=-1),
    awards_points=True,
    metric="Categorization Accuracy",
    daily_submissions=10,
    team_size=5,
    host="Kaggle",
)


@pytest.fixture
async def titanic(world: World) -> World:
    world.kaggle.listed["titanic"] = INFO
    for slug in ("titanic", "digits"):
        world.serve(slug, SMALL)
        await world.follow(slug)
    await world.ask(world.server.ada, "link", username="ada")
    return world


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("leaderboard", {"competition": "titanic"}),
        ("leaderboard", {"competition": TITLE.lower()}),
        ("rank", {"competition": "titanic"}),
        ("rank", {}),
        ("history", {"competition": "titanic"}),
        ("scores", {"competition": "titanic"}),
        ("link", {"username": "ada"}),
    ],
)
async def test_heading_or_list_shows_the_title(
    titanic: World, command: str, options: dict[str, str]
) -> None:
    assert LINK in await titanic.ask(titanic.server.ada, command, **options)


async def test_lists_of_managers_show_title_and_slug(titanic: World) -> None:
    manager = titanic.server.manager
    listed = await titanic.ask(manager, "competition list")
    assert f"**{LINK}**\n-# titanic · Featured · prize: 50,000 USD · deadline <t:" in listed
    assert "**[Digits](" in listed, "Kaggle lists no title of it"
    assert f"**{SHOWN}** · read" in await titanic.ask(manager, "status")
    assert (
        f"**{SHOWN}** is paused: until `/competition resume` I neither read nor announce it."
        in await titanic.ask(manager, "competition pause", competition="titanic")
    )
    await titanic.ask(manager, "season create", name="All")
    await titanic.ask(manager, "season add", season="All", competition="titanic")
    assert SHOWN in await titanic.ask(manager, "season list")


async def test_about_shows_what_kaggle_says_of_a_competition(titanic: World) -> None:
    board = await titanic.run(titanic.server.ada, "leaderboard", competition="titanic")
    await titanic.restart()
    assert board.response is not None
    about = await titanic.server.bob.click(board.response, label="About")
    assert is_private(about)
    end, merger, entry = (int((START + timedelta(days=days)).timestamp()) for days in (60, 53, -1))
    assert response_text(about) == (
        f"### {LINK}\n"
        "-# titanic · Featured · awards medals\n"
        "scored by Categorization Accuracy · 10 submissions a day · teams of at most 5"
        " · host: Kaggle · prize: 50,000 USD\n"
        f"Final submission deadline: <t:{end}:f>, <t:{end}:R>\n"
        f"Team merger deadline: <t:{merger}:f>, <t:{merger}:R>\n"
        f"Entry deadline: <t:{entry}:f>"
    )
    board = await titanic.run(titanic.server.ada, "leaderboard", competition="digits")
    assert board.response is not None
    about = await titanic.server.bob.click(board.response, label="About")
    assert "Kaggle does not list this competition" in response_text(about)


async def test_announcements_show_the_title(titanic: World) -> None:
    server, storage = titanic.server, titanic.storage
    assert f"Now following {LINK}" in announced(titanic)[0]
    competition = await storage.competitions.find("titanic")
    assert competition is not None
    of_titanic = (
        NewsMessage,
        ReminderMessage,
        EndedMessage,
        FinalBoardMessage,
        DeadlineMovedMessage,
        RescoredMessage,
    )
    sent: list[tuple[int | None, Message]] = [
        *((competition.id, EXAMPLES[kind]) for kind in of_titanic),
        *((None, EXAMPLES[kind]) for kind in (DigestMessage, NewsSummaryMessage)),
    ]
    before = len(announced(titanic))
    async with storage.database.write() as connection:
        for id_, message in sent:
            announcement = Announcement(server.guild.id, server.channel.id, id_, message)
            await outbox.add(connection, announcement, titanic.env.now())
    await titanic.pass_time(minutes=6)
    *told, summary = announced(titanic)[before:]
    assert [LINK in text for text in told] == [True] * (len(sent) - 1)
    assert f"**{SHOWN}**" in summary


async def test_autocomplete_offers_and_finds_titles(titanic: World) -> None:
    server = titanic.server
    for typed in ("ml dis", "titan", ""):
        choices = await server.ada.autocomplete(server.channel, "leaderboard", "competition", typed)
        assert {"name": f"{TITLE} · titanic", "value": "titanic"} in [
            {key: choice[key] for key in ("name", "value")} for choice in choices
        ]
    assert await titanic.autocomplete(server.ada, "leaderboard", "competition", "spaceship") == []


async def test_words_of_a_title_name_a_followed_competition(titanic: World) -> None:
    """`/competition add` takes them, so all other commands do, too."""
    manager, ada = titanic.server.manager, titanic.server.ada
    assert LINK in await titanic.ask(ada, "leaderboard", competition=TITLE.split(maxsplit=1)[1])
    assert "is paused" in await titanic.ask(manager, "competition pause", competition="ml from")
    unknown = await titanic.ask(manager, "competition pause", competition="bird songs")
    assert unknown == (
        "⚠️ This server does not follow **bird songs**. A manager can add it with"
        " `/competition add`."
    )


async def test_long_titles_are_cut(world: World) -> None:
    title = "Predict 🚢 " * 40
    slug = "x" * 90
    for name in ("titanic", slug):
        world.kaggle.listed[name] = CompetitionInfo(slug=name, title=title)
        world.serve(name, SMALL)
        await world.follow(name)
    listed = await world.ask(world.server.manager, "competition list")
    assert len(listed) < 800
    choices = await world.server.ada.autocomplete(
        world.server.channel, "leaderboard", "competition", ""
    )
    names = [choice["name"] for choice in choices]
    assert all(len(name) <= 100 for name in names)
    assert names[0].endswith("… · titanic")
    assert names[1] == slug


async def test_slug_is_not_taken_for_the_title_of_another_competition(world: World) -> None:
    for slug, title in (("titanic", None), ("a-titanic", "Titanic")):
        if title is not None:
            world.kaggle.listed[slug] = CompetitionInfo(slug=slug, title=title)
        world.serve(slug, SMALL)
        await world.follow(slug)
    answer = await world.confirm(world.server.manager, "competition remove", competition="titanic")
    assert "**Titanic**" in answer
    assert await world.storage.competitions.find("a-titanic") is not None
    (follow,) = await world.storage.guilds.load_follows(world.server.guild.id)
    assert follow.competition.slug == "a-titanic"
