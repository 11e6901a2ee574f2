"""How the CLI is found, what it gets to see, and that it never outlives its call, either way."""

import asyncio
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Protocol

import pytest

from leaderboards.errors import (
    CliMissing,
    CliTooOld,
    KaggleError,
    KaggleFailed,
    NotALeaderboard,
    TimedOut,
)
from leaderboards.kaggle import client as kaggle
from leaderboards.kaggle.client import KaggleCli
from leaderboards.kaggle.process import CommandStarter, spawn
from tests.leaderboards.kaggle.kaggle_cli import STARTS, find_start
from tests.processes import is_running, wait_until

pytestmark = [
    pytest.mark.processes,
    pytest.mark.usefixtures("temporary"),
    pytest.mark.skipif(sys.platform == "win32", reason="the imitations are shell scripts"),
]

MARK = "from kaggle.cli import main"
"""By this line the script of pip's is known."""
CLI_MODULE = "import os, sys\ndef main():\n    os.execv(sys.argv[0], sys.argv)\n"
"""Stands for `kaggle.cli`: the fork becomes the script."""
START: CommandStarter = spawn
SAVE = "printf 'PK-zip' > $3.zip"
START_CHILD = "sleep 600 & echo $! > $there/child; mv $there/child $there/called; wait"
"""Starts a process, and says which in the file `called`."""


class Imitate(Protocol):
    """Puts a script in the place of the Kaggle CLI."""

    def __call__(self, script: str, *, version: str = "Kaggle CLI 2.2.4") -> None: ...


@pytest.fixture(scope="module", autouse=True, params=STARTS)
def start(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[CommandStarter]:
    """Start each call as a program, or as a fork that then becomes the imitation."""
    package = tmp_path_factory.mktemp("site") / "kaggle"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "cli.py").write_text(CLI_MODULE)
    start = find_start(request.param)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys.modules[__name__], "START", start)
        patch.syspath_prepend(package.parent)
        yield start


@pytest.fixture
def imitate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Imitate:
    binaries = tmp_path / "bin"
    binaries.mkdir()
    monkeypatch.setattr(sys, "executable", str(binaries / "python"))

    def write(script: str, *, version: str = "Kaggle CLI 2.2.4") -> None:
        asked = f'if [ "$1" = --version ]; then echo "{version}"; exit; fi'
        # Competitions are listed by Python, with the kaggle package.
        for path in (binaries / "kaggle", binaries / "python"):
            path.write_text(f"#!/bin/sh\n# {MARK}\n{asked}\nthere={tmp_path}\n{script}\n")
            path.chmod(0o755)

    return write


def build_cli(
    login: Mapping[str, str] | None = None, *, timeout: float = 20, concurrency: int = 2
) -> KaggleCli:
    return KaggleCli(credentials=login or {}, timeout=timeout, concurrency=concurrency, start=START)


async def wait_until_called(tmp_path: Path) -> None:
    """Wait for the imitation to have made the file `called`."""
    deadline = time.monotonic() + 60
    while not exists(tmp_path, "called"):
        assert time.monotonic() < deadline
        await asyncio.sleep(0.01)


async def wait_until_child_ended(tmp_path: Path) -> None:
    """Wait for the end of the process that `START_CHILD` started."""
    child = int((tmp_path / "called").read_text())
    await asyncio.to_thread(wait_until, lambda: not is_running(child))


def exists(folder: Path, name: str) -> bool:
    return (folder / name).exists()


def is_empty(folder: Path) -> bool:
    return list(folder.iterdir()) == []


@pytest.mark.parametrize("version", ["1.7.4.5", "1.8", "2.0.0", "10.0"])
async def test_supported_versions_download(imitate: Imitate, version: str) -> None:
    imitate(SAVE, version=f"Warning: something else\nKaggle API {version}")
    cli = build_cli()
    assert await cli.load_version() == version
    assert await cli.download("titanic") == b"PK-zip"


@pytest.mark.parametrize("version", ["1.7.4.4", "1.7.4", "1.5.16"])
async def test_old_version_is_refused(imitate: Imitate, version: str) -> None:
    imitate(SAVE, version=f"Kaggle API {version}")
    with pytest.raises(CliTooOld, match=rf"is version {version}, but leaderboards need 1\.7\.4\.5"):
        await build_cli().download("titanic")


async def test_cli_without_a_needed_option_is_too_old(imitate: Imitate) -> None:
    imitate("echo 'kaggle: error: unrecognized arguments: --format json' >&2; exit 2")
    with pytest.raises(
        CliTooOld, match=r"too old for this .*: --format json.*; run: .*pip install"
    ):
        await build_cli().search_competitions("titanic")


