"""The script that sets up `.venv`."""

import importlib.util
import runpy
from collections.abc import Callable
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parent.parent / "scripts" / "environment.py"


def test_debian_without_its_venv_package_is_told_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "scripts" / "environment.py"
    copy.parent.mkdir()
    copy.write_bytes(SCRIPT.read_bytes())
    main: Callable[[list[str]], int] = runpy.run_path(str(copy))["main"]
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    assert main(["demo"]) == 1
    assert "sudo apt install python3-venv" in capsys.readouterr().err
    assert not (tmp_path / ".venv").exists()
