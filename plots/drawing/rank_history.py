"""Plot of one team's rank over time."""

from __future__ import annotations

from leaderboards.medals import medal_thresholds
from plots import colours
from plots.drawing.elements.canvas import Canvas
from plots.drawing.elements.fonts import drop_unsupported
from plots.drawing.elements.header import write_small_print, write_subtitle, write_title
from plots.drawing.elements.lines import (
    draw_deadline,
    draw_last_point,
    draw_rank_line,
    draw_submissions,
    find_deadline_name_span,
    time_span,
)
from plots.drawing.elements.post_marks import MARKS_HEIGHT, draw_post_marks
from plots.drawing.elements.rank_axis import (
    draw_medal_zones,
    format_rank_axis_label,
    rank_range,
    scale_ranks,
)
from plots.drawing.elements.time_axis import scale_time
from plots.specs import RankHistoryPlot

_SMALL_PRINT_Y = 184
_LEFT, _TOP, _RIGHT, _BOTTOM = 146, 206, 964, 678


def draw_rank_history(plot: RankHistoryPlot) -> bytes:
    """Draw the PNG."""
    canvas = Canvas()
    write_title(canvas, drop_unsupported(plot.name), _describe_rank(plot))
    line = plot.line.points
    ranks = [at.rank for at in line if at.rank is not None]
    best = f"{'best public' if plot.is_public else 'best'} #{min(ranks):,} · " if ranks else ""
    write_subtitle(canvas, f"{best}{drop_unsupported(plot.competition_name)}")
    if not ranks:
        return canvas.png_with_text("no rank in this time")
    top = _TOP + MARKS_HEIGHT if plot.marks else _TOP
    axes = canvas.axes(_LEFT, top, _RIGHT, _BOTTOM)
    start, end = time_span([line], plot.deadline)
    scale_time(axes, start, end)
    edges = medal_thresholds(line[-1].team_count) if plot.medals else ()
    scale_ranks(axes, *rank_range(ranks, edges))
    axis = format_rank_axis_label("public rank" if plot.is_public else "rank", "↑", axes)
    submissions = "○ submission" if plot.line.submissions else ""
    write_small_print(canvas, _SMALL_PRINT_Y, axis, submissions, rgb=colours.TEXT)
    if plot.medals:
        draw_medal_zones(axes, line, blocked=find_deadline_name_span(axes, plot.deadline))
    draw_rank_line(axes, line, colours.BLUE)
    draw_submissions(axes, plot.line.submissions)
    draw_last_point(axes, line, colours.BLUE)
    if plot.deadline is not None:
        draw_deadline(axes, plot.deadline, line[-1].rank)
    draw_post_marks(canvas, axes, plot.marks)
    return canvas.png()


def _describe_rank(plot: RankHistoryPlot) -> str:
    """Return the rank that counts: after the end the final one."""
    if plot.is_public:
        final = plot.final_rank
        return "not on the final board" if final is None else f"Final #{final:,}"
    now = plot.line.points[-1] if plot.line.points else None
    if now is None:
        return "not on the board"
    rank = "not on the board" if now.rank is None else f"#{now.rank:,}"
    return f"{rank} of {now.team_count:,}"
