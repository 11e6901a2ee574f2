import shutil
from pathlib import Path

import pytest

from benchmarks.backtest import format_recording, load_recording, main
from demo.recording import read_recording
from tests.board_files import BOARDS


def test_recording_has_a_row_for_each_part_and_horizon(tmp_path: Path) -> None:
    for board in read_recording():
        path = tmp_path / f"{board.taken_at:%Y-%m-%dT%H-%M-%S}.zip"
        path.write_bytes(board.zip)
    text = format_recording(load_recording(tmp_path))
    # Forecasts begin after twelve hours of boards.
    assert "35 boards in 42 h, silent at 10 of them" in text
    assert "| part of the recording | hours | lines | Podium | the line stays | coverage |" in text
    for row in ("| earlier half | 3 | ", "| later half | 12 | ", "| all | 24 | "):
        assert row in text
    assert "were told that they would leave their zone within 12 h" in text
    # What the documentation says was measured, is.
    page = (Path(__file__).parents[2] / "docs" / "forecast.md").read_text(encoding="utf-8")
    section = page.partition("\n### playground-series-s6e8")[2].partition("\n### ")[0].splitlines()
    printed = [line for line in text.splitlines()[1:] if "---" not in line]
    assert not [line for line in printed if line not in section]


def test_no_forecast_where_scores_move_by_themselves(tmp_path: Path) -> None:
    for path in BOARDS.glob("kaggriculture-*.zip"):
        shutil.copy(path, tmp_path)
    recording = load_recording(tmp_path)
    assert recording.drifts[-1].moves_by_itself
    assert format_recording(recording).endswith("silent at 2 of them\n")


def test_folder_without_boards_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="has no boards whose names hold their time"):
        main([str(tmp_path)])
