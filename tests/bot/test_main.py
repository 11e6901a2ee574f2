"""The command line as a whole."""

import importlib
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest

import demo.__main__
from bot import __version__
from bot.commands import board
from tests.bot.conftest import CommandLine

ROOT = Path(__file__).parent.parent.parent


def test_help_names_every_command_with_an_example(podium: CommandLine) -> None:
    code, out, _ = podium("--help")
    assert code == 0
    for command in ("run", "doctor", "health", "sync", "board", "import", "history", "backup"):
        assert f"\n    {command} " in out
        code, help_text, _ = podium(command, "--help")
        assert code == 0
        assert f"examples:\n  python -m bot{'' if command == 'run' else f' {command}'}" in help_text


def test_help_names_the_python_that_it_was_started_with(
    podium: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", str(Path(".venv/bin/python").absolute()))
    assert "\n  .venv/bin/python -m bot sync titanic\n" in podium("sync", "--help")[1]
    assert podium("sync")[2].endswith(" Help: .venv/bin/python -m bot sync --help\n")
    assert "usage: .venv/bin/python -m bot demo " in podium("demo", "--help")[1]


def test_help_says_which_database_a_restore_keeps(podium: CommandLine) -> None:
    _, out, _ = podium("restore", "--help")
    assert "Replace the database by a backup; the old database is kept." in out


def test_health_loads_neither_discord_nor_pandas() -> None:
    """A container runs it each minute: with them it would take twice the time and memory."""
    program = (
        "import sys; from bot.__main__ import main; main(['health']);"
        " print(*sorted({'discord', 'pandas', 'matplotlib'} & sys.modules.keys()))"
    )
    result = subprocess.run(  # noqa: S603
        [sys.executable, "-c", program],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "There is no database podium.db" in result.stderr
    assert result.stdout == "\n"


def test_version_is_that_of_pyproject(podium: CommandLine) -> None:
    assert podium("--version") == (0, f"Podium {__version__}\n", "")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == __version__


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["boards"], "Argument COMMAND: invalid choice: 'boards'"),
        (["sync"], "The following arguments are required: SLUG. Help: python -m bot sync --help"),
        (["sync", "not a slug"], "Argument SLUG: That is not a Kaggle competition. Give its slug"),
        (
            ["history", "titanic", "?"],
            "Argument TEAM_ID|USER: That is not a Kaggle user name. Give",
        ),
        (
            ["board", "titanic", "--at", "noon"],
            "Argument --at: 'noon' is not a time; write it like",
        ),
        (["board", "no slug", "--at", "2026-08-09"], "That is not a Kaggle competition."),
    ],
)
def test_wrong_arguments_are_reported_in_one_sentence(
    podium: CommandLine, arguments: list[str], sentence: str
) -> None:
    code, out, err = podium(*arguments)
    assert code == 1
    assert out == ""
    assert err.startswith(sentence)
    assert err.count("\n") == 1


