"""A server's own name for a competition: shown there everywhere, and in no other server."""

from datetime import timedelta

import pytest

from leaderboards.competition_info import CompetitionInfo
from leaderboards.kaggle_ids import readable_slug
from leaderboards.news.digest import DigestMessage
from leaderboards.news.messages import EndedMessage
from plots.specs import Plot
from records.guilds import Follow
from records.outbox import Announcement
from storage.news import outbox
from storage.servers.guilds import Guilds
from tests.cogs.announcements.test_message_kinds import EXAMPLES
from tests.cogs.examples import SMALL
from tests.cogs.world import World, announced, raw, text_of

TITLE = "Titanic - Machine Learning from Disaster"
ADDRESS = "https://www.kaggle.com/competitions/titanic/leaderboard"
OWN_LINK, KAGGLES_LINK = f"[Ships]({ADDRESS})", f"[{TITLE}]({ADDRESS})"


@pytest.fixture
async def ships(world: World) -> World:
    world.kaggle.listed["titanic"] = CompetitionInfo(slug="titanic", title=TITLE)
    for slug in ("titanic", "playground-series-s6e8"):
        world.serve(slug, SMALL)
        await world.follow(slug)
    await world.ask(world.server.ada, "link", username="ada")
    await name(world, "Ships")
    return world


async def name(world: World, own_name: str | None) -> str:
    options = {} if own_name is None else {"name": own_name}
    return await world.ask(
        world.server.manager, "competition name", competition="titanic", **options
    )


@pytest.mark.parametrize(
    ("slug", "title"),
    [
        ("titanic", "Titanic"),
        ("playground-series-s6e8", "Playground Series S6E8"),
        ("isic-2024-challenge", "Isic 2024 Challenge"),
        ("2nd-3d--reconstruction-v2", "2nd 3D Reconstruction V2"),
    ],
)
def test_slug_is_made_readable(slug: str, title: str) -> None:
    assert readable_slug(slug) == title


async def test_name_shows_in_answers_and_lists(ships: World) -> None:
    ada, manager = ships.server.ada, ships.server.manager
    for command in ("leaderboard", "rank", "history", "scores"):
        assert OWN_LINK in await ships.ask(ada, command, competition="titanic"), command
    assert OWN_LINK in await ships.ask(ada, "link", username="ada")
    listed = await ships.ask(manager, "competition list")
    assert f"**{OWN_LINK}**\n-# titanic" in listed
    assert "**[Playground Series S6E8](" in listed
    assert "**Ships**" in await ships.ask(manager, "status")
    synced = await ships.ask(manager, "competition sync", competition="titanic")
    assert f"{OWN_LINK} is up to date" in synced
    assert "**Ships** is paused" in await ships.ask(
        manager, "competition pause", competition="ships"
    )
    await ships.ask(manager, "season create", name="All")
    assert "Added **Ships** to" in await ships.ask(
        manager, "season add", season="All", competition="titanic"
    )
    assert "Ships" in await ships.ask(manager, "season list")
    assert "Ships #1" in await ships.ask(ada, "season standings")


async def test_name_shows_in_announcements_and_pictures(
    ships: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []

    async def render(plot: Plot, _requester: int) -> None:
        drawn.append(str(getattr(plot, "competition_name", "")))

    monkeypatch.setattr(ships.bot.services.plot_renderer, "render", render)
    competition = await ships.storage.competitions.find("titanic")
    assert competition is not None
    before = len(announced(ships))
    async with ships.storage.database.write() as connection:
        for id_, kind in ((competition.id, EndedMessage), (None, DigestMessage)):
            await outbox.add(
                connection,
                Announcement(ships.server.guild.id, ships.server.channel.id, id_, EXAMPLES[kind]),
                ships.env.now(),
            )
    await ships.pass_time(minutes=6)
    assert [OWN_LINK in text for text in announced(ships)[before:]] == [True, True]
    await ships.ask(ships.server.ada, "scores", competition="titanic")
    assert set(drawn) == {"Ships"}


async def test_live_board_takes_the_name_at_once(ships: World) -> None:
    await ships.ask(
        ships.server.manager,
        "competition live",
        competition="titanic",
        channel=ships.server.channel,
    )
    await ships.env.settle()
    (live,) = [
        message
        for message in ships.server.channel.history()
        if "Ships" in text_of(raw(message)) and message.interaction_metadata is None
    ]
    await name(ships, "Boats")
    await ships.env.settle()
    (edited,) = [one for one in ships.server.channel.history() if one.id == live.id]
    assert f"[Boats]({ADDRESS})" in text_of(raw(edited))


async def test_name_never_shows_elsewhere(ships: World) -> None:
    other = ships.add_server()
    await ships.follow("titanic", other)
    assert "Ships" not in "".join(announced(ships, other))
    for command in ("leaderboard", "competition list"):
        text = await ships.ask(other.manager, command)
        assert KAGGLES_LINK in text
        assert "Ships" not in text
    assert await ships.autocomplete(other.ada, "leaderboard", "competition", "ships") == []
    assert KAGGLES_LINK in await ships.ask(other.ada, "link", username="ada")


async def test_competition_is_found_by_each_of_its_names(ships: World) -> None:
    ada = ships.server.ada
    for typed in ("ships", "machine learning", "titan"):
        assert await ships.autocomplete(ada, "leaderboard", "competition", typed) == ["titanic"]
    for typed in ("SHIPS", TITLE, "titanic", ADDRESS):
        assert OWN_LINK in await ships.ask(ada, "leaderboard", competition=typed)


async def test_name_is_removed(ships: World) -> None:
    assert await name(ships, None) == (
        f"This server has no name of its own for {KAGGLES_LINK} any more."
    )
    assert KAGGLES_LINK in await ships.ask(ships.server.ada, "leaderboard", competition="titanic")
    assert await name(ships, None) == (
        f"⚠️ This server has no name of its own for **{TITLE}**. `/competition name` with a `name`"
        " gives it one."
    )


async def test_name_of_another_competition_is_refused(ships: World) -> None:
    for taken in ("playground series s6e8", "playground-series-s6e8"):
        assert "is already a name of [Playground Series S6E8](" in await name(ships, taken)
    assert "no characters that can be shown" in await name(ships, "\u200b\u200b")
    assert OWN_LINK in await ships.ask(ships.server.ada, "leaderboard", competition="titanic")


async def test_name_like_the_own_slug_is_accepted_even_during_a_sync(
    ships: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = type(ships.storage.guilds).load_follows

    async def load_after_a_sync(guilds: Guilds, guild_id: int) -> list[Follow]:
        for follow in await load(guilds, guild_id):
            due_at = follow.competition.next_sync_at + timedelta(minutes=1)
            await ships.storage.competitions.schedule(follow.competition.id, due_at)
        return await load(guilds, guild_id)

    monkeypatch.setattr(type(ships.storage.guilds), "load_follows", load_after_a_sync)
    assert f"now calls `titanic` [Titanic]({ADDRESS})" in await name(ships, "Titanic")


async def test_name_is_shown_as_plain_text(ships: World) -> None:
    assert r"[\*\*S\*\* \<@" in await name(ships, "**S** <@1>")
