"""What is typed as a slug, a user name or words to search for stays just that."""

from __future__ import annotations

import asyncio
import re
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from leaderboards.errors import InvalidInput, LeaderboardError
from leaderboards.kaggle import client as kaggle_module
from leaderboards.kaggle import process
from leaderboards.kaggle.client import KaggleCli
from leaderboards.kaggle.process import CommandResult
from leaderboards.kaggle_ids import parse_competition, parse_user_name
from storage.storage import Storage
from tests.cogs.examples import SMALL
from tests.cogs.world import World
from tests.security.database import cells

NOW = datetime(2026, 8, 9, tzinfo=UTC)
WORST = [
    "--help",
    "-p/etc",
    "--path=/tmp",
    "../../etc/passwd",
    "..\\..\\x",
    "/etc/passwd",
    "~/.ssh/id_rsa",
    "a/../../b",
    "titanic; rm -rf ~",
    "$(id)",
    "`id`",
    "titanic\n--help",
    "titanic\x00",
    "' OR '1'='1",
    "x'; DROP TABLE links; --",
    '" OR ""="',
    "%",
    "_",
    "titanic --force",
    "con",
    "https://www.kaggle.com/competitions/../../x",
    "https://www.kaggle.com/c/--help",
    "https://www.kaggle.com/@--help",
    "https://evil.example/c/titanic",
    "https://www.kaggle.com.evil.example/c/titanic",
    "\uff24\uff32\uff2f\uff30",
    "İ",
    "١٢",
    "NaN",
    "\ud800",
]
typed = (
    st.sampled_from(WORST)
    | st.text(max_size=40)
    | st.text(alphabet="-./\\:@~$`'\"; %_acktinhps\n\x00", max_size=40)
    | st.sampled_from(WORST).map(lambda worst: f"https://www.kaggle.com/competitions/{worst}")
)


@given(typed)
def test_a_slug_is_a_plain_word(text: str) -> None:
    try:
        slug = parse_competition(text)
    except InvalidInput:
        return
    assert re.fullmatch(r"[a-z0-9][a-z0-9-]{0,99}", slug, re.ASCII)


@given(typed)
def test_a_user_name_is_a_plain_word(text: str) -> None:
    try:
        name = parse_user_name(text)
    except InvalidInput:
        return
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", name, re.ASCII)


class Recorder:
    """Stands where the Kaggle CLI would be started, and looks at what it is given."""

    def __init__(self) -> None:
        self.commands: list[tuple[str, ...]] = []
        self.folder = Path()

    def __call__(self, command: Sequence[str], *, folder: Path, **_: Any) -> CommandResult:
        self.commands.append(tuple(command[1:]))
        self.folder = folder
        assert list(folder.iterdir()) == []
        if "--version" in command:
            return CommandResult(0, "Kaggle API 2.2.4", "")
        return CommandResult(0, "[]", "")


@settings(deadline=None)
@given(typed)
@example("titanic")
def test_what_is_asked_of_the_cli_has_the_same_options_whatever_is_typed(text: str) -> None:
    recorder = Recorder()

    async def ask() -> None:
        kaggle = KaggleCli(credentials={"KAGGLE_API_TOKEN": "t"})
        try:
            for call in (kaggle.search_competitions, kaggle.find_competition, kaggle.download):
                try:
                    await call(text)
                except LeaderboardError:
                    continue  # no name, or nothing was downloaded
        finally:
            kaggle.close()

    with (
        patch.object(process, "run", recorder),
        patch.object(kaggle_module, "find_cli", lambda _: "kaggle"),
    ):
        asyncio.run(ask())
    for command in recorder.commands:
        match command:
            case ("--version",):
                pass
            case ("competitions", "list", search, "--format", "json"):
                assert search.startswith("--search=")
                assert search.isprintable()
                assert len(search) < 120
            case ("-P", program, "search" | "find", words):
                assert program.endswith("competition_list.py")
                assert words.isprintable()
                assert len(words) <= 100
            case ("competitions", "leaderboard", slug, "--download", "--path", ".", "-q"):
                assert parse_competition(slug) == slug
                saved = (recorder.folder / f"{slug}.zip").resolve()
                assert saved.parent == recorder.folder.resolve()
            case _:
                pytest.fail(f"asked for {command}")


async def _look_up_and_write(storage: Storage, text: str) -> None:
    """Pass a text to all functions of storage that take one."""
    competition = await storage.competitions.add_for_owner("titanic")
    await storage.competitions.find(text)
    await storage.competitions.delete_unused(text)
    await storage.boards.find_user_names(text, [competition.id], 25)
    await storage.boards.find_boards_by_user_name(text, [competition.id])
    await storage.boards.find_teams_by_user_names(1, [text, "a"])
    await storage.guilds.find_follow(1, text)
    await storage.guilds.unfollow(1, text, NOW)
    await storage.guilds.pause(1, text)
    await storage.guilds.resume(1, text)
    await storage.links.find_link_by_user_name(1, text)
    await storage.board_writer.find_anomaly(text)
    assert await storage.key_values.get(text) is None


def test_no_text_changes_what_a_query_asks() -> None:
    async def play(path: Path) -> None:
        storage = await Storage.open(path)
        try:
            await storage.competitions.add_for_owner("titanic")
            await storage.guilds.follow(1, 1, None, 7, NOW, None)
            await storage.links.link(1, 10, "ann", 10, NOW)
            before = await cells(storage)
            for text in WORST:
                if text.isprintable():
                    await _look_up_and_write(storage, text)
            assert await cells(storage) == before
            for text in WORST:
                if text.isprintable():
                    await storage.links.link(1, 11, text, 11, NOW)
                    stored = await storage.links.find_counted_link(1, 11)
                    assert stored is not None
                    assert stored.user_name == text
        finally:
            await storage.close()

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(play(Path(folder, "podium.db")))


async def test_commands_refuse_them_and_autocomplete_finds_nothing(world: World) -> None:
    world.serve("titanic", SMALL)
    await world.follow()
    ada, manager = world.server.ada, world.server.manager
    before, downloads = await cells(world.storage), list(world.kaggle.downloads)
    for text in WORST:
        if not text.isprintable():
            continue
        assert await world.autocomplete(ada, "leaderboard", "competition", text + "?") == []
        if len(text) > 1:
            assert await world.autocomplete(ada, "rank", "username", text) == []
        if not re.fullmatch(r"[A-Za-z0-9]+", text):
            assert "is not a Kaggle user name" in await world.ask(ada, "link", username=text)
        # A slug may be pasted as code.
        if not re.fullmatch(r"[A-Za-z0-9]+", text.strip("`")):
            answer = await world.ask(manager, "competition add", competition=text)
            assert re.search("is not a Kaggle competition|Kaggle finds nothing for", answer), text
    assert await cells(world.storage) == before
    assert world.kaggle.downloads == downloads