async def test_cli_that_does_not_start_is_reported(imitate: Imitate) -> None:
    imitate("", version="$(echo \"ModuleNotFoundError: No module named 'six'\" >&2)")
    with pytest.raises(CliMissing, match=r"not start \(.* 'six'\); run: .*pip install"):
        await build_cli().download("titanic")


async def test_missing_cli_is_reported(imitate: Imitate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(CliMissing, match=r"not installed; run: .*pip install"):
        await build_cli().check_version()


async def test_cli_is_found_on_path(
    imitate: Imitate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    imitate(SAVE)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "elsewhere" / "python"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=":")
    assert await build_cli().download("titanic") == b"PK-zip"


async def test_version_is_checked_once(imitate: Imitate, tmp_path: Path) -> None:
    imitate(SAVE, version=f"Kaggle CLI 2.2.4$(echo asked >> {tmp_path}/asked)")
    cli = build_cli()
    await asyncio.gather(*(cli.download("titanic") for _ in range(3)))
    assert (tmp_path / "asked").read_text() == "asked\n"


async def test_cli_sees_its_login_but_no_other_secrets(
    imitate: Imitate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "discord-secret")
    monkeypatch.setenv("DATABASE_URL", "other-secret")
    monkeypatch.setenv("KAGGLE_API_TOKEN", "token-of-the-environment")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy:3128")
    monkeypatch.setenv("HOME", str(tmp_path))
    imitate(f"env > $there/seen; {SAVE}")

    async def seen(login: Mapping[str, str]) -> dict[str, str]:
        await build_cli(login).download("titanic")
        lines = (tmp_path / "seen").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines)

    given = await seen({"KAGGLE_USERNAME": "somebody", "KAGGLE_KEY": "key"})
    assert (given["KAGGLE_USERNAME"], given["KAGGLE_KEY"]) == ("somebody", "key")
    assert "KAGGLE_API_TOKEN" not in given
    # The CLI would prefer a token that it finds there.
    assert given["HOME"] != str(tmp_path)
    found = await seen({})
    assert found["KAGGLE_API_TOKEN"] == "token-of-the-environment"
    assert found["HOME"] == str(tmp_path)
    for variables in (given, found):
        assert variables["HTTPS_PROXY"] == "http://proxy:3128"
        assert variables["PYTHONUTF8"] == "1"
        assert "secret" not in " ".join(variables.values())


