import numpy as np

from leaderboards.matching import ABSENT, marked_otherwise, rows_of


def test_each_new_team_is_found_in_its_old_row() -> None:
    assert rows_of(np.array([30, 10, 20]), np.array([10, 99, 30])).tolist() == [1, ABSENT, 0]
    assert rows_of(np.array([], dtype=np.int64), np.array([7])).tolist() == [ABSENT]


def test_who_was_not_there_is_marked_otherwise_than_everybody() -> None:
    old, new = np.array([5, 6], dtype=np.uint64), np.array([6, 6, 7], dtype=np.uint64)
    assert marked_otherwise(old, new, np.array([1, ABSENT, 0])).tolist() == [False, True, True]
