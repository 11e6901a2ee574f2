"""The fork server that starts calls of the real Kaggle CLI: what it knows, and how it ends."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
from base64 import b64encode
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from aiohttp import web

from demo.kaggle import CREDENTIALS, KaggleStandIn
from demo.kaggle_faults import FAULTS, GoodAnswer
from leaderboards.errors import CompetitionNotFound, KaggleFailed, NoNetwork, NotLoggedIn
from leaderboards.kaggle import fork_server
from leaderboards.kaggle.client import KaggleCli
from leaderboards.kaggle.fork_server import ForkServer
from tests.processes import is_running, wait_until

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(sys.platform != "linux", reason="only Linux shows processes in /proc"),
    pytest.mark.usefixtures("temporary"),
]

PROJECT = Path(__file__).resolve().parents[3]
ZIP_FILE = b"PK-zip"
SILENT = "silence before the answer"
BOT = """
import asyncio, sys
from demo.kaggle import CREDENTIALS, KaggleStandIn
from leaderboards.kaggle.fork_server import ForkServer
from leaderboards.kaggle.client import KaggleCli
kaggle = KaggleStandIn()
kaggle.port = int(sys.argv[1])
cli = KaggleCli(credentials=CREDENTIALS, environment=kaggle.environment, start=ForkServer())
asyncio.run(cli.download("titanic"))
"""


@pytest.fixture
def kaggle() -> Iterator[KaggleStandIn]:
    """Run the stand-in in a thread of its own: it responds while a test blocks."""
    stand_in = KaggleStandIn()
    stand_in.serve("titanic", ZIP_FILE)
    with stand_in.in_thread():
        yield stand_in


@pytest.fixture
def server() -> Iterator[ForkServer]:
    """Return a fork server that no other test has used."""
    server = ForkServer()
    yield server
    if server.pid:
        os.kill(server.pid, signal.SIGKILL)


def build_cli(kaggle: KaggleStandIn, server: ForkServer) -> KaggleCli:
    cli = KaggleCli(
        credentials=CREDENTIALS, environment=kaggle.environment, start=server, timeout=20
    )
    cli._version_checked = True
    return cli


def find_children(pid: int) -> list[int]:
    threads = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for thread in threads for child in thread.read_text().split()]


def read_environment(pid: int) -> str:
    return Path(f"/proc/{pid}/environ").read_text()


def list_open_files(pid: int) -> list[str]:
    return [str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir()]


def basic_auth(name: str, key: str) -> str:
    return f"Basic {b64encode(f'{name}:{key}'.encode()).decode()}"


async def start_silent_call(
    kaggle: KaggleStandIn, server: ForkServer, cli: KaggleCli
) -> tuple[asyncio.Task[bytes], int]:
    """Start a call that gets no response; return it with its process id."""
    kaggle.set_fault("titanic", FAULTS[SILENT])
    before = kaggle.download_counts["titanic"]
    call = asyncio.create_task(cli.download("titanic"))
    await asyncio.to_thread(wait_until, lambda: kaggle.download_counts["titanic"] > before)
    (fork,) = find_children(server.pid)
    return call, fork


async def test_fork_server_and_calls_have_no_secrets_or_open_files_of_the_bot(
    kaggle: KaggleStandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "discord-secret")
    monkeypatch.setenv("KAGGLE_API_TOKEN", "kaggle-secret")
    monkeypatch.setenv("HTTPS_PROXY", "http://me:proxy-secret@proxy")
    server = ForkServer()
    cli = build_cli(kaggle, server)
    for _ in range(2):  # A server that replaces a lost one has no more in its environment.
        kaggle.clear_fault("titanic")
        with (tmp_path / "podium.db.lock").open("w") as lock:
            os.set_inheritable(lock.fileno(), True)
            assert await cli.download("titanic") == ZIP_FILE
            call, fork = await start_silent_call(kaggle, server, cli)
        for pid in (server.pid, *find_children(server.pid)):
            assert f"\0PATH={os.environ['PATH']}\0" in f"\0{read_environment(pid)}"
            assert "-secret" not in read_environment(pid)
            assert [path for path in list_open_files(pid) if "podium.db" in path] == []
        assert os.environ["DISCORD_TOKEN"] == "discord-secret"
        assert os.getpgid(fork) == fork
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        assert not is_running(fork)
        os.kill(server.pid, signal.SIGKILL)


async def test_each_call_reads_its_own_environment(
    kaggle: KaggleStandIn, server: ForkServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    logins: list[str] = []

    async def note(answer: GoodAnswer) -> web.StreamResponse:
        logins.append(answer.request.headers["Authorization"])
        return web.Response(body=answer.body, content_type="application/zip")

    kaggle.set_fault("titanic", note)
    for name in ("KAGGLE_API_TOKEN", "KAGGLE_USERNAME", "KAGGLE_KEY", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    found = {"chosen": "KAGGLE_CONFIG_DIR", "home": "HOME", "settings": "XDG_CONFIG_HOME"}
    for name, below in (("chosen", ""), ("home", ".kaggle"), ("settings", "kaggle")):
        login = tmp_path / name / below / "kaggle.json"
        login.parent.mkdir(parents=True)
        login.write_text(json.dumps({"username": name, "key": "its-key"}))
        login.chmod(0o600)

    async def ask(credentials: Mapping[str, str], **way: str) -> None:
        cli = KaggleCli(
            credentials=credentials, environment={**kaggle.environment, **way}, start=server
        )
        cli._version_checked = True
        assert await cli.download("titanic") == ZIP_FILE

    await ask(CREDENTIALS)
    await ask({"KAGGLE_API_TOKEN": "KGAT_0123456789"})
    monkeypatch.setenv("HOME", str(tmp_path / "nothing there"))
    for name, variable in found.items():
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(variable, str(tmp_path / name))
            await ask({})
    with pytest.raises(NotLoggedIn):
        await ask({})
    # Neither proxy exists, that of Kaggle itself and that of the stand-in.
    nowhere = "http://127.0.0.1:1"
    with pytest.raises(NoNetwork):
        await ask(CREDENTIALS, KAGGLE_API_ENVIRONMENT="PROD", HTTPS_PROXY=nowhere)
    with pytest.raises(NoNetwork):
        await ask(CREDENTIALS, HTTP_PROXY=nowhere, http_proxy=nowhere)
    await ask({"KAGGLE_USERNAME": "another", "KAGGLE_KEY": "another-key"})
    assert logins == [
        basic_auth(*CREDENTIALS.values()),
        "Bearer KGAT_0123456789",
        *(basic_auth(name, "its-key") for name in found),
        basic_auth("another", "another-key"),
    ]


async def test_killed_server_ends_its_calls_and_is_replaced(
    kaggle: KaggleStandIn, server: ForkServer
) -> None:
    cli = build_cli(kaggle, server)
    assert await cli.download("titanic") == ZIP_FILE
    first = server.pid
    call, fork = await start_silent_call(kaggle, server, cli)
    os.kill(first, signal.SIGKILL)
    with pytest.raises(KaggleFailed, match=r"ended from outside \(signal 9\)"):
        await call
    wait_until(lambda: not is_running(fork))
    kaggle.clear_fault("titanic")
    assert await cli.download("titanic") == ZIP_FILE
    assert server.pid != first


async def test_server_started_by_multiprocessing_is_replaced(
    kaggle: KaggleStandIn, server: ForkServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`Process.start` gives a server that it starts the environment of the bot."""
    monkeypatch.setenv("DISCORD_TOKEN", "discord-secret")
    cli = build_cli(kaggle, server)
    assert await cli.download("titanic") == ZIP_FILE
    is_server_running, wrong = fork_server._is_running, [True]

    def is_running_or_was(pid: int) -> bool:
        return wrong.pop() if wrong else is_server_running(pid)

    first = server.pid
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: not is_running(first))
    monkeypatch.setattr(fork_server, "_is_running", is_running_or_was)
    assert await cli.download("titanic") == ZIP_FILE
    assert server.pid != first
    assert "discord-secret" not in read_environment(server.pid)


