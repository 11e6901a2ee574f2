"""The short form of `make fuzz`."""

from tests.fuzz.cases import run_cases


def test_two_thousand_zip_files_and_csvs_are_boards_or_typed_errors() -> None:
    figures = run_cases(seed=2, numbers=range(2000))
    assert figures.failures == []
    assert figures.boards >= 200
    assert figures.refusals.keys() == {"BoardRefused", "EmptyBoard", "NotALeaderboard"}
    # The faults are of many kinds.
    assert len(figures.sentences) >= 30
