"""Plots of the saved figures: time against teams and against snapshots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure as Sheet
from matplotlib.ticker import LogLocator, NullFormatter

from benchmarks.figure import Figure, load_figures
from plots import colours

PICTURES = Path(__file__).parent.parent / "docs" / "growth"

Line = Mapping[int, float]
"""Milliseconds by size."""

_SYNCS = {
    "everything new": "a sync where everything is new",
    "60 % of scores changed": "a lively sync: 60 % of scores changed",
    "usual: 0.2 % moved": "the usual sync: 0.2 % moved by themselves",
    "same bytes": "a sync of the same bytes",
}
_KINDS = {"quiet": "quiet, 15,000 teams", "lively": "lively, 3,800 teams"}
_PAST = {"a team's history": "history of one team", "a past board": "a past board, the slowest"}


def draw() -> None:
    """Render both plots, each if its topic was measured."""
    PICTURES.mkdir(exist_ok=True)
    if (syncs := load_figures("sync")) is not None:
        (PICTURES / "teams.png").write_bytes(
            render_plot(lines_by_teams(syncs[0]), "teams on the board")
        )
    if (past := load_figures("history")) is not None:
        (PICTURES / "snapshots.png").write_bytes(
            render_plot(lines_by_snapshots(past[0]), "snapshots behind the board")
        )


def lines_by_teams(figures: Sequence[Figure]) -> dict[str, Line]:
    """Build a line for each kind of sync and for the baseline."""
    lines = {name: _line(figures, what, "sync") for name, what in _SYNCS.items()}
    return {**lines, "F, the baseline": _line(figures, _SYNCS["everything new"], "F")}


def lines_by_snapshots(figures: Sequence[Figure]) -> dict[str, Line]:
    """Build a line for a history and for a past board of each kind of log."""
    return {
        f"{name}, {log}": _line(figures, f"{_KINDS[log]}: {what}")
        for name, what in _PAST.items()
        for log in _KINDS
    }


def _line(figures: Sequence[Figure], what: str, raw: str | None = None) -> Line:
    return {
        figure.size: figure.value if raw is None else figure.raw[raw]
        for figure in figures
        if figure.size is not None and figure.what.startswith(what)
    }


def render_plot(lines: Mapping[str, Line], grows: str) -> bytes:
    """Draw time against a size, both on logarithmic scales."""
    sheet = Sheet(figsize=(7.2, 4.2), dpi=150, facecolor=_colour(colours.BACKGROUND))
    canvas: Any = FigureCanvasAgg(sheet)
    axes = sheet.add_subplot(facecolor="none", xscale="log", yscale="log")
    for (name, line), rgb in zip(lines.items(), colours.SERIES, strict=False):
        axes.plot(list(line), list(line.values()), "o-", color=_colour(rgb), label=name)
    sizes = sorted({size for line in lines.values() for size in line})
    axes.set_xticks(sizes, [f"{size:,}" for size in sizes], minor=False)
    axes.set_xticks([], minor=True)
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.yaxis.set_major_formatter(lambda ms, _: f"{ms:,g} ms")
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.grid(color=_colour(colours.GRID), linewidth=0.8)
    axes.tick_params(colors=_colour(colours.MUTED), length=0, which="both")
    axes.set_xlabel(grows, color=_colour(colours.MUTED))
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.legend(frameon=False, labelcolor=_colour(colours.TEXT), fontsize="small")
    sheet.tight_layout()
    png = BytesIO()
    canvas.print_png(png)
    return png.getvalue()


def _colour(rgb: int) -> str:
    return f"#{rgb:06x}"
