"""Dockerfile, .dockerignore and compose.yaml; `make docker` runs their steps."""

import json
import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
COMPOSE = (ROOT / "compose.yaml").read_text(encoding="utf-8")
COPIED = re.findall(r"(?m)^COPY (\S+) ", DOCKERFILE)


def test_image_has_every_package_of_the_bot() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    packages = set(project["tool"]["importlinter"]["root_packages"]) - {"benchmarks", "demo"}
    assert packages | {"requirements.txt", "LICENSE"} == set(COPIED)


def test_docker_is_given_what_is_copied_and_nothing_else() -> None:
    first, *lines = [
        line
        for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
        if not line.startswith("#")
    ]
    assert first == "*"
    assert sorted(line[1:] for line in lines if line.startswith("!")) == sorted(COPIED)


def test_database_is_on_the_volume_whatever_env_says() -> None:
    (volume,) = re.findall(r"(?m)^VOLUME (\S+)", DOCKERFILE)
    assert f"DATABASE_PATH={volume}/podium.db" in DOCKERFILE
    assert f"DATABASE_PATH: {volume}/podium.db" in COMPOSE
    assert f"- data:{volume}\n" in COMPOSE


def test_container_runs_the_bot_as_another_user_than_root() -> None:
    (user,) = re.findall(r"(?m)^USER (\S+)", DOCKERFILE)
    assert int(user) > 0
    assert f"useradd --uid {user} " in DOCKERFILE
    assert DOCKERFILE.index("USER ") < DOCKERFILE.index("ENTRYPOINT ")


def test_health_check_is_the_bots_own_command() -> None:
    (command,) = re.findall(r"(?m)^HEALTHCHECK .* CMD (\[.*\])$", DOCKERFILE)
    (entry_point,) = re.findall(r"(?m)^ENTRYPOINT (\[.*\])$", DOCKERFILE)
    assert json.loads(command) == [*json.loads(entry_point), "health"]
