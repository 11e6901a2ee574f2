from dataclasses import replace
from datetime import timedelta

from storage.storage import Storage
from tests.leaderboards.boards import START, board, entry
from tests.storage.examples import commit
from tests.storage.histories import find_board_info


async def test_trace_covers_the_syncs_up_to_the_board(storage: Storage) -> None:
    boards = [board(entry(1, hours), hours=hours) for hours in range(3)]
    for each in boards:
        await commit(storage, each)
    info = await find_board_info(storage, boards[0])
    assert await storage.history.find_start(info.board_id) == START

    async def syncs(since: timedelta, until: timedelta = timedelta(hours=2)) -> list[int]:
        shown = replace(info, taken_at=START + until)
        trace = await storage.history.trace_teams(shown, START + since, {})
        first = int(START.timestamp())
        return [(second - first) // 3600 for second in trace.taken_at.tolist()]

    hour = timedelta(hours=1)
    assert await syncs(-hour) == [0, 1, 2]
    assert await syncs(hour) == await syncs(hour * 1.5) == [1, 2]
    assert await syncs(0 * hour, hour) == [0, 1]


async def test_forecasts_are_made_from_the_newest_board_and_seven_days_of_its_log(
    storage: Storage,
) -> None:
    boards = [
        board(entry(1, hours, f"{hours / 250:.2f}"), entry(2, 1, "0.95"), hours=hours)
        for hours in range(0, 250, 25)
    ]
    for each in boards:
        await commit(storage, each)
    info = await find_board_info(storage, boards[0])
    seen_at = START + timedelta(hours=230)
    found = await storage.history.load_forecast_board(info.board_id, seen_at)
    assert found is not None
    first = int(START.timestamp())
    assert found.ranks.tolist() == [1, 2]
    assert found.scores.tolist() == boards[-1].teams.score.tolist()
    assert found.seen_at - first == 230 * 3600
    syncs = [(second - first) // 3600 for moves in found.log for second in moves.taken_at]
    assert syncs == [50, 75, 100, 125, 150, 175, 200, 225]
    assert await storage.history.load_forecast_board(info.board_id + 1, seen_at) is None
