"""A board that goes on for a month stays one."""

import random

from demo.recording import read_recording
from tests.cogs.world import START
from tests.month.boards import MonthBoard, read_changes


def test_board_keeps_its_order_and_moves_its_members() -> None:
    recording = read_recording()[:5]
    board = MonthBoard.build(recording[0], 300, ["member0", "member1"], seed=1)
    first = {team.id: place for place, team in enumerate(board.teams)}
    rng = random.Random(1)  # noqa: S311 - the same each time
    for changes in read_changes(recording) * 25:
        board.play_hour(changes, START, rng)
    scores = [float(team.score) for team in board.teams]
    assert scores == sorted(scores, reverse=True)
    assert len({team.id for team in board.teams}) == len(board.teams) > 300
    assert [first.get(team.id) for team in board.teams] != sorted(first.values())
    assert {"member0", "member1"} <= {team.members for team in board.teams}
