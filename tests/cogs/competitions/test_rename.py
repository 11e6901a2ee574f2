"""Competitions that Kaggle renames: noticed, offered to be moved, and moved with their history."""

import re
from datetime import datetime, timedelta

import pytest
import simcord
from simcord.components import walk_components

from leaderboards.errors import BoardRefused, NoNetwork, RateLimited
from leaderboards.news.messages import message_to_json
from plots.replay_renderer import ReplayRenderer
from tests.cogs.announcements.test_message_kinds import EXAMPLES
from tests.cogs.calendar.test_deadlines import events
from tests.cogs.examples import ALPHA, BRAVO, CHARLIE
from tests.cogs.syncing.ends import DEADLINE, check_now
from tests.cogs.syncing.ends import begin as begin_ending
from tests.cogs.world import START, Team, World, announced, response_text
from tests.wire.http.limits import component_problems

END = START + timedelta(days=30)
TEAMS = [ALPHA, BRAVO, CHARLIE]
LATER = [BRAVO, ALPHA, CHARLIE]


def rename_on_kaggle(world: World, deadline: datetime = END) -> None:
    """Serve the same board under another name only."""
    del world.kaggle.boards["titanic"]
    del world.kaggle.listed["titanic"]
    world.list_competition("titanic-survivors", deadline)
    world.serve("titanic-survivors", LATER)


async def begin(world: World) -> None:
    world.list_competition(deadline=END)
    world.serve("titanic", TEAMS)
    await world.follow()
    await world.ask(world.server.ada, "link", username="ada")
    await world.ask(world.server.manager, "season create", name="All")
    await world.ask(world.server.manager, "season add", season="All", competition="titanic")
    await world.pass_time(minutes=15)


async def rename(world: World, slug: str = "titanic-survivors") -> str:
    return await world.confirm(
        world.server.manager, "competition rename", competition="titanic", slug=slug
    )


async def test_renamed_competition_is_noticed_and_moved_with_its_history(world: World) -> None:
    await begin(world)
    old = await world.storage.competitions.find("titanic")
    assert old is not None
    calendar = await events(await world.run(world.server.ada, "deadlines"))
    assert calendar
    rename_on_kaggle(world)
    await world.pass_time(minutes=10)
    status = await world.ask(world.server.ada, "status")
    assert "Kaggle does not know titanic any more, but titanic-survivors has the same" in status
    assert "/competition rename" in status

    # Another server has found it under the new name meanwhile; it keeps what it set.
    elsewhere = world.add_server()
    await world.follow("titanic-survivors", elsewhere)
    await world.ask(elsewhere.ada, "link", username="bob")
    await world.ask(elsewhere.manager, "competition deadline", kind="entry", at="2026-01-20")
    refused = await world.follow("titanic-survivors")
    assert "has the teams of **titanic**, which can no longer be read" in refused
    assert "`/competition rename competition:titanic slug:titanic-survivors`" in refused

    assert "**titanic** is now **titanic-survivors**." in await rename(world)
    assert await world.storage.competitions.find("titanic") is None
    moved = await world.storage.competitions.find("titanic-survivors")
    assert moved is not None
    assert moved.id == old.id
    assert calendar.keys() == (await events(await world.run(world.server.ada, "deadlines"))).keys()
    await world.pass_time(minutes=10)
    assert "#1 → #2" in await world.ask(world.server.ada, "history")
    assert "All is well" in await world.ask(world.server.ada, "status")
    assert "#2" in await world.ask(world.server.ada, "season standings", season="All")
    for server, rank in ((world.server, "#2"), (elsewhere, "#1")):
        assert rank in await world.ask(server.ada, "rank")
    (deadline,) = await world.storage.deadlines.load_upcoming(
        elsewhere.guild.id, START, timedelta(days=25)
    )
    assert deadline.slug == "titanic-survivors"
    _, news = announced(world)
    assert "(Alpha) is out of the bronze zone: **#2**" in news
    # The other server has seen no board on which Bravo was second.
    (welcome,) = announced(world, elsewhere)
    assert "Now following" in welcome


async def test_threads_of_both_servers_stay_with_the_competition(world: World) -> None:
    await begin(world)
    channel = world.server.channel
    await world.ask(world.server.manager, "competition add", competition="titanic", thread=channel)
    rename_on_kaggle(world)
    elsewhere = world.add_server()
    await world.ask(
        elsewhere.manager,
        "competition add",
        competition="titanic-survivors",
        thread=elsewhere.channel,
    )
    assert "is now **titanic-survivors**" in await rename(world)
    for server in (world.server, elsewhere):
        (thread,) = server.channel.threads
        listed = await world.ask(server.manager, "competition list")
        assert thread.mention in listed
        refused = await world.ask(
            server.manager,
            "competition add",
            competition="titanic-survivors",
            thread=server.channel,
        )
        assert refused.endswith(f"has its thread already: {thread.mention}.")


