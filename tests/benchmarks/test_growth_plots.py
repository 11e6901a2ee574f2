"""The pictures of how cost grows are of the figures that were measured."""

from io import BytesIO

import matplotlib.image

from benchmarks.figure import Figure
from benchmarks.growth_plots import lines_by_snapshots, lines_by_teams, render_plot
from plots import colours

SYNCS = [
    Figure(what, 1.5, "F", teams, raw={"sync": teams * factor, "F": teams * 1.0})
    for what, factor in (
        ("a sync where everything is new", 2),
        ("the usual sync: 0.2 % moved by themselves", 1.1),
        ("a lively sync: 60 % of scores changed", 1.8),
        ("a sync of the same bytes", 0.1),
    )
    for teams in (1_744, 15_739)
]


def test_each_kind_of_sync_and_the_baseline_is_a_line() -> None:
    lines = lines_by_teams(SYNCS)
    assert lines["everything new"] == {1_744: 3_488, 15_739: 31_478}
    assert lines["F, the baseline"] == {1_744: 1_744, 15_739: 15_739}
    assert [len(line) for line in lines.values()] == [2] * 5


def test_history_and_past_board_are_a_line_for_each_kind_of_log() -> None:
    past = [
        Figure(f"{log}: {what}", syncs / 100, "ms", syncs)
        for log in ("quiet, 15,000 teams", "lively, 3,800 teams")
        for what in ("history of one team", "a past board, the slowest of fifteen", "the log")
        for syncs in (2_880, 25_920)
    ]
    lines = lines_by_snapshots(past)
    assert lines["a past board, lively"] == {2_880: 28.8, 25_920: 259.2}
    assert [len(line) for line in lines.values()] == [2] * 4


def test_a_picture_shows_all_lines() -> None:
    pixels = matplotlib.image.imread(
        BytesIO(render_plot(lines_by_teams(SYNCS), "teams on the board"))
    )
    assert pixels.shape[:2] == (630, 1080)
    for rgb in colours.SERIES[:5]:
        seen = [(rgb >> shift & 255) / 255 for shift in (16, 8, 0)]
        assert (abs(pixels[..., :3] - seen) < 0.01).all(axis=2).any(), f"#{rgb:06x}"
