"""The documents name everything that there is."""

import re
from pathlib import Path

import pytest
import simcord
from discord import app_commands

from bot.__main__ import main
from bot.client import Podium
from bot.settings import Settings
from leaderboards.kaggle.cli_errors import classify_failure
from leaderboards.kaggle.client import KaggleCli
from leaderboards.kaggle.environment import TOKEN_PAGE
from leaderboards.kaggle.process import CommandResult
from storage.storage import Storage

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
HOSTING = (ROOT / "docs" / "hosting.md").read_text(encoding="utf-8")
DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]
NO_FILES = {"t/", "kaggle.com/competitions/titanic"}


async def test_every_slash_command_is_listed_with_its_options(tmp_path: Path) -> None:
    storage = await Storage.open(tmp_path / "podium.db")
    bot = Podium(storage, KaggleCli(credentials={}))
    async with simcord.run(bot, shard_count=1):
        commands = [
            f"`/{command.qualified_name}`" + "".join(f" `{o.name}`" for o in command.parameters)
            for command in bot.tree.walk_commands()
            if isinstance(command, app_commands.Command)
        ]
    await storage.close()
    assert len(commands) > 10
    missing = "\n".join(f"| {command} | … |" for command in commands if command not in COMMANDS)
    assert not missing, (
        "docs/commands.md lists every slash command with its options, in their order. Add to one of"
        f" its tables:\n{missing}"
    )


def test_every_environment_variable_is_listed() -> None:
    missing = [name.upper() for name in Settings.model_fields if f"`{name.upper()}`" not in HOSTING]
    assert not missing, f"docs/hosting.md lists every environment variable; add {missing}"


def test_kaggles_page_of_tokens_has_one_address_everywhere() -> None:
    descriptions = [str(field.description) for field in Settings.model_fields.values()]
    result = CommandResult(1, "", "401 Unauthorized")
    refused, missing = (
        str(classify_failure(result, "titanic", has_login=has_login)) for has_login in (True, False)
    )
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    for text in (README, HOSTING, example, "\n".join(descriptions), refused, missing):
        addresses = re.findall(r"https://www\.kaggle\.com/[\w/]*(?:settings|account)[\w/]*", text)
        assert set(addresses) == {TOKEN_PAGE}
        assert "Settings → API" not in text


def test_every_subcommand_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    commands = re.findall(r"^    ([a-z]+)", capsys.readouterr().out, re.MULTILINE)
    assert len(commands) > 5
    missing = [name for name in commands if not re.search(rf"(?m)^\| `{name}[ `]", HOSTING)]
    assert not missing, f"docs/hosting.md has a table row for every subcommand; add {missing}"


def test_every_file_that_the_documents_name_exists() -> None:
    for document in DOCUMENTS:
        text = document.read_text(encoding="utf-8")
        for path, link in re.findall(r"`((?:[\w.]+/)+[\w.]*)`|\]\(([\w./]+)\)", text):
            named = ROOT / path if path else document.parent / link
            is_there = named.exists() or path in NO_FILES
            assert is_there, f"{document.name} names {path or link}"


def test_every_module_that_a_document_names_without_its_folder_exists() -> None:
    rooms = ("bot", "cogs", "leaderboards", "plots", "records", "storage", "tests")
    modules = {path.name for room in rooms for path in (ROOT / room).rglob("*.py")}
    named = {
        (document.name, module)
        for document in DOCUMENTS
        for module in re.findall(r"`(\w+\.py)`", document.read_text(encoding="utf-8"))
    }
    # A module of the kaggle package.
    named.discard(("faults.md", "kaggle_api_extended.py"))
    assert len(named) > 20
    assert {each for each in named if each[1] not in modules} == set()


def test_every_name_that_a_document_places_in_a_module_is_there() -> None:
    modules = [path.relative_to(ROOT).as_posix() for path in ROOT.glob("[a-z]*/**/*.py")]
    pairs = [
        (name.split(".")[-1].removesuffix("()"), file)
        for document in DOCUMENTS
        for name, file in re.findall(
            r"`([A-Za-z_][\w.]*(?:\(\))?)`\s+in\s+`([\w/]+\.py)`", document.read_text("utf-8")
        )
    ]
    assert len(pairs) > 30
    for name, file in pairs:
        texts = [
            (ROOT / path).read_text("utf-8") for path in modules if f"/{path}".endswith(f"/{file}")
        ]
        assert any(re.search(rf"\b{name}\b", text) for text in texts), f"{name} in {file}"


def test_every_section_that_a_document_links_exists() -> None:
    """As GitHub makes an anchor of a heading; a link to a section that is gone opens the top."""
    linked = 0
    for document in DOCUMENTS:
        text = document.read_text(encoding="utf-8")
        for name, anchor in re.findall(r"\]\(([\w./]*)#([^)]*)\)", text):
            target = document.parent / name if name else document
            headings = re.findall(r"(?m)^#+ (.*)$", target.read_text(encoding="utf-8"))
            anchors = [re.sub(r"[^\w -]", "", one.lower()).replace(" ", "-") for one in headings]
            assert anchor in anchors, f"{document.name} links {name}#{anchor}"
            linked += 1
    assert linked > 10


def test_every_locked_package_has_its_licence() -> None:
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    packages = {re.split("[=; ]", line)[0] for line in lines if line and line[0] not in "# "}
    page = (ROOT / "docs" / "licences.md").read_text(encoding="utf-8")
    assert {name for name in packages if f"| {name} |" not in page} == set()


def test_readme_begins_with_what_a_newcomer_does_first() -> None:
    steps = ["python3-venv", "git clone ", "    make demo", "`make run`", "## Set your server up"]
    places = [README.index(step) for step in steps]
    assert places == sorted(places)


def test_every_make_target_of_the_documents_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"(?m)(?:`|^    )make ([a-z]+)", README + CONTRIBUTING))
    assert len(targets) > 5
    assert {one for one in targets if not re.search(rf"(?m)^{one}:", makefile)} == set()


def test_hosting_runs_all_commands_of_the_systemd_service_as_its_user() -> None:
    """A database that root restored could not be opened by the bot."""
    section = HOSTING.partition("## With systemd")[2].partition("\n## ")[0]
    commands = re.findall(r"[^\n`]*-m bot (?:doctor|backup|restore)\b", section)
    assert len(commands) == 3
    assert all(command.strip().startswith("sudo -u podium ") for command in commands)


def test_hosting_restores_a_backup_from_outside_the_container() -> None:
    """`docker cp` gives the file to root, whose mode 600 keeps the bot from reading it."""
    section = HOSTING.partition("## With Docker")[2].partition("\n## ")[0]
    copy = section.index("docker compose cp podium-backup.db podium:/data/")
    assert copy < section.index("--user root podium chown podium /data/podium-backup.db")


def test_hosting_updates_on_windows_without_make() -> None:
    section = HOSTING.partition("## Update")[2].partition("\n## ")[0]
    (row,) = [line for line in section.splitlines() if line.startswith("| on Windows |")]
    assert r".venv\Scripts\pip install --require-hashes -r requirements.txt" in row
    assert "make" not in row
