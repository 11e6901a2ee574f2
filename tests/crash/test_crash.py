"""The short form of `make crash`."""

import os
from pathlib import Path

import pytest

from tests.crash.measure import measure
from tests.crash.outcome import compare

pytestmark = pytest.mark.processes


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the processes of the bot are forks of one")
async def test_kills_and_power_losses_lose_and_repeat_no_announcement(tmp_path: Path) -> None:
    report = await measure(tmp_path, kills=10, power_losses=3, seed=7, boards=2)
    assert report.is_good, "\n".join(report.lines())


def test_compare_counts_lost_repeated_and_unexpected_messages() -> None:
    found = compare(
        {"one": ["a", "b", "c"], "other": ["d"]}, {"one": ["b", "a", "a", "x"], "other": ["d"]}
    )
    assert (found.expected, found.delivered, found.lost) == (4, 3, 1)
    assert (found.repeated, found.unexpected, found.in_order) == (1, 1, False)
    assert compare({"one": ["a", "b", "c"]}, {"one": ["a", "b", "b", "c"]}).in_order
