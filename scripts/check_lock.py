"""Check that the lock files fit `pyproject.toml` and have hashes, without a registry.

The requirements of each pin are read from its installed distribution.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator
from importlib import metadata
from pathlib import Path

from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

Environment = dict[str, str]
FindRequirements = Callable[[str], list[Requirement] | None]

ROOT = Path(__file__).resolve().parent.parent
EXTRAS = {
    "requirements.txt": (),
    "requirements-demo.txt": ("demo",),
    "requirements-test.txt": ("demo", "test"),
}
_SYSTEMS = [("linux", "Linux", "posix"), ("darwin", "Darwin", "posix"), ("win32", "Windows", "nt")]
_PYTHONS = ["3.11", "3.12", "3.13", "3.14"]


def main() -> int:
    """Check every lock file of the project."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    found: list[str] = []
    for name, extras in EXTRAS.items():
        wanted = list(project["dependencies"])
        for extra in extras:
            wanted += project["optional-dependencies"][extra]
        text = (ROOT / name).read_text("utf-8")
        found += [
            f"{name}: {problem}" for problem in find_problems(wanted, text, installed_requirements)
        ]
    for problem in found:
        print(problem, file=sys.stderr)
    if found:
        print("Write the lock files anew with `make lock`.", file=sys.stderr)
        return 1
    print("The lock files fit pyproject.toml.")
    return 0


def find_problems(wanted: Iterable[str], lock: str, requirements: FindRequirements) -> list[str]:
    """Compare what is wanted, with all that it needs in turn, with the text of a lock file."""
    lines: list[Requirement] = []
    found: dict[str, None] = {}
    for pin, hashes in _parse_pins(lock):
        lines.append(pin)
        if not hashes:
            found[f"{pin} has no hash."] = None
    roots = [Requirement(text) for text in wanted]
    reached: set[str] = set()
    for environment in _environments():
        pins = {
            canonicalize_name(line.name): line
            for line in lines
            if line.marker is None or line.marker.evaluate(environment)
        }
        for requirement, by in _walk(roots, requirements, environment):
            name = canonicalize_name(requirement.name)
            reached.add(name)
            if name not in pins:
                found[f"{name} is not in it, but {by} needs it."] = None
            elif not requirement.specifier.contains(_version(pins[name]), prereleases=True):
                found[f"{pins[name]} does not fit {by}, which needs {requirement}."] = None
    for line in lines:
        if canonicalize_name(line.name) not in reached:
            found[f"{line} is in it, but nothing needs it."] = None
    return list(found)


def installed_requirements(name: str) -> list[Requirement] | None:
    """Return the requirements of an installed distribution; None if it is not installed."""
    try:
        return [Requirement(text) for text in metadata.distribution(name).requires or []]
    except metadata.PackageNotFoundError:
        return None


def _parse_pins(lock: str) -> Iterator[tuple[Requirement, list[str]]]:
    """Yield each requirement of a lock file with its hashes."""
    for line in lock.replace("\\\n", " ").splitlines():
        if line and not line.startswith("#"):
            pin, *hashes = line.split(" --hash=")
            yield Requirement(pin.strip()), [each.strip() for each in hashes]


def _walk(
    roots: list[Requirement], requirements: FindRequirements, environment: Environment
) -> Iterator[tuple[Requirement, str]]:
    """Yield every requirement that applies in an environment, with the name of what requires it."""
    waiting = [(root, "pyproject.toml", frozenset[str]()) for root in roots]
    seen: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        requirement, by, extras = waiting.pop()
        marker = requirement.marker
        if marker is not None and not any(
            marker.evaluate({**environment, "extra": extra}) for extra in extras or {""}
        ):
            continue
        yield requirement, by
        name = canonicalize_name(requirement.name)
        own_extras = frozenset(requirement.extras)
        if (name, own_extras) in seen:
            continue
        seen.add((name, own_extras))
        waiting += [(need, name, own_extras) for need in requirements(name) or []]


def _environments() -> Iterator[Environment]:
    here = {key: str(value) for key, value in default_environment().items()}
    for platform, system, os_name in _SYSTEMS:
        for python in _PYTHONS:
            yield {
                **here,
                "sys_platform": platform,
                "platform_system": system,
                "os_name": os_name,
                "python_version": python,
                "python_full_version": f"{python}.0",
            }


def _version(pin: Requirement) -> str:
    return next(iter(pin.specifier)).version


if __name__ == "__main__":
    sys.exit(main())