def test_wrong_settings_are_named_one_by_one(
    podium: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert podium() == (
        1,
        "",
        (
            "DISCORD_TOKEN is not set: make one at https://discord.com/developers/applications, Bot"
            " → Reset Token, and put it into .env.\n"
        ),
    )
    monkeypatch.setenv("SYNC_MINUTES", "0")
    monkeypatch.setenv("LOG_LEVEL", "loud")
    code, _, err = podium("sync", "titanic")
    assert code == 1
    assert [line.split()[0] for line in err.splitlines()] == ["SYNC_MINUTES", "LOG_LEVEL"]


def test_ctrl_c_ends_a_command_without_a_traceback(
    podium: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(board, "read_file", interrupt)
    assert podium("board", "x.zip") == (130, "", "")


def test_an_unusable_database_is_reported_in_one_sentence(podium: CommandLine) -> None:
    Path("podium.db").write_text("this is no database, however long it may be" * 100)
    code, out, err = podium("history", "titanic", 1)
    assert (code, out) == (1, "")
    assert err == (
        "The database podium.db is not a SQLite database; put a backup in its place, or change"
        " DATABASE_PATH.\n"
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ["history", "titanic", "1"],
        ["board", "titanic"],
        ["board", "titanic", "--at", "2026-08-09"],
        ["backup", "b.db"],
    ],
)
def test_reading_commands_create_no_database(podium: CommandLine, arguments: list[str]) -> None:
    code, _, err = podium(*arguments)
    assert (code, err) == (
        1,
        (
            "There is no database podium.db yet: it is made when the bot first starts. If there is"
            " one elsewhere, set DATABASE_PATH.\n"
        ),
    )
    assert not Path("podium.db").exists()


@pytest.mark.parametrize("arguments", [["history", "titanic", "1"], ["health"], ["backup", "b.db"]])
def test_missing_folder_of_the_database_is_named(
    podium: CommandLine, arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_PATH", "no/folder/podium.db")
    path = str(Path("no/folder/podium.db"))
    assert podium(*arguments) == (
        1,
        "",
        f"{path} cannot be made: its folder is missing; make it, or change DATABASE_PATH.\n",
    )


@pytest.mark.parametrize(
    "arguments",
    [["backup", "copy.db"], ["health"], ["board", "titanic"], ["history", "titanic", "1"]],
)
def test_database_that_cannot_be_looked_for_is_reported_in_one_sentence(
    podium: CommandLine, arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a folder that only another user may enter."""
    name = f"{'long' * 70}.db"
    monkeypatch.setenv("DATABASE_PATH", name)
    code, out, err = podium(*arguments)
    assert (code, out) == (1, "")
    assert err == f"The database {name} cannot be opened: File name too long.\n"


def test_the_demo_gets_its_arguments_unchanged(
    podium: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[list[str]] = []

    def main(arguments: list[str]) -> int:
        given.append(arguments)
        return 0

    monkeypatch.setattr(demo.__main__, "main", main)
    assert podium("demo", "--once", "--seconds", "3")[0] == 0
    assert podium("demo")[0] == 0
    assert given == [["--once", "--seconds", "3"], []]


def test_the_demo_without_its_packages_says_how_to_get_them(
    podium: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "demo.__main__")
    monkeypatch.setitem(sys.modules, "demo.playback", None)
    with pytest.raises(ModuleNotFoundError):
        podium("demo")
    monkeypatch.delitem(sys.modules, "demo.playback")
    monkeypatch.setitem(sys.modules, "simcord", None)
    code, _, err = podium("demo", "--once")
    assert code == 1
    assert err.startswith("The demo needs packages of its own; run: ")
    assert err.endswith("pip install --require-hashes -r requirements-demo.txt\n")


@pytest.mark.parametrize("command", [[], ["doctor"], ["--help"]])
def test_without_the_packages_one_sentence_says_what_to_run(command: list[str]) -> None:
    # Without the module site, Python sees neither the environment's packages nor the system's.
    result = subprocess.run(  # noqa: S603
        [sys.executable, "-S", "-m", "bot", *command],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 1
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    assert line.startswith("Podium's packages are not installed for this Python (No module named ")
    assert line.endswith("; run: make run")


def test_demo_that_is_not_installed_is_reported_in_a_sentence(
    podium: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_module = importlib.import_module

    def find_no_demo(name: str) -> ModuleType:
        if name == "demo.__main__":
            raise ModuleNotFoundError(name="demo")
        return import_module(name)

    monkeypatch.setattr(importlib, "import_module", find_no_demo)
    code, _, err = podium("demo", "--once")
    assert code == 1
    assert err.startswith("The demo is not installed here")


@pytest.mark.processes
def test_output_is_utf_8_and_a_closed_pipe_is_no_error(tmp_path: Path) -> None:
    file = tmp_path / "show.csv"
    rows = "".join(f"{n},Ünï 🐍 {n},2026-08-09 10:00:00,{1 - n / 10**6}\n" for n in range(1, 9000))
    file.write_text(f"TeamId,TeamName,SubmissionDate,Score\n{rows}", "utf-8")
    command = [sys.executable, "-m", "bot", "board", str(file), "--order", "higher", "--json"]
    with subprocess.Popen(  # noqa: S603
        command,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        start = process.stdout.read(2000)
        process.stdout.close()
        assert process.wait(30) == 0
        assert process.stderr.read() == b""
    assert "Ünï 🐍 1" in start.decode("utf-8", errors="ignore")
