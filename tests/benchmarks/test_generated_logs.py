from pathlib import Path

import pytest

from benchmarks.boards import SLUG
from benchmarks.generated_logs import LIVELY, QUIET, Activity, generate_log, store_log
from benchmarks.topics.history import build_first_board
from leaderboards.comparison.board_diff import BoardDiff
from leaderboards.history import build_snapshot
from leaderboards.history.past_board import PastBoard
from leaderboards.history.snapshot import build_keyframe, decode_keyframe
from storage.storage import Storage
from tests.storage.histories import assert_log


@pytest.mark.parametrize("activity", [QUIET, LIVELY], ids=["quiet", "lively"])
async def test_generated_logs_are_what_comparing_their_boards_gives(
    tmp_path: Path, activity: Activity
) -> None:
    first = build_first_board(300)
    assert first.taken_at is not None
    past = PastBoard(decode_keyframe(build_keyframe(first)), int(first.taken_at.timestamp()))
    boards = [first]
    for part in generate_log(first, activity, 30):
        past.apply(part)
        board = past.build_board(slug=first.slug, order=first.order)
        assert board.taken_at is not None
        snapshot = build_snapshot(BoardDiff.between(boards[-1], board), board.taken_at)
        assert snapshot.moves == part.moves.encode()
        assert snapshot.row_changes == part.row_changes.encode()
        boards.append(board)
    storage = await Storage.open(tmp_path / "podium.db")
    await store_log(storage, first, activity, 30)
    await assert_log(storage, boards, first.teams.team_id[:5].tolist())
    competition = await storage.competitions.find(SLUG)
    assert competition is not None
    info = await storage.boards.find_info(competition.id)
    assert info is not None
    assert info.scores_move is (activity is LIVELY)
    await storage.close()
