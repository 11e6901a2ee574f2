"""Labels keep apart and stay near what they name."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plots.drawing.elements.labels import spread_labels

places = st.lists(st.floats(-50, 150), max_size=8).map(sorted)


@given(places, st.floats(1, 30))
def test_spread_labels_do_not_overlap(wanted: list[float], gap: float) -> None:
    places = spread_labels(wanted, gap, 0, 100)
    assert len(places) == len(wanted)
    room = min(gap, 100 / (len(wanted) - 1)) if len(wanted) > 1 else 0
    assert all(-1e-6 <= place <= 100 + 1e-6 for place in places)
    assert all(after - before >= room - 1e-6 for before, after in pairwise(places))


@given(places)
def test_labels_with_room_keep_their_position(wanted: list[float]) -> None:
    apart = [place + index * 200 for index, place in enumerate(wanted)]
    assert spread_labels(apart, 30, -100, 3000) == pytest.approx(apart)


def test_labels_move_to_both_sides() -> None:
    assert spread_labels([50, 50, 50], 10, 0, 100) == pytest.approx([40, 50, 60])
    assert spread_labels([0, 1, 90], 10, 0, 100) == pytest.approx([0, 10, 90])
    assert spread_labels([97, 98], 10, 0, 100) == pytest.approx([90, 100])
