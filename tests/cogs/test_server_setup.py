"""The set-up of a server with the controls of the welcome message and of `/help`."""

from datetime import UTC, datetime

import discord
import pytest
import simcord

from cogs.framework.texts import OUTDATED_MODAL_TEXT
from leaderboards.competition_info import CompetitionInfo
from tests.cogs.examples import SMALL
from tests.cogs.server.test_help import welcome
from tests.cogs.world import World, announcements, is_private, raw, response_text

FOLLOW, LINK, CHANNEL = "Follow a competition", "Link your account", "setup:channel"
ENDS = datetime(2026, 3, 1, tzinfo=UTC)
REFUSAL = "⚠️ You need the permission *Manage Server* for this."


async def welcome_message(world: World) -> discord.Message:
    await welcome(world)
    (message,) = announcements(world)
    return message


async def help_message(world: World, actor: simcord.MemberActor) -> discord.Message:
    result = await world.run(actor, "help")
    assert result.response is not None
    return result.response.message


async def submit(
    actor: simcord.MemberActor, opened: simcord.InteractionResult, typed: str
) -> simcord.InteractionResult:
    """Submit a modal, which has one field."""
    assert opened.modal is not None
    (field,) = opened.modal["components"]
    result = await actor.submit_modal(opened, {field["component"]["custom_id"]: typed})
    assert is_private(result)
    return result


async def fill_in(
    actor: simcord.MemberActor, message: discord.Message, label: str, typed: str
) -> simcord.InteractionResult:
    """Press a button and submit its modal."""
    return await submit(actor, await actor.click(message, label=label), typed)


def control_names(message: discord.Message) -> list[str]:
    """Return the labels of buttons and the placeholders of selects, in order."""
    rows = [part for one in raw(message) for part in one["components"] if part["type"] == 1]
    parts = [part for row in rows for part in row["components"]]
    return [part.get("label") or part["placeholder"] for part in parts]


def news_channel(world: World) -> simcord.ChannelHandle:
    return world.server.guild.create_text_channel("news")


async def test_server_works_after_three_presses_and_one_typed_name(world: World) -> None:
    world.kaggle.listed["titanic"] = CompetitionInfo("titanic", ENDS)
    world.serve("titanic", SMALL)
    message, manager, channel = (
        await welcome_message(world),
        world.server.manager,
        news_channel(world),
    )
    presses = 0

    opened = await manager.click(message, label=FOLLOW)
    presses += 1
    followed = await submit(manager, opened, "titanic")
    presses += 1
    assert "✅ Following [Titanic]" in response_text(followed)
    assert followed.response is not None
    chosen = await manager.select(followed.response.message, [channel], custom_id=CHANNEL)
    presses += 1

    assert presses == 3
    assert response_text(chosen).split("\n")[:3] == [
        "### ✅ Everything is set up",
        "✅ This server follows 1 competition",
        f"✅ News is posted in {channel.mention}",
    ]
    guild_id, storage = world.server.guild.id, world.storage
    (follow,) = await storage.guilds.load_follows(guild_id)
    assert follow.competition.slug == "titanic"
    assert await storage.boards.find_info(follow.competition.id) is not None
    assert (await storage.guilds.load_settings(guild_id)).channel_id == channel.id


async def test_controls_of_the_welcome_are_for_their_server_and_outlive_a_restart(
    world: World,
) -> None:
    world.serve("titanic", SMALL)
    message, manager, channel = (
        await welcome_message(world),
        world.server.manager,
        news_channel(world),
    )
    elsewhere = world.add_server()
    await world.restart()
    assert control_names(message) == [FOLLOW, "Choose a channel", LINK]
    result = await manager.select(message, [channel], custom_id=CHANNEL)
    assert is_private(result), "the welcome message stays as it is"
    assert f"✅ News is posted in {channel.mention}" in response_text(result)
    result = await fill_in(
        manager, message, FOLLOW, "https://www.kaggle.com/competitions/titanic/overview"
    )
    assert "✅ Following [Titanic]" in response_text(result)
    assert f"News will be posted in {channel.mention}" in response_text(result)
    result = await fill_in(world.server.ada, message, LINK, "https://www.kaggle.com/ada")
    assert "You are [ada]" in response_text(result)
    assert "**#1** of 4 in [Titanic]" in response_text(result)
    for actor in (elsewhere.manager, elsewhere.ada):
        assert (await world.ask(actor, "help")).startswith("### 👋 What is left to do\n▫️ ")


async def test_members_are_refused_what_is_for_managers(world: World) -> None:
    message, ada = await welcome_message(world), world.server.ada
    pressed = await ada.click(message, label=FOLLOW)
    chosen = await ada.select(message, [news_channel(world)], custom_id=CHANNEL)
    for result in (pressed, chosen):
        assert is_private(result)
        assert response_text(result) == REFUSAL
    settings = await world.storage.guilds.load_settings(world.server.guild.id)
    assert settings.channel_id is None


async def test_modal_is_refused_after_the_permission_is_lost(world: World) -> None:
    world.serve("titanic", SMALL)
    message, manager = await welcome_message(world), world.server.manager
    opened = await manager.click(message, label=FOLLOW)
    guild = world.server.guild
    world.env.backend.remove_member_role(guild.id, manager.id, guild.roles["Managers"].id)
    result = await submit(manager, opened, "titanic")
    assert response_text(result) == REFUSAL
    assert world.kaggle.downloads == []


async def test_messages_and_open_modals_are_not_kept_in_memory(world: World) -> None:
    manager = world.server.manager
    message = await welcome_message(world)
    for label in (FOLLOW, LINK):
        await manager.click(message, label=label)
        await manager.click(await help_message(world, manager), label=label)
    store = world.bot._connection._view_store
    assert len(store._modals) == 4
    world.sync_every(minutes=12 * 60)
    await world.pass_time(hours=25)
    assert (store._views, store._synced_message_views, store._modals) == ({}, {}, {})


