"""The README names everything that there is."""

import re
from pathlib import Path

import pytest
import simcord
from discord import app_commands

from bot.__main__ import main
from bot.client import Podium
from bot.settings import Settings
from leaderboards.kaggle.client import KaggleCli
from storage.storage import Storage

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


async def test_every_slash_command_with_its_options(tmp_path: Path) -> None:
    storage = await Storage.open(tmp_path / "podium.db")
    bot = Podium(storage, KaggleCli(credentials={}))
    async with simcord.run(bot, shard_count=1):
        named = [
            f"`/{command.qualified_name}`" + "".join(f" `{o.name}`" for o in command.parameters)
            for command in bot.tree.walk_commands()
            if isinstance(command, app_commands.Command)
        ]
    await storage.close()
    assert len(named) > 10
    assert [command for command in named if command not in README] == []


def test_every_setting() -> None:
    for name in Settings.model_fields:
        assert f"`{name.upper()}`" in README


def test_every_command_of_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    named = re.findall(r"^    ([a-z]+)", capsys.readouterr().out, re.MULTILINE)
    assert len(named) > 5
    for command in named:
        assert re.search(rf"^\| `{command}[ `]", README, re.MULTILINE), command


def test_every_file_that_the_documents_name() -> None:
    for document in ("README.md", "ARCHITECTURE.md"):
        text = (ROOT / document).read_text(encoding="utf-8")
        for path in re.findall(r"`((?:[\w.]+/)+[\w.]*)`|\]\(([\w./]+)\)", text):
            name = path[0] or path[1]
            assert (ROOT / name).exists(), f"{document} names {name}"


def test_every_locked_package_has_its_licence() -> None:
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    packages = {re.split("[=; ]", line)[0] for line in lines if line and not line.startswith("#")}
    page = (ROOT / "docs" / "licences.md").read_text(encoding="utf-8")
    assert {name for name in packages if f"| {name} |" not in page} == set()