@pytest.mark.parametrize("table", ["outbox", "deferred_news"])
async def test_announcements_that_wait_tell_the_new_name(
    world: World, table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of every kind, summaries of several competitions too."""

    async def render(*_: object) -> bytes:
        return b"GIF89a"

    # Its process takes longer than the simulated Discord waits, if the machine is busy.
    monkeypatch.setattr(ReplayRenderer, "render", render)
    await begin(world)
    competition = await world.storage.competitions.find("titanic")
    assert competition is not None
    rename_on_kaggle(world)
    server = world.server
    post = f"/channels/{server.channel.id}/messages"
    world.env.inject_error("POST", post, status=403, code=50013, times=None)
    waiting = [
        message
        for message in EXAMPLES.values()
        if message.type not in {"welcome", "live_board"}
        and (table == "outbox" or message.is_deferrable())
    ]
    async with world.storage.database.write() as connection:
        for message in waiting:
            of_many = message.type in {"news_summary", "digest"}
            row = {
                "guild_id": server.guild.id,
                "competition_id": None if of_many else competition.id,
                "message": message_to_json(message),
                "created_at": int(START.timestamp()),
            }
            if table == "outbox":
                row |= {"channel_id": server.channel.id, "nonce": message.type}
            await connection.execute(
                f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})",  # noqa: S608
                tuple(row.values()),
            )
    await rename(world)
    world.env.backend.faults.clear()
    await world.restart()
    await world.pass_time(minutes=10)
    told = [text for text in announced(world) if "titanic-survivors" in text]
    assert len(told) >= len(waiting)
    assert [
        text for text in announced(world)[1:] if re.search(r"titanic(?!-survivors)", text)
    ] == []


def labels(result: simcord.InteractionResult) -> list[str]:
    """Return the labels of the buttons of a response."""
    assert result.response is not None
    return [
        component["label"]
        for component in walk_components(result.response.components)
        if component.get("custom_id", "").startswith("rename:")
    ]


@pytest.mark.parametrize("where", ["status", "competition sync", "competition add"])
async def test_rename_is_offered_with_a_button_that_asks_first(world: World, where: str) -> None:
    await begin(world)
    manager, bob = world.server.manager, world.server.bob
    rename_on_kaggle(world)
    await world.pass_time(minutes=10)
    assert labels(await world.run(bob, "status")) == [], "only managers can move it"
    options = {"competition": "titanic-survivors"} if where == "competition add" else {}
    shown = await world.run(manager, where, **options)
    assert "titanic-survivors" in response_text(shown)
    assert labels(shown) == ["Move it to titanic-survivors"]
    await world.restart()
    assert shown.response is not None
    asked = await manager.click(shown.response, label="Move it to titanic-survivors")
    assert "Move **titanic** to [Titanic Survivors]" in response_text(asked)
    assert await world.storage.competitions.find("titanic") is not None
    assert asked.response is not None
    left = await manager.click(asked.response, label="Leave it")
    assert "**titanic** was not moved." in response_text(left)

    shown = await world.run(manager, "status")
    assert shown.response is not None
    asked = await manager.click(shown.response, label="Move it to titanic-survivors")
    assert asked.response is not None
    moved = await manager.click(asked.response, label="Move it")
    assert "**titanic** is now **titanic-survivors**." in response_text(moved)
    assert labels(moved) == []
    assert await world.storage.competitions.find("titanic") is None
    assert labels(await world.run(manager, "status")) == []
    await world.pass_time(minutes=10)
    assert "#1 → #2" in await world.ask(world.server.ada, "history")


@pytest.mark.parametrize("longest", [False, True])
async def test_offer_of_a_long_name_has_buttons_that_discord_accepts(
    world: World, longest: bool
) -> None:
    """A control holds the new name in its custom id, which has 100 characters at most."""
    await begin(world)
    competition = await world.storage.competitions.find("titanic")
    assert competition is not None
    room = 100 - len(f"rename:move:{competition.id}:")
    name = "titanic".ljust(room + longest, "s")
    del world.kaggle.boards["titanic"]
    del world.kaggle.listed["titanic"]
    world.list_competition(name, END)
    world.serve(name, LATER)
    await world.pass_time(minutes=10)
    manager = world.server.manager
    shown = await world.run(manager, "status")
    assert name in response_text(shown)
    assert "/competition rename" in response_text(shown)
    assert len(labels(shown)) == (0 if longest else 1)
    if not longest:
        assert shown.response is not None
        asked = await manager.click(shown.response, label=labels(shown)[0])
        assert asked.response is not None
        assert list(component_problems(asked.response.components, v2=True)) == []
        moved = await manager.click(asked.response, label="Move it")
        assert f"**titanic** is now **{name}**." in response_text(moved)
    else:
        # No button can ask.
        options = {"competition": "titanic", "slug": name}
        assert f"is now **{name}**." in await world.ask(manager, "competition rename", **options)


async def test_command_asks_before_it_moves_a_competition_in_every_server(world: World) -> None:
    await begin(world)
    rename_on_kaggle(world)
    manager = world.server.manager
    options = {"competition": "titanic", "slug": "titanic-survivors"}
    asked = await world.run(manager, "competition rename", **options)
    assert "in every server that follows it" in response_text(asked)
    assert labels(asked) == ["Move it", "Leave it"]
    assert await world.storage.competitions.find("titanic") is not None
    assert asked.response is not None
    left = await manager.click(asked.response, label="Leave it")
    assert "**titanic** was not moved." in response_text(left)
    assert await world.storage.competitions.find("titanic-survivors") is None
    assert "**titanic** is now **titanic-survivors**." in await rename(world)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (None, "⚠️ Kaggle knows no competition titanic-2."),
        (NoNetwork("Kaggle could not be reached."), "⚠️ Kaggle could not be reached."),
    ],
)
async def test_command_asks_only_about_a_slug_that_kaggle_knows(
    world: World, error: NoNetwork | None, said: str
) -> None:
    await begin(world)
    if error is not None:
        world.kaggle.boards["titanic-2"] = error
    manager = world.server.manager
    refused = await world.run(
        manager, "competition rename", competition="titanic", slug="titanic-2"
    )
    assert response_text(refused) == said
    assert labels(refused) == []
    assert await world.storage.competitions.find("titanic-2") is None
    titanic = await world.storage.competitions.find("titanic")
    assert titanic is not None
    assert titanic.error is None


async def test_slug_is_not_checked_while_kaggle_asks_for_fewer_calls(world: World) -> None:
    await begin(world)
    manager, options = world.server.manager, {"competition": "titanic", "slug": "titanic-2"}
    world.kaggle.boards["titanic-2"] = RateLimited("Kaggle asks for fewer calls.")
    first = await world.ask(manager, "competition rename", **options)
    assert first == "⚠️ Kaggle asks for fewer calls."
    world.serve("titanic-2", LATER)
    downloads = len(world.kaggle.downloads)
    refused = await world.run(manager, "competition rename", **options)
    assert response_text(refused).endswith("try again in 10 min.")
    assert labels(refused) == []
    assert len(world.kaggle.downloads) == downloads


async def test_outdated_offer_of_a_rename_ends_in_a_sentence(world: World) -> None:
    await begin(world)
    manager = world.server.manager
    rename_on_kaggle(world)
    await world.pass_time(minutes=10)
    panels = [await world.run(manager, "status") for _ in range(3)]
    asked = []
    for panel in panels[:2]:
        assert panel.response is not None
        asked.append(await manager.click(panel.response, label="Move it to titanic-survivors"))
    for question, answer in zip(
        asked,
        ("is now **titanic-survivors**.", "Its slug is **titanic-survivors** already."),
        strict=True,
    ):
        assert question.response is not None
        assert answer in response_text(await manager.click(question.response, label="Move it"))
    await world.confirm(manager, "competition remove", competition="titanic-survivors")
    assert panels[2].response is not None
    late = await manager.click(panels[2].response, label="Move it to titanic-survivors")
    assert response_text(late) == "⚠️ This server no longer follows this competition."


async def test_move_that_fails_can_be_tried_again(world: World) -> None:
    await begin(world)
    manager = world.server.manager
    rename_on_kaggle(world)
    await world.pass_time(minutes=10)
    panel = await world.run(manager, "status")
    assert panel.response is not None
    asked = await manager.click(panel.response, label="Move it to titanic-survivors")
    assert asked.response is not None
    world.serve("titanic-survivors", [Team(n, f"Other {n}", f"0.{n}") for n in range(71, 75)])
    failed = await manager.click(asked.response, label="Move it")
    assert "has other teams than **titanic**" in response_text(failed)
    await world.pass_time(minutes=5)
    world.serve("titanic-survivors", LATER)
    moved = await manager.click(asked.response, label="Move it")
    assert "**titanic** is now **titanic-survivors**." in response_text(moved)


async def test_sync_that_ends_after_a_rename_does_not_bring_the_old_name_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await begin(world)
    for slug in ("titanic", "titanic-survivors"):
        world.serve(slug, LATER)
    competitions, download = world.storage.competitions, world.kaggle.download

    async def rename_and_download(slug: str) -> bytes:
        for competition in filter(None, [await competitions.find("titanic")]):
            await world.storage.competition_renames.rename(
                competition.id, "titanic-survivors", world.env.now()
            )
        return await download(slug)

    monkeypatch.setattr(world.kaggle, "download", rename_and_download)
    await world.pass_time(minutes=6)
    assert await competitions.find("titanic") is None
    moved = await competitions.find("titanic-survivors")
    assert moved is not None
    assert moved.error is None


async def test_competition_with_other_teams_is_not_the_renamed_one(world: World) -> None:
    await begin(world)
    world.serve("digits", [Team(n, f"Other {n}", f"0.{n}") for n in range(71, 75)])
    assert "has other teams than **titanic**" in await rename(world, "digits")
    assert "Its slug is **titanic** already." in await rename(world, "titanic")
    assert "Kaggle knows no competition nothing" in await rename(world, "nothing")
    titanic = await world.storage.competitions.find("titanic")
    assert titanic is not None
    assert titanic.error is None


async def test_other_competitions_are_no_new_name(world: World) -> None:
    """Neither a list that still has the name, nor two candidates, are a rename."""
    await begin(world)
    world.kaggle.boards["titanic"] = BoardRefused("Not a board.")
    world.list_competition("titanic-survivors", END)
    await world.pass_time(minutes=10)
    del world.kaggle.boards["titanic"]
    await world.pass_time(minutes=30)
    assert "rename" not in await world.ask(world.server.ada, "status")
    del world.kaggle.listed["titanic"]
    world.list_competition("titanic-2", END)
    world.sync_every(minutes=30)
    await world.pass_time(hours=3)
    status = await world.ask(world.server.ada, "status")
    assert "Kaggle knows no competition titanic" in status
    assert "rename" not in status


async def test_add_of_a_former_name_names_the_new_one(world: World) -> None:
    """A server that does not follow it cannot move it."""
    await begin(world)
    rename_on_kaggle(world)
    elsewhere = world.add_server()
    refused = await world.follow("titanic", elsewhere)
    assert refused == (
        "⚠️ Kaggle does not know **titanic** any more, but **titanic-survivors** has the same"
        " deadline. If that is its new slug, use that one instead."
    )
    assert "Following [Titanic Survivors]" in await world.follow("titanic-survivors", elsewhere)
    # The server that follows it is still offered the move.
    assert labels(await world.run(world.server.manager, "status"))


@pytest.mark.parametrize("is_followed_elsewhere", [False, True])
async def test_competition_without_teams_is_noticed_and_moved(
    world: World, is_followed_elsewhere: bool
) -> None:
    """Its board cannot be compared: what Kaggle lists of it must do."""
    manager, elsewhere = world.server.manager, world.add_server()
    world.list_competition(deadline=END)
    world.serve("titanic", [])
    await world.follow()
    await world.ask(manager, "season create", name="All")
    await world.ask(manager, "season add", season="All", competition="titanic")
    world.serve("digits", LATER)
    refused = await rename(world, "digits")
    assert "**titanic** had no teams yet, so I cannot tell whether **digits** is the" in refused
    rename_on_kaggle(world)
    if is_followed_elsewhere:
        world.serve("titanic-survivors", TEAMS)
        await world.follow("titanic-survivors", elsewhere)
        await world.ask(elsewhere.ada, "link", username="ada")
        await world.pass_time(minutes=10)
        world.serve("titanic-survivors", LATER)
    await world.pass_time(minutes=10)
    assert labels(await world.run(manager, "status")) == ["Move it to titanic-survivors"]
    assert "**titanic** is now **titanic-survivors**." in await rename(world)
    assert await world.storage.competitions.find("titanic") is None
    await world.pass_time(minutes=10)
    await world.ask(world.server.bob, "link", username="bob")
    assert "#1" in await world.ask(world.server.bob, "rank")
    assert "#1" in await world.ask(world.server.bob, "season standings", season="All")
    assert "All is well" in await world.ask(world.server.bob, "status")
    if is_followed_elsewhere:
        # The longer history is kept.
        assert "#1 → #2" in await world.ask(elsewhere.ada, "history")
    # What nobody follows is deleted after some days, counted from then on.
    moved = await world.storage.competitions.find("titanic-survivors")
    assert moved is not None
    assert not await world.storage.database.query(
        "SELECT since FROM unfollowed_competitions WHERE competition_id = ?", (moved.id,)
    )


async def test_new_name_without_teams_is_not_called_another_competition(world: World) -> None:
    await begin(world)
    world.serve("digits", [])
    refused = await rename(world, "digits")
    assert "**digits** has no teams yet, so I cannot tell whether it is the same" in refused


async def test_rename_after_the_deadline_is_offered_too(world: World) -> None:
    await begin_ending(world)
    await world.pass_time(hours=2, minutes=35)
    rename_on_kaggle(world, DEADLINE)
    await check_now(world)
    status = await world.run(world.server.manager, "status")
    assert "titanic-survivors has the same deadline" in response_text(status)
    assert labels(status) == ["Move it to titanic-survivors"]
