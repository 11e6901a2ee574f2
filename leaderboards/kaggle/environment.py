"""Where the Kaggle CLI is found, and the little of the bot's environment that it gets to see."""

from __future__ import annotations

import os
import shutil
import site
import sys
from collections.abc import Mapping
from pathlib import Path

from leaderboards.errors import CliMissing
from leaderboards.secret_redaction import register_secret

INSTALL = "run: pip install -r requirements.txt"
"""What mends a CLI that is missing, broken or too old."""

_PROJECT = Path(__file__).resolve().parents[2]
_SECRET = ("KAGGLE_API_TOKEN", "KAGGLE_KEY")
_LOGIN = (*_SECRET, "KAGGLE_USERNAME")
_HOME = ("HOME", "USERPROFILE", "APPDATA", "XDG_CONFIG_HOME", "KAGGLE_CONFIG_DIR")
_MACHINE = ("PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "LANG", "LC_ALL", "LC_CTYPE")
_HANDED_ON = (
    *_MACHINE,
    *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "KAGGLE_PROXY"),
    *("http_proxy", "https_proxy", "all_proxy", "no_proxy"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"),
)


def find_cli() -> str:
    """Find the CLI of the bot's own Python, or else the first one on PATH."""
    beside = Path(sys.executable).parent
    # Outside of a virtual environment Windows keeps scripts one folder further down.
    for folders in (os.pathsep.join([str(beside), str(beside / "Scripts")]), None):
        found = shutil.which("kaggle", path=folders)
        if found is not None:
            return found
    raise CliMissing(f"The Kaggle CLI is not installed; {INSTALL}")


def is_of_this_python(cli: str) -> bool:
    """Tell whether a CLI is the script that pip made for the bot's own Python."""
    path = Path(cli)
    if path.parent != Path(sys.executable).parent:
        return False
    with path.open("rb") as file:
        return b"from kaggle.cli import main" in file.read(4096)


def bare_environment() -> dict[str, str]:
    """Return what any Python process of the bot needs, and nothing that could be secret."""
    return {
        **{name: os.environ[name] for name in _MACHINE if name in os.environ},
        "PYTHONUTF8": "1",
        "PYTHONPATH": str(_PROJECT),
        "PYTHONUSERBASE": site.getuserbase(),
    }


def environment(
    credentials: Mapping[str, str], extra: Mapping[str, str], home: Path
) -> dict[str, str]:
    """Give the CLI what it needs: with credentials those alone, without them what it finds itself.

    `home` is an empty folder. It stands for the user's own where credentials are given, because
    the CLI prefers a token in `~/.kaggle` to a user name and key that it is handed. What is secret
    among it is hidden from then on.
    """
    if credentials:
        names: tuple[str, ...] = _HANDED_ON
        # Only from the home folder would Python know where `pip install --user` put the CLI.
        login = {
            "HOME": str(home),
            "USERPROFILE": str(home),
            "PYTHONUSERBASE": site.getuserbase(),
            **credentials,
        }
    else:
        names, login = (*_HANDED_ON, *_HOME, *_LOGIN), {}
    handed_on = {name: os.environ[name] for name in names if name in os.environ}
    given = {**handed_on, "PYTHONUTF8": "1", **login, **extra}
    for name in _SECRET:
        register_secret(given.get(name, ""))
    return given
