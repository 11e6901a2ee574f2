"""Commands with which a person starts this Python and installs the packages of Podium.

It needs nothing but Python itself.
"""

from __future__ import annotations

import sys
from pathlib import Path


def format_python() -> str:
    """Return what a person types in this folder to start the Python that runs."""
    if not sys.executable:
        return "python"
    executable = Path(sys.executable)
    if executable.suffix == ".exe":
        executable = executable.with_suffix("")
    # Outside this folder is an installed Python, which is found by its name.
    here = Path.cwd()
    return str(executable.relative_to(here) if executable.is_relative_to(here) else executable.name)


def format_installation(target: str = "run") -> str:
    """Return what installs the packages of `make run` or `make demo`, as the README has it.

    The Python of a system often refuses that pip installs anything: outside a virtual environment,
    one is made in the folder `.venv`, from which the bot is then started.
    """
    lock = "requirements-demo.txt" if target == "demo" else "requirements.txt"
    install = f"pip install --require-hashes -r {lock}"
    if sys.prefix != sys.base_prefix:
        return f"{format_python()} -m {install}"
    if sys.platform == "win32":
        start = "-m bot demo" if target == "demo" else "-m bot"
        return rf"py -m venv .venv, then .venv\Scripts\{install}, then .venv\Scripts\python {start}"
    return f"make {target}"
