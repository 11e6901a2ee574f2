"""The short form of `make crash`."""

import os
from pathlib import Path

import pytest

from tests.crash.measure import measure
from tests.crash.outcome import compare


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the bot's lives are forks of one process")
async def test_thirty_kills_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    measured = await measure(tmp_path, kills=30, seed=7, boards=3)
    assert measured.good, "\n".join(measured.lines())


def test_what_is_wrong_is_counted() -> None:
    found = compare({1: ["a", "b", "c"], 2: ["d"]}, {1: ["b", "a", "a", "x"], 2: ["d"]})
    assert (found.expected, found.delivered, found.lost) == (4, 3, 1)
    assert (found.twice, found.foreign, found.in_order) == (1, 1, False)
    assert compare({1: ["a", "b", "c"]}, {1: ["a", "b", "b", "c"]}).in_order
