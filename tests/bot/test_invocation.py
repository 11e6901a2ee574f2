import sys
from pathlib import Path

import pytest

from bot.invocation import format_invocation


@pytest.mark.parametrize(
    ("executable", "invocation"),
    [
        (".venv/bin/python", ".venv/bin/python -m bot"),
        (".venv/Scripts/python.exe", ".venv/Scripts/python -m bot"),
        ("/usr/local/bin/python", "python -m bot"),
        ("/usr/bin/python3.12", "python3.12 -m bot"),
        ("", "python -m bot"),
    ],
)
def test_command_line_is_named_as_it_was_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, executable: str, invocation: str
) -> None:
    monkeypatch.chdir(tmp_path)
    path = str(tmp_path / executable) if executable else ""
    monkeypatch.setattr(sys, "executable", path)
    assert format_invocation() == str(Path(invocation))