async def test_call_gets_the_login_also_while_the_environment_is_bare(
    imitate: Imitate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAGGLE_API_TOKEN", "token-of-the-environment")
    imitate(f"env > $there/seen; {SAVE}")
    cli = build_cli()
    # The bot's own environment is bare while the fork server starts in another thread.
    monkeypatch.delenv("KAGGLE_API_TOKEN")
    monkeypatch.delenv("PATH")
    await cli.download("titanic")
    assert "KAGGLE_API_TOKEN=token-of-the-environment" in (tmp_path / "seen").read_text()


async def test_timeout_kills_the_process_group(imitate: Imitate, tmp_path: Path) -> None:
    imitate(START_CHILD)
    # On a busy machine the child may not have been started in a short time.
    for timeout in (0.3, 3, 30):
        cli = build_cli(timeout=timeout)
        cli._version_checked = True  # That would be a call of its own, with a time of its own.
        with pytest.raises(TimedOut, match=rf"leaderboard of titanic within {timeout} seconds"):
            await cli.download("titanic")
        if exists(tmp_path, "called"):
            break
    await wait_until_child_ended(tmp_path)


async def test_search_that_times_out_is_reported(imitate: Imitate) -> None:
    imitate("sleep 9")
    with pytest.raises(TimedOut, match=r"did not answer within 0\.2 seconds"):
        await build_cli(timeout=0.2).search_competitions("titanic")


async def test_cancelled_call_removes_its_processes_and_folder(
    imitate: Imitate, tmp_path: Path, temporary: Path
) -> None:
    imitate(START_CHILD)
    call = asyncio.create_task(build_cli().download("titanic"))
    await wait_until_called(tmp_path)
    assert not is_empty(temporary)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert is_empty(temporary)
    await wait_until_child_ended(tmp_path)


async def test_waiting_call_that_is_cancelled_never_runs(imitate: Imitate, tmp_path: Path) -> None:
    imitate(f"echo $3 >> $there/called; until [ -e $there/go ]; do sleep 0.01; done; {SAVE}")
    cli = build_cli(concurrency=1)
    first = asyncio.create_task(cli.download("first"))
    await wait_until_called(tmp_path)
    second = asyncio.create_task(cli.download("second"))
    await asyncio.sleep(0.05)
    second.cancel()
    with pytest.raises(asyncio.CancelledError):
        await second
    (tmp_path / "go").touch()
    assert await first == b"PK-zip"
    assert (tmp_path / "called").read_text() == "first\n"


async def test_close_stops_running_and_waiting_calls(imitate: Imitate, tmp_path: Path) -> None:
    imitate("touch $there/called; sleep 9")
    cli = build_cli(concurrency=1)
    calls = [asyncio.create_task(cli.download("titanic")) for _ in range(2)]
    await wait_until_called(tmp_path)
    cli.close()
    for call in calls:
        with pytest.raises(KaggleFailed, match="The bot was stopped"):
            await call
    with pytest.raises(KaggleFailed, match="The bot was stopped"):
        await cli.download("titanic")


async def test_concurrency_is_limited(imitate: Imitate, tmp_path: Path) -> None:
    imitate(f"echo 1 >> $there/log; sleep 0.1; echo -1 >> $there/log; {SAVE}")
    cli = build_cli(concurrency=2)
    await asyncio.gather(*(cli.download("titanic") for _ in range(6)))
    at_once = [0]
    for step in (tmp_path / "log").read_text().split():
        at_once.append(at_once[-1] + int(step))
    assert max(at_once) == 2


@pytest.mark.parametrize(
    "script", ["while :; do head -c 100000 /dev/zero; done", "head -c 900000 /dev/zero > $3.zip"]
)
async def test_too_large_files_and_output_are_refused(
    imitate: Imitate, script: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kaggle, "_MAX_BYTES", 500_000)
    imitate(script)
    with pytest.raises(NotALeaderboard, match="for titanic is far too large"):
        await build_cli().download("titanic")


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("kill -9 $$", "ended from outside (signal 9)"),
        ("exit 3", "failed: exit code 3, without a message"),
        ("echo; echo first >&2; echo ' last ' >&2; echo >&2; exit 1", "CLI failed: last"),
        ("printf 'No.\\n\\nTry again\\nor do not.\\n' >&2; exit 1", "CLI failed: No."),
        ("echo 'OSError: [Errno 28] No space left' >&2; exit 1", "failed: [Errno 28] No space"),
        ("printf 'a\\033\\000b' >&2; exit 1", "failed: ab"),
        ("echo by http://me:hunter2@proxy/ >&2; exit 1", "failed: by http://[hidden]proxy/"),
        ("echo Login: Basic bWU6aHVudGVyMg== >&2; exit 1", "failed: Login: [hidden]"),
        ("echo $KAGGLE_KEY of $KAGGLE_USERNAME >&2; exit 1", "failed: [hidden] of somebody"),
    ],
)
async def test_unknown_failure_shows_the_last_line_of_the_cli(
    imitate: Imitate, script: str, told: str
) -> None:
    imitate(script)
    login = {"KAGGLE_USERNAME": "somebody", "KAGGLE_KEY": "hunter2"}
    with pytest.raises(KaggleFailed) as failed:
        await build_cli(login).download("titanic")
    assert told in str(failed.value)
    assert "hunter2" not in str(failed.value)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("SSLError(1, '[SSL: CERTIFICATE_VERIFY_FAILED]')", "set REQUESTS_CA_BUNDLE"),
        ("OSError: Could not find kaggle.json. Make sure", "does not accept the bot's login"),
        ("Invalid credentials!", "does not accept the bot's login"),
        ("TooManyRequests", "fewer calls"),
        ("Not found\n\nTo search for one,\ntry 'kaggle search'.", "knows no competition titanic"),
        ("Warning: outdated\n\nNot found\n\nTry again.", "knows no competition titanic"),
    ],
)
async def test_errors_of_other_cli_versions_are_classified(
    imitate: Imitate, said: str, told: str
) -> None:
    imitate(f'echo "{said}" >&2; exit 1')
    with pytest.raises(KaggleError, match=told):
        await build_cli({"KAGGLE_API_TOKEN": "KGAT_refused"}).download("titanic")


@pytest.mark.parametrize("printed", ["nothing like a list", "[1]", '[{"ref": 1}]', "[{"])
async def test_list_in_an_unknown_form_is_reported(imitate: Imitate, printed: str) -> None:
    imitate(f"echo '{printed}'")
    with pytest.raises(KaggleFailed, match="not understood"):
        await build_cli().search_competitions("titanic")


async def test_list_is_found_after_warnings(imitate: Imitate) -> None:
    listed = '[{"ref": "https://www.kaggle.com/competitions/Titanic/", "deadline": null}]'
    imitate(f"echo 'Warning: outdated'; echo 'Next Page Token = x'; echo '{listed}'")
    assert [found.slug for found in await build_cli().search_competitions("titanic")] == ["titanic"]


async def test_missing_temporary_folder_is_reported(
    imitate: Imitate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    imitate(SAVE)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    with pytest.raises(KaggleFailed, match=r"could not be run \(No such file or directory\)"):
        await build_cli().download("titanic")
