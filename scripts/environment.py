"""Set up `.venv` from the lock files, if it is not: `python3 scripts/environment.py demo`.

Needs nothing but Python itself. The sets: `bare` (nothing installed), `runtime`, `demo`, `test`;
each holds the ones before it.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".venv"
PYTHON = FOLDER / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = FOLDER / "podium.json"
LOCKS = {
    "runtime": ROOT / "requirements.txt",
    "demo": ROOT / "requirements-demo.txt",
    "test": ROOT / "requirements-test.txt",
}
SETS = ["bare", *LOCKS]


def main(arguments: list[str]) -> int:
    """Install and remove packages until the environment holds the wanted set."""
    if sys.version_info < (3, 11):  # noqa: UP036 (an older one may start this)
        return _fail("Podium needs Python 3.11 or newer; name it: make PYTHON=python3.12 …")
    if len(arguments) != 1 or arguments[0] not in SETS:
        return _fail(f"Say which set to install: {', '.join(SETS)}.")
    wanted = arguments[0]
    if not _works():
        if importlib.util.find_spec("ensurepip") is None:
            # Debian and what comes from it have this part of Python in a package of its own.
            return _fail(
                "This Python cannot make virtual environments; on Debian and Ubuntu:"
                " sudo apt install python3-venv"
            )
        print("Making the virtual environment .venv", file=sys.stderr)
        venv.create(FOLDER, with_pip=True, clear=True)
    if wanted == "bare" or _has(wanted):
        return 0
    lock = LOCKS[wanted]
    print(f"Installing {lock.name} into .venv", file=sys.stderr)
    STAMP.unlink(missing_ok=True)
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    # Nothing is installed but the files that were there when the lock file was written.
    pip += ["--require-hashes", "--requirement", str(lock)]
    if subprocess.run(pip, check=False).returncode:
        return _fail(f"{lock.name} could not be installed; pip says why above.")
    STAMP.write_text(json.dumps({"locks": _fingerprint(), "set": wanted}))
    return 0


def _works() -> bool:
    """Return whether the environment's Python still starts: a system upgrade can break it."""
    command = [str(PYTHON), "-m", "pip", "--version"]
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _has(wanted: str) -> bool:
    try:
        stamp = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return False
    return stamp["locks"] == _fingerprint() and SETS.index(stamp["set"]) >= SETS.index(wanted)


def _fingerprint() -> str:
    return hashlib.sha256(b"\0".join(lock.read_bytes() for lock in LOCKS.values())).hexdigest()


def _fail(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
