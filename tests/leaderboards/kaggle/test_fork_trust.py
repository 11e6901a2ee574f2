"""Whom the forks of the Kaggle CLI trust: certificates are read once, and for each call its own."""

import socket
import ssl
import subprocess
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from shutil import which

import pytest

from demo.kaggle import CREDENTIALS
from leaderboards.errors import NoNetwork
from leaderboards.kaggle import worker as fork_server
from leaderboards.kaggle.client import KaggleCli
from leaderboards.kaggle.environment import bare_environment
from leaderboards.kaggle.worker import CAN_FORK, ForkServer

pytestmark = [
    pytest.mark.skipif(not CAN_FORK, reason="nothing can be forked here"),
    pytest.mark.skipif(which("openssl") is None, reason="no certificate can be made"),
    pytest.mark.usefixtures("temporary"),
]

ARCHIVE = b"PK-zip"
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/zip\r\nContent-Length: 6\r\n\r\n" + ARCHIVE


def certified(folder: Path, host: str) -> Path:
    """Make a certificate of this host that nobody knows; its file holds its key too."""
    file = folder / f"{host}.pem"
    subprocess.run(  # noqa: S603
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-days", "2", "-subj", f"/CN={host}"),
            *("-addext", f"subjectAltName=DNS:{host}"),
            *("-keyout", str(file), "-out", str(folder / "without key")),
        ],
        check=True,
        capture_output=True,
    )
    with file.open("a") as with_key:
        with_key.write((folder / "without key").read_text())
    return file


@contextmanager
def leading_to(certificate: Path) -> Iterator[str]:
    """Be a proxy that leads whoever wants to speak to Kaggle to one with this certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError):
            while True:
                asked, _ = listening.accept()
                with asked, suppress(ssl.SSLError, ConnectionError):
                    asked.recv(4096)
                    asked.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
                    with context.wrap_socket(asked, server_side=True) as kaggle:
                        said = kaggle.recv(4096)
                        while not said.endswith(b"}"):
                            said += kaggle.recv(4096)
                        kaggle.sendall(ANSWER)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        # Closing alone would not wake it.
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join()


@pytest.fixture
async def server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[ForkServer]:
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    server = ForkServer()
    yield server
    await server.aclose()


async def asked(server: ForkServer, proxy: str, **environment: str) -> bytes:
    cli = KaggleCli(
        credentials=CREDENTIALS,
        environment={"HTTPS_PROXY": proxy, "https_proxy": proxy, **environment},
        start=server,
    )
    cli._checked = True
    return await cli.download("titanic")


async def test_only_those_whom_certifi_or_the_call_names(
    server: ForkServer, tmp_path: Path
) -> None:
    certificate = certified(tmp_path, "api.kaggle.com")
    with leading_to(certificate) as proxy:
        for _ in range(2):
            with pytest.raises(NoNetwork, match="certificate is not trusted"):
                await asked(server, proxy)
            assert await asked(server, proxy, REQUESTS_CA_BUNDLE=str(certificate)) == ARCHIVE


async def test_certifis_are_read_once_and_each_only_for_its_own_name(
    server: ForkServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kaggle, another = certified(tmp_path, "api.kaggle.com"), certified(tmp_path, "elsewhere.com")
    named = tmp_path / "named.pem"
    named.write_text(kaggle.read_text() + another.read_text())
    (tmp_path / "certifi.py").write_text(f"def where(): return {str(named)!r}")
    monkeypatch.setattr(
        fork_server,
        "bare_environment",
        lambda home: {**bare_environment(home), "PYTHONPATH": str(tmp_path)},
    )
    with leading_to(kaggle) as proxy:
        assert await asked(server, proxy) == ARCHIVE
        named.write_text("it need not even be readable any more")
        assert await asked(server, proxy) == ARCHIVE
    with leading_to(another) as proxy, pytest.raises(NoNetwork, match="certificate is not trusted"):
        await asked(server, proxy)
