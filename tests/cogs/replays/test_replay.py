"""`/replay`, and the replay after the end of a competition, as members see them."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import discord
import pytest

from cogs.framework.layout import Picture, build_files
from plots.replay_renderer import ReplayFailed, ReplayQueueFull, ReplayRenderer
from plots.specs import Replay
from tests.cogs.examples import ALPHA, BRAVO, CHARLIE, FINAL, TEAMS, crowd
from tests.cogs.syncing.ends import begin, check_now
from tests.cogs.world import World, announced, announcements, is_private, response_text

GIF = b"GIF89a" + b"." * 2000

render_for_real = ReplayRenderer.render


@dataclass
class Drawn:
    """What the stand-in for the renderer was asked, and what it does."""

    replays: list[Replay] = field(default_factory=list)
    kept: dict[Replay, bytes] = field(default_factory=dict)
    gif: bytes = GIF
    error: Exception | None = None
    during: Callable[[Callable[[int], None]], object] = lambda _progress: None


@pytest.fixture(autouse=True)
def drawn(monkeypatch: pytest.MonkeyPatch) -> Drawn:
    """Draw without a process."""
    drawn = Drawn()

    async def render(
        _self: ReplayRenderer,
        replay: Replay,
        progress: Callable[[int], None],
        *,
        always: bool = False,
    ) -> bytes:
        drawn.replays.append(replay)
        drawn.during(progress)
        await asyncio.sleep(0)  # An edit that shows the progress begins.
        if drawn.error is not None:
            raise drawn.error
        drawn.kept[replay] = drawn.gif
        return drawn.gif

    async def find_drawn(_self: ReplayRenderer, replay: Replay) -> bytes | None:
        return drawn.kept.get(replay)

    monkeypatch.setattr(ReplayRenderer, "render", render)
    monkeypatch.setattr(ReplayRenderer, "find_drawn", find_drawn)
    return drawn


async def follow(world: World) -> None:
    """Follow a competition with two boards, and link two members."""
    world.serve("titanic", [ALPHA, BRAVO, CHARLIE])
    await world.run(world.server.ada, "link", username="ada")
    await world.run(world.server.bob, "link", username="dave")
    await world.follow()
    await world.pass_time(minutes=1)
    world.serve("titanic", [world.submit(CHARLIE, "0.97"), ALPHA, BRAVO])
    await world.pass_time(minutes=10)


async def test_replay_shows_the_teams_of_the_server_from_board_to_board(
    world: World, drawn: Drawn
) -> None:
    await follow(world)
    result = await world.run(world.server.ada, "replay")
    assert not is_private(result)
    text = response_text(result)
    assert (
        "### 🎬 Replay of [Titanic](https://www.kaggle.com/competitions/titanic/leaderboard)"
        in text
    )
    assert "2 boards · since " in text
    assert "· 2 teams" in text
    assert result.response is not None
    (picture,) = result.response.attachments
    assert (picture.filename, picture.size) == ("replay.gif", len(GIF))
    assert picture.description is not None
    assert "Charlie: from #3 to #1; Alpha: from #1 to #2" in picture.description
    (replay,) = drawn.replays
    assert [(line.name, [at.rank for at in line.points]) for line in replay.lines] == [
        ("Charlie", [3, 1]),
        ("Alpha", [1, 2]),
    ]
    assert replay.final is None


async def test_same_replay_is_shown_again_and_another_one_waits(world: World, drawn: Drawn) -> None:
    await follow(world)
    await world.run(world.server.ada, "replay")
    result = await world.run(world.server.bob, "replay")
    assert result.response is not None
    assert [one.filename for one in result.response.attachments] == ["replay.gif"]
    assert len(drawn.replays) == 1
    drawn.kept.clear()
    result = await world.run(world.server.bob, "replay")
    assert is_private(result)
    assert "The next one can be in 60 seconds" in response_text(result)
    await world.pass_time(minutes=1)
    await world.run(world.server.bob, "replay")
    assert len(drawn.replays) == 2


async def test_cooldown_of_one_server_is_not_that_of_another(world: World, drawn: Drawn) -> None:
    await follow(world)
    elsewhere = world.add_server()
    await world.ask(elsewhere.ada, "link", username="bob")
    await world.follow(server=elsewhere)
    await world.run(world.server.ada, "replay")
    result = await world.run(elsewhere.ada, "replay")
    assert "· 1 team" in response_text(result)
    assert [[line.name for line in replay.lines] for replay in drawn.replays] == [
        ["Charlie", "Alpha"],
        ["Bravo"],
    ]


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (ReplayFailed(), "could not be drawn. Try again in a few minutes"),
        (ReplayQueueFull(), "Several other replays are being drawn"),
    ],
)
async def test_failure_is_said_and_leaves_no_cooldown(
    world: World, drawn: Drawn, error: Exception, sentence: str
) -> None:
    await follow(world)
    drawn.error = error
    result = await world.run(world.server.ada, "replay")
    assert is_private(result)
    assert sentence in response_text(result)
    drawn.error = None
    assert "2 boards" in await world.ask(world.server.ada, "replay")


async def test_file_above_discords_limit_is_not_sent(world: World, drawn: Drawn) -> None:
    await follow(world)
    drawn.gif = b"GIF89a" + bytes(30 << 20)
    text = await world.ask(world.server.ada, "replay")
    assert "The replay is larger than the 25 MB that Discord allows here." in text


async def test_progress_is_shown_every_few_seconds(
    world: World, drawn: Drawn, monkeypatch: pytest.MonkeyPatch
) -> None:
    await follow(world)
    shown: list[str] = []
    seconds = 0

    def now() -> object:
        return world.env.now() + timedelta(seconds=seconds)

    def draw(progress: Callable[[int], None]) -> None:
        nonlocal seconds
        for percent in range(0, 101, 10):
            progress(percent)
            seconds += 1

    monkeypatch.setattr(
        "cogs.framework.responses.ProgressMessage.__call__", lambda _self, step: shown.append(step)
    )
    world.bot.services.now = now  # type: ignore[assignment]
    drawn.during = draw
    assert "2 boards" in await world.ask(world.server.ada, "replay")
    assert shown == [f"Drawing the replay: {percent} %" for percent in (30, 60, 90)]


async def test_progress_that_cannot_be_shown_changes_nothing(
    world: World, drawn: Drawn, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await follow(world)
    monkeypatch.setattr("cogs.replays.replays._BETWEEN_EDITS", timedelta(0))
    world.env.inject_error("PATCH", "/webhooks/*", status=503)
    drawn.during = lambda progress: progress(50)
    with caplog.at_level(logging.INFO):
        result = await world.run(world.server.ada, "replay")
    assert "A step could not be shown" in caplog.text
    assert "2 boards" in response_text(result)


async def test_response_that_came_too_late_breaks_nothing(
    world: World, drawn: Drawn, caplog: pytest.LogCaptureFixture
) -> None:
    await follow(world)
    # What Discord answers a quarter of an hour after the command.
    world.env.inject_error("PATCH", "/webhooks/*", status=401, code=50027, times=None)
    world.env.inject_error("POST", "/webhooks/*", status=401, code=50027, times=None)
    with caplog.at_level(logging.INFO):
        await world.run(world.server.ada, "replay")
    assert len(drawn.replays) == 1
    assert "replay could not be answered" in caplog.text
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]
    world.expect(discord.HTTPException)


async def test_nothing_is_drawn_without_teams_or_boards(world: World, drawn: Drawn) -> None:
    assert "follows no competition" in await world.ask(world.server.ada, "replay")
    world.serve("titanic", [ALPHA, BRAVO])
    await world.follow()
    await world.pass_time(minutes=1)
    text = await world.ask(world.server.ada, "replay")
    assert "Nobody here has a linked Kaggle account" in text
    await world.ask(world.server.ada, "link", username="nobody")
    text = await world.ask(world.server.ada, "replay")
    nobody = "No member with a link that counts is on the board of **Titanic**: use `/link`."
    assert nobody in text
    await world.ask(world.server.bob, "link", username="bob")
    text = await world.ask(world.server.ada, "replay")
    assert "A replay needs two boards of **Titanic**" in text
    assert drawn.replays == []


async def test_best_eight_teams_are_shown_and_the_others_counted(
    world: World, drawn: Drawn
) -> None:
    teams = crowd(12)
    world.serve("titanic", teams)
    for number in range(1, 11):
        member = world.server.guild.add_member(world.env.create_user(f"member{number}"))
        await world.run(member, "link", username=f"user{number}")
    await world.follow()
    await world.pass_time(minutes=1)
    world.serve("titanic", [world.submit(teams[9], "1.5"), *teams[:9], *teams[10:]])
    await world.pass_time(minutes=10)
    assert "the best 8 of your 10 teams" in await world.ask(world.server.ada, "replay")
    (replay,) = drawn.replays
    assert [line.name for line in replay.lines] == [
        f"Team {number}" for number in (10, 1, 2, 3, 4, 5, 6, 7)
    ]


async def end(world: World) -> None:
    """End the competition with a private board, after a second public one."""
    await world.pass_time(hours=1)
    world.serve("titanic", [world.submit(TEAMS[19], "1.5"), *TEAMS[:19], *TEAMS[20:]])
    await world.pass_time(hours=2)
    world.serve_private("titanic", FINAL)
    await check_now(world)


async def turn_on(world: World) -> None:
    guilds = world.storage.guilds
    await guilds.change_settings(world.server.guild.id, replay_at_end=True)


async def test_replay_follows_the_end_once_where_a_server_wants_it(
    world: World, drawn: Drawn
) -> None:
    await begin(world)
    elsewhere = world.add_server()
    await world.follow(server=elsewhere)
    await world.ask(elsewhere.ada, "link", username="user40")
    await turn_on(world)
    await end(world)
    *_, ended, replay = announced(world)
    assert "has ended" in ended
    assert "### 🎬 Replay of [Titanic]" in replay
    assert "Your teams from the first board to the last." in replay
    (picture,) = announcements(world)[-1].attachments
    assert picture.filename.endswith(".gif")
    assert announcements(world)[-2].attachments[0].filename.endswith(".png")
    (shown,) = drawn.replays
    assert [line.name for line in shown.lines] == ["Team 20", "Team 6"]
    assert shown.final is not None
    assert shown.final.ranks == (1, 7)
    assert shown.final.team_count == 40
    assert not any("🎬" in text for text in announced(world, elsewhere))
    count = len(announced(world))
    await world.restart()
    world.sync_every(minutes=30)
    await world.pass_time(hours=3)
    assert len(announced(world)) == count
    assert len(drawn.replays) == 1


@pytest.mark.parametrize("error", [ReplayFailed(), RuntimeError("no ink")])
async def test_end_is_announced_where_the_replay_cannot_be_drawn(
    world: World, drawn: Drawn, error: Exception
) -> None:
    await begin(world)
    await turn_on(world)
    drawn.error = error
    await end(world)
    *_, ended, replay = announced(world)
    assert "has ended" in ended
    assert (
        "`/replay competition:titanic` shows your teams from the first board to the last." in replay
    )
    assert announcements(world)[-1].attachments == []
    assert announcements(world)[-2].attachments != []


async def test_replay_that_could_not_be_sent_is_sent_once_later(
    world: World, drawn: Drawn, monkeypatch: pytest.MonkeyPatch
) -> None:
    await begin(world)
    await turn_on(world)
    attempts = 0

    def build(pictures: Sequence[Picture]) -> list[discord.File]:
        nonlocal attempts
        if any(one.file_name.endswith(".gif") for one in pictures):
            attempts += 1
            if attempts == 1:
                raise ConnectionError("the network is gone")
        return build_files(pictures)

    monkeypatch.setattr("cogs.announcements.announcer.build_files", build)
    await end(world)
    await world.pass_time(hours=1)
    *_, ended, replay = announced(world)
    assert "has ended" in ended
    assert "🎬" in replay
    assert sum("🎬" in text for text in announced(world)) == 1
    assert attempts == 2
    assert len(announcements(world)[-1].attachments) == 1


async def test_replays_after_one_end_wait_for_their_turn(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also while so many replays of members wait that another member's is refused."""

    async def draw(
        _self: ReplayRenderer, _replay: Replay, _progress: Callable[[int], None]
    ) -> bytes:
        await asyncio.to_thread(time.sleep, 0.8)
        return GIF

    monkeypatch.setattr(ReplayRenderer, "render", render_for_real)
    monkeypatch.setattr(ReplayRenderer, "_draw", draw)
    monkeypatch.setattr("plots.replay_renderer._MAX_WAITING", -1)
    await begin(world)
    await turn_on(world)
    servers = [world.server]
    for number in range(4):
        server = world.add_server(f"Elsewhere {number}")
        await world.follow(server=server)
        await world.ask(server.ada, "link", username=f"user{20 + number}")
        await world.storage.guilds.change_settings(server.guild.id, replay_at_end=True)
        servers.append(server)
    await end(world)
    await world.pass_time(minutes=1)
    for server in servers:
        *_, ended, replay = announced(world, server)
        assert "has ended" in ended
        assert "Your teams from the first board to the last." in replay
        assert len(announcements(world, server)[-1].attachments) == 1
    # Another picture than that of the end, which is kept.
    await world.ask(world.server.ada, "link", username="user7")
    assert "Several other replays are being drawn" in await world.ask(world.server.ada, "replay")


async def test_file_above_discords_limit_is_left_out_after_the_end(
    world: World, drawn: Drawn
) -> None:
    await begin(world)
    await turn_on(world)
    drawn.gif = b"GIF89a" + bytes(30 << 20)
    await end(world)
    assert "`/replay competition:titanic` shows your teams" in announced(world)[-1]
    assert announcements(world)[-1].attachments == []


async def test_server_turns_replays_on_in_its_settings(world: World) -> None:
    result = await world.run(world.server.manager, "settings")
    assert result.response is not None
    await world.server.manager.select(result.response, ["news"], custom_id="settings:section")
    await world.server.manager.click(result.response, label="Post replays at the end")
    settings = await world.storage.guilds.load_settings(world.server.guild.id)
    assert settings.replay_at_end
    text = await world.ask(world.server.manager, "settings")
    assert "A **replay** of the whole competition follows the announcement of its end" in text
