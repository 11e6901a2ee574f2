"""The certificates that a call of the Kaggle CLI trusts."""

import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from shutil import which

import pytest

from demo.kaggle import CREDENTIALS
from leaderboards.errors import NoNetwork
from leaderboards.kaggle.client import KaggleCli
from leaderboards.kaggle.process import CommandStarter
from tests.leaderboards.kaggle.kaggle_cli import STARTS, find_start

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(which("openssl") is None, reason="no certificate can be made"),
    pytest.mark.usefixtures("temporary"),
]

ARCHIVE = b"PK-zip"
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/zip\r\nContent-Length: 6\r\n\r\n" + ARCHIVE


def make_certificate(folder: Path, host: str) -> Path:
    """Create an unknown certificate for this host; the file holds its key too."""
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
def proxy_to(certificate: Path) -> Iterator[str]:
    """Run a proxy that connects every client to a server with this certificate."""
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


async def download(start: CommandStarter, proxy: str, **environment: str) -> bytes:
    cli = KaggleCli(
        credentials=CREDENTIALS,
        environment={"HTTPS_PROXY": proxy, "https_proxy": proxy, **environment},
        start=start,
    )
    cli._version_checked = True
    return await cli.download("titanic")


@pytest.mark.parametrize("name", STARTS)
async def test_only_certificates_of_certifi_or_of_the_call_are_trusted(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(variable, raising=False)
    start = find_start(name)
    certificate = make_certificate(tmp_path, "api.kaggle.com")
    with proxy_to(certificate) as proxy:
        for _ in range(2):
            with pytest.raises(NoNetwork, match="certificate is not trusted"):
                await download(start, proxy)
            assert await download(start, proxy, REQUESTS_CA_BUNDLE=str(certificate)) == ARCHIVE