async def test_hanging_server_is_replaced(
    kaggle: KaggleStandIn, server: ForkServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fork_server, "_FORK_TIMEOUT", 1.0)
    cli = build_cli(kaggle, server)
    call, fork = await start_silent_call(kaggle, server, cli)
    first = server.pid
    os.kill(first, signal.SIGSTOP)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    wait_until(lambda: not is_running(fork))
    kaggle.clear_fault("titanic")
    assert await cli.download("titanic") == ZIP_FILE
    assert not is_running(first)
    assert server.pid != first


async def test_calls_are_spawned_where_the_server_fails(
    kaggle: KaggleStandIn,
    server: ForkServer,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def refuse(_: object) -> None:
        raise ConnectionRefusedError("no server")

    monkeypatch.setattr(ForkServer, "_fork", lambda self, arguments: refuse(arguments))
    cli = build_cli(kaggle, server)
    for _ in range(2):
        assert await cli.download("titanic") == ZIP_FILE
    assert caplog.text.count("was lost: no server") == 2
    assert caplog.text.count("The Kaggle CLI is started anew for each call") == 1


async def test_concurrent_calls_have_their_own_exit_codes(
    kaggle: KaggleStandIn, server: ForkServer
) -> None:
    cli = KaggleCli(
        credentials=CREDENTIALS, environment=kaggle.environment, start=server, concurrency=8
    )
    cli._version_checked = True
    kaggle.set_fault("missing", FAULTS["404"])
    slugs = ["titanic", "missing"] * 12
    met = await asyncio.gather(*map(cli.download, slugs), return_exceptions=True)
    assert [data == ZIP_FILE for data in met] == [slug == "titanic" for slug in slugs]
    assert {type(error) for error in met[1::2]} == {CompetitionNotFound}


def test_server_and_calls_end_when_the_bot_is_killed(kaggle: KaggleStandIn) -> None:
    kaggle.set_fault("titanic", FAULTS[SILENT])
    # The path of a socket may have a hundred characters: pytest's folders are too long.
    with tempfile.TemporaryDirectory(dir="/tmp") as temporary:
        with subprocess.Popen(  # noqa: S603
            [sys.executable, "-c", BOT, str(kaggle.port)],
            cwd=PROJECT,
            env={**os.environ, "TMPDIR": temporary},
        ) as bot:
            wait_until(lambda: kaggle.download_counts["titanic"])
            (server,) = (pid for pid in find_children(bot.pid) if find_children(pid))
            (fork,) = find_children(server)
            bot.kill()
        wait_until(lambda: not is_running(server) and not is_running(fork))


async def test_calls_are_spawned_where_the_socket_path_is_too_long(
    kaggle: KaggleStandIn, tmp_path: Path
) -> None:
    folder = tmp_path / ("long" * 25)
    folder.mkdir()
    bot = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", BOT, str(kaggle.port)),
        cwd=PROJECT,
        env={**os.environ, "TMPDIR": str(folder)},
        stderr=subprocess.PIPE,
    )
    _, printed = await asyncio.wait_for(bot.communicate(), 30)
    assert bot.returncode == 0
    assert printed.decode().splitlines() == [
        "The fork server for the Kaggle CLI was lost: AF_UNIX path too long",
        "The fork server for the Kaggle CLI was lost: AF_UNIX path too long",
        "The Kaggle CLI is started anew for each call",
    ]
    assert list(folder.glob("podium-*")) == []
