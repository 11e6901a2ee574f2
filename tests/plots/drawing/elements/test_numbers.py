"""Numbers beside axes are short and exact."""

from __future__ import annotations

import pytest

from plots.drawing.elements.numbers import score_labels, short_number


@pytest.mark.parametrize(
    ("scores", "labels"),
    [
        ([0.84, 0.88, 0.92], ["0.84", "0.88", "0.92"]),
        ([0.0, 0.25, 0.5], ["0.00", "0.25", "0.50"]),
        ([0.9, 1.0], ["0.9", "1.0"]),
        ([-1.0, 0.0], ["-1", "0"]),
        ([0.0, 1000.0, 2000.0], ["0", "1000", "2000"]),
        ([0.0, 20_000.0], ["0k", "20k"]),
        ([1.04e9, 1e9], ["1.04B", "1B"]),
        ([1_234_567.0, 1_234_567.0, 1_234_568.0], ["1.234567M", "1.234567M", "1.234568M"]),
        ([0.00125, 0.0015], ["0.00125", "0.00150"]),
        ([5.0], ["5"]),
        ([0.98765, 0.98765], ["0.98765", "0.98765"]),
        ([1.0, 1.0, 0.97], ["1.00", "1.00", "0.97"]),
        ([0.98765, 0.98765, 0.97], ["0.988", "0.988", "0.970"]),
        ([1234.5, 1234.5], ["1234.5", "1234.5"]),
        ([], []),
    ],
)
def test_score_labels(scores: list[float], labels: list[str]) -> None:
    assert score_labels(scores) == labels


@pytest.mark.parametrize(
    ("count", "text"), [(950, "950"), (1500, "1,500"), (25_000, "25k"), (12_345, "12,345")]
)
def test_short_number(count: int, text: str) -> None:
    assert short_number(count) == text
