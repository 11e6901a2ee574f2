import gc
import io
import logging
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.settings import Settings

HEADER = "Rank,TeamId,TeamName,LastSubmissionDate,Score,SubmissionCount,TeamMemberUserNames\n"


def csv(*rows: str) -> str:
    """Write a leaderboard as Kaggle does, from rows like `1,42,Ünï,0.910,3,ada`."""
    lines = []
    for row in rows:
        rank, team_id, name, score, count, members = row.split(",", 5)
        lines.append(
            f'{rank},{team_id},"{name}","2026-08-09 10:00:00",{score},{count},"{members}"\n'
        )
    return "\ufeff" + HEADER + "".join(lines)


def build_zip(
    text: str, time: str = "2026-08-09T12:00:00", slug: str = "titanic", kind: str = "public"
) -> bytes:
    """Zip a leaderboard as Kaggle does."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr(f"{slug}-{kind}leaderboard-{time}.csv", text)
    return buffer.getvalue()


FIRST = csv("1,1,Ada,0.9,3,ada", "0,9,Sample,0.85,1,", "2,2,Bob 🐍,0.80,2,bob,bea")
SECOND = csv("1,2,Bob 🐍,0.95,3,bob,bea", "2,1,Ada,0.9,3,ada", "3,3,Eve,0.7,1,eve")


@pytest.fixture(autouse=True)
def clean_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Prepare a folder without `.env` and an environment without settings."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    root = logging.getLogger()
    before = root.handlers[:], root.level, sys.excepthook
    thresholds = gc.get_threshold()
    yield
    gc.set_threshold(*thresholds)
    root.handlers, sys.excepthook = before[0], before[2]
    root.setLevel(before[1])
    logging.captureWarnings(capture=False)


Said = tuple[int, str, str]
CommandLine = Callable[..., Said]


@pytest.fixture
def podium(capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """Run a command; return the exit code, standard output and standard error."""

    def command(*arguments: object) -> Said:
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as end:
            code = int(end.code or 0)
        said = capsys.readouterr()
        return code, said.out, said.err

    return command
