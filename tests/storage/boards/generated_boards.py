"""Generated small boards of one competition."""

import random
from datetime import timedelta

from leaderboards.board import Board, Entry
from tests.leaderboards.boards import START, board, entry


def generate_boards(syncs: int = 60) -> list[Board]:
    """Return half-hourly boards on which teams join, leave, return, move and are renamed."""
    rng = random.Random(2026)  # noqa: S311 - no secret
    teams = {team_id: _row(team_id, rng) for team_id in range(1, 41)}
    order = list(teams)
    boards = []
    for sync in range(syncs):
        for team_id in rng.sample(order, 3):
            order.remove(team_id)
            order.insert(rng.randrange(len(order) + 1), team_id)
            teams[team_id] = _row(team_id, rng)
        if rng.random() < 0.3 and len(order) > 20:
            order.remove(rng.choice(order))
        if rng.random() < 0.4:
            returning = rng.randrange(1, 60)
            if returning not in order:
                teams[returning] = _row(returning, rng)
                order.insert(rng.randrange(len(order) + 1), returning)
        edited = rng.choice(order)
        teams[edited] |= {"team_name": f'نام {sync} 🏆, "x"', "submissions": sync}
        hole = 3 if rng.random() < 0.2 else 0
        rows = [
            _entry(index + 1 + (hole if index > 10 else 0), teams[team_id])
            for index, team_id in enumerate(order)
        ]
        benchmarks = ((rng.randrange(5), entry(0, 900, f"0.{sync % 7}50")),) if sync % 4 else ()
        boards.append(board(*rows, benchmarks=benchmarks, hours=sync / 2))
    return boards


def _row(team_id: int, rng: random.Random) -> dict[str, object]:
    return {
        "team_id": team_id,
        "score": rng.choice(["0.910", "0.9100", "-3", "12.5", "1e-05"]),
        "team_name": f"team {team_id}",
        "submissions": rng.choice([None, 1, 7, 300]),
        "last_submission_at": rng.choice([None, START - timedelta(days=2)]),
        "members": tuple(rng.sample(["ada", "Bob", "cy"], rng.randrange(4))),
    }


def _entry(rank: int, row: dict[str, object]) -> Entry:
    return entry(rank, **row)  # type: ignore[arg-type]