async def test_modal_of_before_a_restart_is_refused(world: World) -> None:
    message, ada = await welcome_message(world), world.server.ada
    opened = await ada.click(message, label=LINK)
    await world.restart()
    result = await submit(ada, opened, "ada")
    assert response_text(result) == f"⚠️ {OUTDATED_MODAL_TEXT}"


async def test_channel_in_which_the_bot_cannot_write_is_refused(world: World) -> None:
    message, guild = await welcome_message(world), world.server.guild
    shut = discord.PermissionOverwrite(send_messages=False)
    rules = guild.create_text_channel("rules", overwrites={guild.default_role: shut})
    result = await world.server.manager.select(message, [rules], custom_id=CHANNEL)
    assert is_private(result)
    assert f"I can't write in {rules.mention}" in response_text(result)


async def test_help_has_the_controls_for_what_is_left(world: World) -> None:
    world.serve("titanic", SMALL)
    manager, ada, channel = world.server.manager, world.server.ada, news_channel(world)
    assert control_names(await help_message(world, ada)) == [LINK]
    message = await help_message(world, manager)
    assert control_names(message) == [FOLLOW, "Choose a channel", LINK]
    result = await manager.select(message, [channel], custom_id=CHANNEL)
    assert result.response is not None
    assert result.response.id == message.id, "the card shows the step as done"
    assert f"✅ News is posted in {channel.mention}" in response_text(result)
    await fill_in(manager, message, FOLLOW, "titanic")
    assert control_names(await help_message(world, manager)) == [FOLLOW, LINK]
    await fill_in(manager, message, LINK, "alice")
    assert control_names(await help_message(world, manager)) == [FOLLOW]
    await fill_in(ada, await help_message(world, ada), LINK, "ada")
    assert control_names(await help_message(world, ada)) == []


TITLES = {
    "titanic": "Titanic - Machine Learning from Disaster",
    "spaceship-titanic": "Spaceship Titanic",
    "house-prices-advanced": "House Prices - Advanced Regression Techniques",
}


@pytest.mark.parametrize(
    ("typed", "slug"),
    [
        ("Spaceship  titanic", "spaceship-titanic"),
        ("house prices - Advanced Regression Techniques", "house-prices-advanced"),
        ("machine learning", "titanic"),
    ],
)
async def test_title_is_followed_if_it_is_clear_which_one_is_meant(
    world: World, monkeypatch: pytest.MonkeyPatch, typed: str, slug: str
) -> None:
    list_titles(world, monkeypatch)
    world.serve(slug, SMALL)
    message = await help_message(world, world.server.manager)
    result = await fill_in(world.server.manager, message, FOLLOW, typed)
    assert f"✅ Following [{TITLES[slug]}]" in response_text(result)
    assert world.kaggle.downloads == [slug]


@pytest.mark.parametrize(
    ("typed", "slug"), [("spaceship", "spaceship-titanic"), ("titanic - disaster", "titanic")]
)
async def test_words_that_name_no_competition_are_searched(
    world: World, monkeypatch: pytest.MonkeyPatch, typed: str, slug: str
) -> None:
    list_titles(world, monkeypatch)
    world.serve(slug, SMALL)
    manager = world.server.manager
    result = await fill_in(manager, await help_message(world, manager), FOLLOW, typed)
    assert "### 🔎 Competitions on Kaggle for" in response_text(result)
    assert result.response is not None
    result = await manager.select(result.response.message, [slug], custom_id="browse-follow")
    assert f"✅ Following [{TITLES[slug]}]" in response_text(result)


async def test_command_takes_a_title_too(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    list_titles(world, monkeypatch)
    for slug in ("titanic", "spaceship-titanic"):
        world.serve(slug, SMALL)
    manager, channel = world.server.manager, news_channel(world)
    unclear = await world.ask(manager, "competition add", competition="titanic -", channel=channel)
    assert "It is not clear which competition **titanic -** means." in unclear
    for title in (TITLES["titanic"], "Spaceship Titanic"):
        answer = await world.ask(manager, "competition add", competition=title, channel=channel)
        assert f"✅ Following [{title}]" in answer
        assert f"News will be posted in {channel.mention}" in answer
    found = await world.ask(manager, "competition add", competition="disaster titanic")
    assert "### 🔎 Competitions on Kaggle for **disaster titanic**" in found


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("https://www.kaggle.com/competitions/nowhere", "Kaggle knows no competition nowhere."),
        ("https://www.kaggle.com/t/0123abcd", "An invitation does not name its competition."),
        ("no such words", "### Kaggle finds nothing for **no such words**"),
        ("nowhere", "### Kaggle finds nothing for **nowhere**"),
    ],
)
async def test_what_cannot_be_followed_is_answered(world: World, typed: str, answer: str) -> None:
    manager = world.server.manager
    result = await fill_in(manager, await help_message(world, manager), FOLLOW, typed)
    assert answer in response_text(result)
    assert await world.storage.guilds.load_follows(world.server.guild.id) == []


def list_titles(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """List competitions with titles, in which Kaggle finds any of the words that are typed."""
    for slug, title in TITLES.items():
        world.kaggle.listed[slug] = CompetitionInfo(slug, ENDS, title=title)

    async def search(words: str) -> list[CompetitionInfo]:
        return [
            CompetitionInfo(slug, ENDS, title=title)
            for slug, title in TITLES.items()
            if set(words.split()) & set(title.casefold().split())
        ]

    monkeypatch.setattr(world.kaggle, "search_competitions", search)
