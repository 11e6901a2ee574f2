"""The animated picture: its frames, what the first and the last one show, and its size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from leaderboards.history import RankPoint
from plots import colours
from plots.drawing.replay import FRAMES, LAST_FRAME_SECONDS, draw_replay
from plots.drawing.replay_captions import Captions
from plots.specs import MAX_REPLAYED, FinalRanks, RankLine, Replay
from tests.plots.pixels import HOSTILE_NAMES, START, history

pytestmark = pytest.mark.long

_AXES_LEFT, _AXES_RIGHT = 128, 600
_TOP, _BOTTOM = 200, 690


def replay(*ranks: Sequence[int | None], **values: object) -> Replay:
    lines = tuple(
        RankLine.from_history(f"Team {number}", history(one, hours=24))
        for number, one in enumerate(ranks, 1)
    )
    return replace(Replay("titanic", lines, medals=True), **values)  # type: ignore[arg-type]


def read(gif: bytes) -> tuple[list[NDArray[np.int16]], list[int], int]:
    """Return the frames as they are seen, their milliseconds, and how often the GIF loops."""
    with Image.open(BytesIO(gif)) as image:
        assert image.format == "GIF"
        assert image.size == (1000, 750)
        loops = image.info["loop"]
        frames, durations = [], []
        for number in range(getattr(image, "n_frames", 1)):
            image.seek(number)
            frames.append(np.asarray(image.convert("RGB"), dtype=np.int16))
            durations.append(image.info["duration"])
    return frames, durations, loops


def find(frame: NDArray[np.int16], rgb: int) -> NDArray[np.intp]:
    """Return the rows and columns of the pixels with nearly a colour."""
    near = np.ones(frame.shape[:2], dtype=np.bool_)
    for channel, wanted in enumerate((rgb >> 16, rgb >> 8 & 255, rgb & 255)):
        near &= np.abs(frame[..., channel] - wanted) <= 6
    return np.argwhere(near)


def within_axes(points: NDArray[np.intp]) -> NDArray[np.intp]:
    rows, columns = points.T
    inside: NDArray[np.bool_] = (rows > _TOP) & (rows < _BOTTOM)
    inside &= (columns > _AXES_LEFT) & (columns < _AXES_RIGHT)
    return points[inside]


def test_replay_goes_from_the_first_board_to_the_last_and_loops() -> None:
    frames, durations, loops = read(draw_replay(replay([300, 200, 100, 5], [50, 60, 70, 80])))
    assert loops == 0
    assert len(frames) <= FRAMES
    assert sum(durations) == (FRAMES - 1) * 100 + LAST_FRAME_SECONDS * 1000
    assert durations[-1] >= LAST_FRAME_SECONDS * 1000
    for rgb in colours.REPLAY_SERIES[:2]:
        first, last = (within_axes(find(frame, rgb)) for frame in (frames[0], frames[-1]))
        # At first only the head and its label are there; at last the line crosses the axes.
        columns = np.unique(last[:, 1])
        assert len(columns) > 0.97 * (_AXES_RIGHT - _AXES_LEFT)
        assert len(first) < len(last) / 2
    climber = find(frames[-1], colours.REPLAY_SERIES[0])
    faller = find(frames[-1], colours.REPLAY_SERIES[1])
    assert climber[climber[:, 1] > _AXES_RIGHT - 3, 0].min() < faller[:, 0].min()


def test_lines_only_grow() -> None:
    frames, _, _ = read(draw_replay(replay([9, 8, 7, 3, 5, 2])))
    third = _AXES_LEFT + (_AXES_RIGHT - _AXES_LEFT) // 3
    drawn = [within_axes(find(frame, colours.REPLAY_SERIES[0])) for frame in frames]
    assert len(drawn[0]) < len(drawn[len(drawn) // 2]) < len(drawn[-1])
    # Once the head and its label have left the first third, the line stays there as it is.
    first, *later = (points[points[:, 1] < third] for points in drawn[len(drawn) // 2 :])
    assert len(np.unique(first[:, 1])) > 0.9 * (third - _AXES_LEFT)
    assert all(np.array_equal(first, points) for points in later)


def test_team_that_joins_later_is_named_from_then_on() -> None:
    shown = replay([5, 6, 7, 8], [None, None, 20, 10])
    frames, _, _ = read(draw_replay(shown))
    rgb = colours.REPLAY_SERIES[1]
    assert len(find(frames[0], rgb)) == 0
    assert len(find(frames[-1], rgb)) > 500


def test_private_board_ends_the_replay() -> None:
    public = replay([10, 10, 10, 10])
    private = replace(public, final=FinalRanks((900,), 1500))
    last_public = find(read(draw_replay(public))[0][-1], colours.REPLAY_SERIES[0])
    last_private = find(read(draw_replay(private))[0][-1], colours.REPLAY_SERIES[0])
    assert np.ptp(within_axes(last_public)[:, 0]) < 60
    assert np.ptp(within_axes(last_private)[:, 0]) > 300


def test_team_that_is_not_on_the_private_board_has_no_head_at_the_end() -> None:
    shown = replace(replay([10, 10, 10], [30, 30, 30]), final=FinalRanks((9, None), 1500))
    last = read(draw_replay(shown))[0][-1]
    columns = find(last, colours.REPLAY_SERIES[1])[:, 1]
    assert columns.max() < _AXES_RIGHT - 10


@pytest.mark.parametrize("boards", [2, 35, 900])
def test_replay_of_eight_teams_is_far_below_discords_limit(boards: int) -> None:
    random = np.random.default_rng(boards)
    ranks = [
        np.clip(400 + random.integers(-40, 41, boards).cumsum(), 1, 1500).tolist()
        for _ in range(MAX_REPLAYED)
    ]
    shown = replay(
        *ranks,
        deadline=START + timedelta(days=boards),
        rescored_at=START + timedelta(days=boards / 3),
        final=FinalRanks((7,) * MAX_REPLAYED, 1500),
    )
    done: list[int] = []
    gif = draw_replay(shown, done.append)
    assert len(gif) < 8 << 20
    assert done == sorted(done)
    assert done[-1] == 100


@pytest.mark.parametrize("rescored", [None, 4, 39.5])
def test_name_of_the_deadline_is_never_covered(rescored: float | None) -> None:
    """Labels of teams move through the axes; names of events stand above them."""
    ranks = [[1, 1], [2, 700], [900, 1400], [1500, 1500]]
    shown = replay(
        *ranks,
        deadline=START + timedelta(hours=40),
        rescored_at=None if rescored is None else START + timedelta(hours=rescored),
        final=FinalRanks((1, 2, 900, 1500), 1500),
    )
    shown = replace(shown, lines=tuple(replace(one, name="W" * 40) for one in shown.lines))
    frames, _, _ = read(draw_replay(shown))
    names = [find(frame, colours.RED) for frame in frames]
    words = [points[points[:, 0] < _TOP + 26] for points in names]
    assert len(words[0]) > 100
    assert all(np.array_equal(words[0], word) for word in words)
    assert words[0][:, 0].min() > _TOP - 20, "below the small print"


def test_any_name_can_be_drawn() -> None:
    for start in range(0, len(HOSTILE_NAMES), MAX_REPLAYED):
        names = HOSTILE_NAMES[start : start + MAX_REPLAYED]
        lines = tuple(RankLine.from_history(name, history([5, 3])) for name in names)
        with Image.open(BytesIO(draw_replay(Replay(names[0], lines, medals=False)))) as image:
            assert getattr(image, "n_frames", 1) > 1


def test_more_teams_than_can_be_told_apart_are_refused() -> None:
    with pytest.raises(ValueError, match="one to 8 lines"):
        replay(*[[1, 2]] * 9)
    with pytest.raises(ValueError, match="one to 8 lines"):
        replay()


def captions(*ranks: int | None) -> list[str]:
    """Return the captions of a line with a board each day, shown day by day."""
    points = list(history(list(ranks), hours=24))
    found = Captions([("Ada", colours.BLUE, points)])
    return [text for at in points for text, _ in [found.find(at.taken_at) or ("", 0)] if text]


def test_medals_won_and_lost_are_said() -> None:
    # Of 1,500 teams: gold up to #13, silver up to #75, bronze up to #150.
    assert set(captions(900, 100)) == {"bronze for Ada"}
    assert set(captions(100, 50)) == {"silver for Ada"}
    assert set(captions(50, 100)) == {"silver lost: Ada"}
    assert set(captions(100, 900)) == {"bronze lost: Ada"}
    assert captions(900, 800, 700) == []


def test_highest_of_several_medals_is_said_and_stays_to_be_read() -> None:
    lines = [
        (name, colours.BLUE, list(history([900, rank, rank], hours=24)))
        for name, rank in (("Ada", 100), ("Bob", 1), ("Cyd", 60))
    ]
    found = Captions(lines)
    moments = [START + timedelta(hours=hour) for hour in range(0, 48, 1)]
    texts = [found.find(moment) for moment in moments]
    shown = [text[0] for text in texts if text is not None]
    assert set(shown) == {"gold for Bob"}
    assert 10 <= len(shown) <= 14


def test_points_of_a_line_are_not_changed() -> None:
    shown = replay([3, 2])
    before: tuple[RankPoint, ...] = shown.lines[0].points
    draw_replay(shown)
    assert shown.lines[0].points == before


_CONE_LOSSES = {
    "none": np.eye(3),
    "protanopia": [[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]],
    "deuteranopia": [[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]],
    "tritanopia": [[1.256, -0.077, -0.179], [-0.078, 0.931, 0.148], [0.005, 0.691, 0.304]],
}
"""Machado, Oliveira and Fernandes (2009), for linear red, green and blue."""
_TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def linear(rgb: int) -> NDArray[np.float64]:
    values = np.array([rgb >> 16, rgb >> 8 & 255, rgb & 255]) / 255
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def cielab(values: NDArray[np.float64]) -> NDArray[np.float64]:
    x, y, z = np.cbrt(_TO_XYZ @ np.clip(values, 0, 1) / [0.9505, 1, 1.089])
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("loss", _CONE_LOSSES)
def test_lines_are_told_apart_with_any_colour_blindness(loss: str) -> None:
    seen = [cielab(np.array(_CONE_LOSSES[loss]) @ linear(one)) for one in colours.REPLAY_SERIES]
    distances = [float(np.linalg.norm(one - other)) for one, other in combinations(seen, 2)]
    assert min(distances) > 10


def test_ranks_are_legible_in_the_colours_of_their_lines() -> None:
    def luminance(rgb: int) -> float:
        return float(_TO_XYZ[1] @ linear(rgb)) + 0.05

    ground = luminance(colours.BACKGROUND)
    assert min(luminance(one) / ground for one in colours.REPLAY_SERIES) >= 4.5
