"""Plot of one team's rank over time."""

from __future__ import annotations

from leaderboards.medals import medal_thresholds
from plots import colours
from plots.drawing.fonts import showable
from plots.drawing.header import write_subtitle, write_title
from plots.drawing.lines import (
    draw_deadline,
    draw_end,
    draw_rank_line,
    draw_submissions,
    time_span,
)
from plots.drawing.rank_axis import draw_medal_zones, rank_range, scale_ranks
from plots.drawing.sheet import Sheet
from plots.drawing.time_axis import scale_time
from plots.specs import RankHistory

_LEFT, _TOP, _RIGHT, _BOTTOM = 126, 128, 964, 496


def draw_rank_history(picture: RankHistory) -> bytes:
    """Draw the PNG."""
    sheet = Sheet()
    _write_header(sheet, picture)
    line = picture.line.points
    ranks = [at.rank for at in line if at.rank is not None]
    if not ranks:
        return sheet.with_notice("no rank in this time")
    axes = sheet.axes(_LEFT, _TOP, _RIGHT, _BOTTOM)
    start, end = time_span([line], picture.deadline)
    scale_time(axes, start, end)
    edges = medal_thresholds(line[-1].team_count) if picture.medals else ()
    scale_ranks(axes, *rank_range(ranks, edges))
    if picture.medals:
        draw_medal_zones(axes, line)
    draw_rank_line(axes, line, colours.BLUE)
    draw_submissions(axes, picture.line.submitted)
    draw_end(axes, line, colours.BLUE)
    if picture.deadline is not None:
        draw_deadline(axes, picture.deadline, line[-1].rank)
    return sheet.png()


def _write_header(sheet: Sheet, picture: RankHistory) -> None:
    line = picture.line.points
    now = line[-1] if line else None
    rank = "not on the board" if now is None or now.rank is None else f"#{now.rank:,}"
    teams = "" if now is None else f" of {now.team_count:,}"
    write_title(sheet, showable(picture.name), rank + teams)
    ranks = [at.rank for at in line if at.rank is not None]
    notes = [f"best #{min(ranks):,}"] if ranks else []
    notes += ["• submission"] if picture.line.submitted else []
    board = showable(picture.board)
    write_subtitle(sheet, (board, colours.MUTED), (" · ".join(notes), colours.INK))
