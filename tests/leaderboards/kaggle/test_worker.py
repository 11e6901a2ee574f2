"""The process whose forks are calls of the real Kaggle CLI: what it knows, and how it ends."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path

import pytest
from aiohttp import web

from demo.kaggle import CREDENTIALS, KaggleStandIn
from demo.kaggle_faults import FAULTS, GoodAnswer
from leaderboards.errors import KaggleFailed, NoNetwork, NotLoggedIn
from leaderboards.kaggle import worker as fork_server
from leaderboards.kaggle.client import KaggleCli
from leaderboards.kaggle.orphan_cleanup import remove_orphans
from leaderboards.kaggle.worker import ForkServer

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells of processes"),
    pytest.mark.usefixtures("temporary"),
]

PROJECT = Path(__file__).resolve().parents[3]
ARCHIVE = b"PK-zip"
SILENT = "silence before the answer"
BOT = """
import asyncio, sys
from demo.kaggle import CREDENTIALS, KaggleStandIn
from leaderboards.kaggle.worker import ForkServer
from leaderboards.kaggle.client import KaggleCli
kaggle = KaggleStandIn()
kaggle.port = int(sys.argv[1])
cli = KaggleCli(credentials=CREDENTIALS, environment=kaggle.environment, start=ForkServer())
asyncio.run(cli.download("titanic"))
"""


@pytest.fixture
def kaggle() -> Iterator[KaggleStandIn]:
    """Runs in a thread of its own: it answers whatever the tests wait for."""
    stand_in = KaggleStandIn()
    stand_in.serve("titanic", ARCHIVE)
    with stand_in.in_thread():
        yield stand_in


@pytest.fixture
async def server() -> AsyncIterator[ForkServer]:
    server = ForkServer()
    yield server
    await server.aclose()


def cli_for(kaggle: KaggleStandIn, server: ForkServer, **more: float) -> KaggleCli:
    cli = KaggleCli(
        credentials=CREDENTIALS,
        environment=kaggle.environment,
        start=server,
        timeout=more.get("timeout", 20),
    )
    cli._checked = True
    return cli


def pid_of(server: ForkServer) -> int:
    assert server._server is not None
    return server._server._process.pid


def children_of(pid: int) -> list[int]:
    threads = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for thread in threads for child in thread.read_text().split()]


def environment_of(pid: int) -> str:
    return Path(f"/proc/{pid}/environ").read_text()


def opened_by(pid: int) -> list[str]:
    return [str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir()]


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def basic(name: str, key: str) -> str:
    return f"Basic {b64encode(f'{name}:{key}'.encode()).decode()}"


@contextmanager
def held_up(server: ForkServer) -> Iterator[None]:
    """Let it wait for what a call is to run; what happens meanwhile it meets all at once."""
    assert server._server is not None
    call, its = socket.socketpair()
    with call, its, Path(os.devnull).open("rb") as nothing:
        handed_over = [its.fileno(), nothing.fileno(), nothing.fileno()]
        socket.send_fds(server._server._control, [b"\n"], handed_over)
        its.close()
        yield


async def call_under_way(
    kaggle: KaggleStandIn, server: ForkServer, cli: KaggleCli
) -> tuple[asyncio.Task[bytes], int]:
    """Begin a call that gets no answer; gives it with its process."""
    kaggle.fail("titanic", FAULTS[SILENT])
    asked = kaggle.calls["titanic"]
    call = asyncio.create_task(cli.download("titanic"))
    await asyncio.to_thread(until, lambda: kaggle.calls["titanic"] > asked)
    (fork,) = children_of(pid_of(server))
    return call, fork


async def test_it_knows_no_secret_and_holds_nothing_of_the_bots_open(
    kaggle: KaggleStandIn, server: ForkServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "discord-secret")
    monkeypatch.setenv("KAGGLE_API_TOKEN", "kaggle-secret")
    monkeypatch.setenv("HTTPS_PROXY", "http://me:proxy-secret@proxy")
    cli = cli_for(kaggle, server)
    with (tmp_path / "podium.db.lock").open("w") as lock:
        os.set_inheritable(lock.fileno(), True)
        assert await cli.download("titanic") == ARCHIVE
        call, fork = await call_under_way(kaggle, server, cli)
    for pid in (pid_of(server), fork):
        assert "PATH=" in environment_of(pid)
        assert "-secret" not in environment_of(pid)
        assert [path for path in opened_by(pid) if "podium.db" in path] == []
    assert len(opened_by(fork)) == 4, "where it reads and prints, and its connection to Kaggle"
    # A group of its own, which is killed whole.
    assert os.getpgid(fork) == fork
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert not is_running(fork)


async def test_each_call_has_its_own_login_settings_and_way(
    kaggle: KaggleStandIn, server: ForkServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the CLI reads while it is imported, it reads for each call anew."""
    logins: list[str] = []

    async def note(answer: GoodAnswer) -> web.StreamResponse:
        logins.append(answer.request.headers["Authorization"])
        return web.Response(body=answer.body, content_type="application/zip")

    kaggle.fail("titanic", note)
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
        cli._checked = True
        assert await cli.download("titanic") == ARCHIVE

    await ask(CREDENTIALS)
    await ask({"KAGGLE_API_TOKEN": "KGAT_0123456789"})
    monkeypatch.setenv("HOME", str(tmp_path / "nothing there"))
    for name, variable in found.items():
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(variable, str(tmp_path / name))
            await ask({})
    with pytest.raises(NotLoggedIn):
        await ask({})
    # To Kaggle itself, but by a way that leads nowhere, as the other one does.
    nowhere = "http://127.0.0.1:1"
    with pytest.raises(NoNetwork):
        await ask(CREDENTIALS, KAGGLE_API_ENVIRONMENT="PROD", HTTPS_PROXY=nowhere)
    with pytest.raises(NoNetwork):
        await ask(CREDENTIALS, HTTP_PROXY=nowhere, http_proxy=nowhere)
    await ask({"KAGGLE_USERNAME": "another", "KAGGLE_KEY": "another-key"})
    assert logins == [
        basic(*CREDENTIALS.values()),
        "Bearer KGAT_0123456789",
        *(basic(name, "its-key") for name in found),
        basic("another", "another-key"),
    ]


