"""The rank of one team over time, as it is seen."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest

from leaderboards.feeds.posts import PostKind
from leaderboards.history import RankPoint
from plots import colours
from plots.drawing import render_plot
from plots.specs import PostMark, RankHistoryPlot, RankLine
from tests.leaderboards.histories import build_history
from tests.plots.pixels import HOSTILE_NAMES, START, Pixels, history
from tests.plots.texts import draw_texts

UP_AND_DOWN = [900, 900, 400, 420, None, None, 380, 120, 130, 40, 45, 44]


def picture(*, name: str = "ada", **given: object) -> RankHistoryPlot:
    line = RankLine.from_history(name, history(UP_AND_DOWN))
    settings = {"name": name, "competition_name": "titanic", "line": line, "medals": False, **given}
    return RankHistoryPlot(**settings)  # type: ignore[arg-type]


def test_line_and_submissions_are_drawn() -> None:
    pixels = Pixels(render_plot(picture()))
    assert pixels.size == (1000, 750)
    assert pixels.has_clear_margin()
    assert pixels.count(colours.BLUE) > 1500
    unmarked = RankLine("ada", picture().line.points, ())
    assert (
        pixels.count(colours.TEXT)
        > Pixels(render_plot(picture(line=unmarked))).count(colours.TEXT) + 200
    )


def test_axis_and_submissions_are_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = {one.text for one in draw_texts(picture(), monkeypatch)}
    assert {"rank (better ↑, log scale)", "best #40 · titanic", "○ submission"} <= texts
    line = RankLine.from_history("ada", history([44, 40, 42]))
    texts = {one.text for one in draw_texts(picture(line=line, is_public=True), monkeypatch)}
    assert {"public rank (better ↑)", "not on the final board"} <= texts
    plot = picture(is_public=True, final_rank=1077)
    assert "Final #1,077" in {one.text for one in draw_texts(plot, monkeypatch)}


def test_logarithmic_axis_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    line = RankLine.from_history("ada", history([1200, 90, 1234]))
    texts = {one.text for one in draw_texts(picture(line=line, is_public=True), monkeypatch)}
    assert {"public rank (better ↑, log scale)", "best public #90 · titanic"} <= texts


def test_better_ranks_are_higher() -> None:
    risen, fallen = (
        Pixels(render_plot(picture(line=RankLine("", tuple(history([100] * 20 + [end])), ()))))
        for end in (50, 150)
    )
    assert risen.centre(colours.BLUE)[1] > fallen.centre(colours.BLUE)[1]


def test_medal_zones_are_coloured_only_where_medals_are_awarded() -> None:
    pixels, without = Pixels(render_plot(picture(medals=True))), Pixels(render_plot(picture()))
    for colour, strength in ((colours.SILVER, 0.16), (colours.BRONZE, 0.24)):
        assert pixels.count_tinted(colour, strength) > 5000
        assert without.count_tinted(colour, strength) < 500


def test_medal_zones_are_named_where_they_are_then(monkeypatch: pytest.MonkeyPatch) -> None:
    # Rank 70 is bronze of 1,000 teams and silver of 3,000.
    line = tuple(
        RankPoint(START + timedelta(hours=hour), 1000 + 50 * hour, 70, 0.5, "0.5", 1)
        for hour in range(41)
    )
    texts = draw_texts(picture(line=RankLine("ada", line, ()), medals=True), monkeypatch)
    left = {one.text: one.box.x0 for one in texts}
    assert left["bronze"] < 300 < left["silver"]


@pytest.mark.parametrize(("hours", "seen"), [(2, True), (-3, True), (400, False)])
def test_near_deadline_is_drawn_as_a_line(hours: int, seen: bool) -> None:
    deadline = START + timedelta(hours=len(UP_AND_DOWN) + hours)
    pixels = Pixels(render_plot(picture(deadline=deadline)))
    assert (pixels.count(colours.RED, tolerance=8) > 400) is seen
    assert pixels.has_clear_margin()


def test_line_has_a_gap_while_the_team_was_absent() -> None:
    whole = Pixels(render_plot(picture(line=RankLine.from_history("", history([50] * 24)))))
    gap = Pixels(
        render_plot(
            picture(line=RankLine.from_history("", history([50] * 8 + [None] * 8 + [50] * 8)))
        )
    )
    assert gap.count(colours.BLUE) < whole.count(colours.BLUE) * 0.85


@pytest.mark.parametrize("ranks", [[], [None, None], [1], [7, 7], [1, 100_000], [None, 3, None]])
def test_any_history_is_drawn(ranks: list[int | None]) -> None:
    line = RankLine.from_history("ada", history(ranks, teams=100_000))
    pixels = Pixels(render_plot(picture(line=line, medals=True)))
    assert pixels.has_clear_margin()
    assert pixels.count(colours.TEXT) > 100


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_any_name_is_drawn_without_a_warning(name: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        pixels = Pixels(render_plot(picture(name=name, competition_name=name)))
    assert not caplog.records
    assert pixels.has_clear_margin()
    assert pixels.count(colours.MUTED) > 200


def test_history_of_ninety_days_is_downsampled() -> None:
    ranks = [1 + index * 7919 % 1400 for index in range(25_920)]
    line = RankLine.from_history("ada", history(ranks, hours=1 / 12))
    assert len(line.points) <= 960
    assert len(line.submissions) <= 90
    assert {1, 1400} <= {at.rank for at in line.points}
    assert Pixels(render_plot(picture(line=line, medals=True))).has_clear_margin()


def test_submissions_are_found_by_count_or_score() -> None:
    def at(hour: int, rank: int | None, score: str, submissions: int | None) -> RankPoint:
        text = None if rank is None else score
        return RankPoint(START + timedelta(hours=hour), 9, rank, None, text, submissions)

    rows = [
        at(0, None, "", None),
        at(1, 5, "0.5", 1),
        at(2, 4, "0.6", 1),
        at(3, 4, "0.6", 3),
        at(4, None, "", None),
        at(5, 4, "0.6", 2),
        at(6, 4, "0.6", None),
        at(7, 3, "0.7", None),
    ]
    marks = RankLine.from_history("ada", build_history(rows)).submissions
    assert [(mark.taken_at - START).seconds // 3600 for mark in marks] == [1, 3, 7]
    there_at_first = RankLine.from_history("ada", build_history(rows[1:4])).submissions
    assert [(mark.taken_at - START).seconds // 3600 for mark in there_at_first] == [3]


def test_topics_and_notebooks_have_numbers_and_other_forms(monkeypatch: pytest.MonkeyPatch) -> None:
    kinds = (PostKind.TOPIC, PostKind.NOTEBOOK, PostKind.NOTEBOOK)
    marks = tuple(PostMark(kind, START + timedelta(hours=hour)) for hour, kind in enumerate(kinds))
    texts = draw_texts(picture(marks=marks), monkeypatch)
    left = {one.text: one.box.x0 for one in texts}
    assert left["1"] < left["2"] < left["3"]
    pixels, without = Pixels(render_plot(picture(marks=marks))), Pixels(render_plot(picture()))
    assert pixels.has_clear_margin()
    assert pixels.count(colours.SERIES[1]) > 2 * 1200
    assert without.count(colours.SERIES[1]) < 50
    assert pixels.count(colours.TEXT) > without.count(colours.TEXT) + 1000
