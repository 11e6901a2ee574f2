import sys
from pathlib import Path

import pytest

from leaderboards.installation import format_installation

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")


@pytest.fixture(autouse=True)
def outside_of_environments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "prefix", "/usr")
    monkeypatch.setattr(sys, "base_prefix", "/usr")


@pytest.mark.parametrize("target", ["run", "demo"])
def test_python_of_a_system_is_left_alone(monkeypatch: pytest.MonkeyPatch, target: str) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    assert format_installation(target) == f"make {target}"
    assert f"make {target}" in README


def test_windows_has_no_make(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    steps = format_installation().split(", then ")
    assert len(steps) == 3
    assert all(f"    {step}\n" in README for step in steps)
    *_, install, start = format_installation("demo").split(", then ")
    assert install.endswith(" -r requirements-demo.txt")
    assert f"run `{start}`" in README


def test_virtual_environment_gets_the_packages_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "prefix", str(tmp_path / ".venv"))
    monkeypatch.setattr(sys, "executable", str(tmp_path / ".venv" / "bin" / "python"))
    assert format_installation() == (
        ".venv/bin/python -m pip install --require-hashes -r requirements.txt"
    )