async def test_when_it_is_killed_its_calls_end_and_the_next_one_starts_another(
    kaggle: KaggleStandIn, server: ForkServer
) -> None:
    cli = cli_for(kaggle, server)
    assert await cli.download("titanic") == ARCHIVE
    first = pid_of(server)
    call, fork = await call_under_way(kaggle, server, cli)
    os.kill(first, signal.SIGKILL)
    with pytest.raises(KaggleFailed, match=r"ended from outside \(signal 9\)"):
        await call
    until(lambda: not is_running(fork))
    kaggle.mend("titanic")
    assert await cli.download("titanic") == ARCHIVE
    assert pid_of(server) != first


async def test_one_that_hangs_keeps_nobody_waiting(
    kaggle: KaggleStandIn, server: ForkServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fork_server, "_ANSWER_WITHIN", 0.2)
    cli = cli_for(kaggle, server)
    call, fork = await call_under_way(kaggle, server, cli)
    first = pid_of(server)
    os.kill(first, signal.SIGSTOP)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    until(lambda: not is_running(fork))
    kaggle.mend("titanic")
    assert await cli.download("titanic") == ARCHIVE
    assert not is_running(first)
    assert pid_of(server) != first


async def test_a_call_that_ends_while_it_is_killed_takes_no_other_with_it(
    kaggle: KaggleStandIn, server: ForkServer
) -> None:
    cli = cli_for(kaggle, server)
    call, fork = await call_under_way(kaggle, server, cli)
    first = pid_of(server)
    with held_up(server):
        os.kill(fork, signal.SIGKILL)
        until(lambda: not is_running(fork))
        # Only now is the call closed: of the two, its end is met first.
        call.cancel()
        await asyncio.sleep(0.2)
    with pytest.raises(asyncio.CancelledError):
        await call
    kaggle.mend("titanic")
    assert await cli.download("titanic") == ARCHIVE
    assert pid_of(server) == first


async def test_where_it_does_not_start_calls_are_started_as_any_program(
    kaggle: KaggleStandIn,
    server: ForkServer,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(fork_server, "bare_environment", lambda home: {"PYTHONHOME": str(home)})
    cli = cli_for(kaggle, server)
    for _ in range(2):
        assert await cli.download("titanic") == ARCHIVE
    assert caplog.text.count("The Kaggle CLI is started anew for each call: it ended") == 1
    assert server._server is not None
    assert not server._server.is_running()


async def test_a_version_that_is_not_known_is_started_as_any_program(
    kaggle: KaggleStandIn,
    server: ForkServer,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert metadata.version("kaggle") == fork_server.FORKABLE, (
        "look what this version takes from its environment before it reads its command line:"
        " each fork has to do that anew"
    )
    monkeypatch.setattr(fork_server, "FORKABLE", "1.7.4.5")
    assert await cli_for(kaggle, server).download("titanic") == ARCHIVE
    assert "only 1.7.4.5 can be forked; run: pip install" in caplog.text
    assert server._server is None


async def test_when_closed_it_ends_with_its_calls(
    kaggle: KaggleStandIn, server: ForkServer
) -> None:
    cli = cli_for(kaggle, server)
    call, fork = await call_under_way(kaggle, server, cli)
    cli.close()
    await server.aclose()
    with pytest.raises(KaggleFailed):
        await call
    assert not is_running(fork)
    assert not is_running(pid_of(server))


def test_it_ends_with_its_calls_when_the_bot_is_killed(
    kaggle: KaggleStandIn, temporary: Path
) -> None:
    kaggle.fail("titanic", FAULTS[SILENT])
    bot = subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", BOT, str(kaggle.port)],
        cwd=PROJECT,
        env={**os.environ, "TMPDIR": str(temporary)},
    )
    until(lambda: kaggle.calls["titanic"])
    (server,) = children_of(bot.pid)
    (fork,) = children_of(server)
    bot.kill()
    bot.wait()
    until(lambda: not is_running(server) and not is_running(fork))
    remove_orphans()
