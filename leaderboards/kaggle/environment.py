"""The path of the Kaggle CLI and the environment variables that it gets."""

from __future__ import annotations

import importlib.util
import os
import shutil
import site
import sys
from collections.abc import Mapping
from pathlib import Path

from leaderboards import run_id
from leaderboards.errors import CliMissing
from leaderboards.installation import format_installation
from leaderboards.secret_redaction import register_secret

INSTALL = f"run: {format_installation()}"
"""What to do about a CLI that is missing, broken or too old."""

TOKEN_PAGE = "https://www.kaggle.com/settings/api"  # noqa: S105 - an address
"""Where a person makes a token or a key."""

_PROJECT = Path(__file__).resolve().parents[2]
_SECRET_VARIABLES = ("KAGGLE_API_TOKEN", "KAGGLE_KEY")
_LOGIN_VARIABLES = (*_SECRET_VARIABLES, "KAGGLE_USERNAME")
_HOME_VARIABLES = ("HOME", "USERPROFILE", "APPDATA", "XDG_CONFIG_HOME", "KAGGLE_CONFIG_DIR")
_LOGIN_FILES = ("access_token", "access_token.txt", "kaggle.json", "credentials.json")
"""In the folders of `_find_login_folders`: a token, a user name with its key, an OAuth login."""
_SYSTEM_VARIABLES = ("PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "LANG", "LC_ALL", "LC_CTYPE")
_INHERITED_VARIABLES = (
    *_SYSTEM_VARIABLES,
    *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "KAGGLE_PROXY"),
    *("http_proxy", "https_proxy", "all_proxy", "no_proxy"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"),
)


def find_cli(path: str | None) -> str:
    """Return the path of the CLI beside the bot's Python, or else of the first one on `path`."""
    beside = Path(sys.executable).parent
    # Outside a virtual environment, Windows has scripts in a subfolder.
    for folders in (os.pathsep.join([str(beside), str(beside / "Scripts")]), path or ""):
        found = shutil.which("kaggle", path=folders)
        if found is not None:
            return found
    raise CliMissing(f"The Kaggle CLI is not installed; {INSTALL}")


def has_login(credentials: Mapping[str, str], inherited: Mapping[str, str]) -> bool:
    """Return whether there is a login for the CLI, valid or not: given, or where it looks for one.

    The CLI itself prints the same for a login that is missing and for one that is refused.
    """
    if credentials or any(inherited.get(name) for name in _SECRET_VARIABLES):
        return True
    return any(
        (folder / name).exists()
        for folder in _find_login_folders(inherited)
        for name in _LOGIN_FILES
    )


def _find_login_folders(inherited: Mapping[str, str]) -> list[Path]:
    variable = "USERPROFILE" if sys.platform == "win32" else "HOME"
    home = Path(inherited.get(variable) or Path.home())
    config = Path(inherited.get("XDG_CONFIG_HOME") or home / ".config")
    chosen = inherited.get("KAGGLE_CONFIG_DIR")
    return [home / ".kaggle", config / "kaggle", *([Path(chosen)] if chosen else [])]


def has_package() -> bool:
    """Return whether the bot's Python has the kaggle package, whatever CLI `find_cli` finds."""
    return importlib.util.find_spec("kaggle") is not None


def is_in_same_environment(cli: str) -> bool:
    """Return whether pip installed a CLI into the Python environment of the bot."""
    path = Path(cli)
    if path.parent != Path(sys.executable).parent:
        return False
    with path.open("rb") as file:
        return b"from kaggle.cli import main" in file.read(4096)


def build_minimal_environment() -> dict[str, str]:
    """Return what any Python process of the bot needs, and nothing that could be secret."""
    return {
        **{name: os.environ[name] for name in _SYSTEM_VARIABLES if name in os.environ},
        run_id.VARIABLE: run_id.run_id(),
        "PYTHONUTF8": "1",
        "PYTHONPATH": str(_PROJECT),
        "PYTHONUSERBASE": site.getuserbase(),
    }


def build_environment(
    credentials: Mapping[str, str],
    inherited: Mapping[str, str],
    extra: Mapping[str, str],
    home: Path,
) -> dict[str, str]:
    """Build the environment of a CLI call; without credentials the CLI may find its own.

    `inherited` is the environment of the bot: the call gets only what it needs of it. `extra`
    overrides all else; only the demo and tests give it.
    With credentials, the empty folder `home` replaces the user's home: the CLI would prefer a token
    in `~/.kaggle` to a given user name and key. Secrets in the result are registered for redaction.
    """
    if credentials:
        names: tuple[str, ...] = _INHERITED_VARIABLES
        # Python derives the folder of `pip install --user` from the home folder.
        login = {
            "HOME": str(home),
            "USERPROFILE": str(home),
            "PYTHONUSERBASE": site.getuserbase(),
            **credentials,
        }
    else:
        names, login = (*_INHERITED_VARIABLES, *_HOME_VARIABLES, *_LOGIN_VARIABLES), {}
    variables = {
        **{name: inherited[name] for name in names if name in inherited},
        "PYTHONUTF8": "1",
        run_id.VARIABLE: run_id.run_id(),
        **login,
        **extra,
    }
    for name in _SECRET_VARIABLES:
        register_secret(variables.get(name, ""))
    return variables
