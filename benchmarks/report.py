"""`docs/performance.md`: its tables and pictures are made from the figures that were kept."""

from __future__ import annotations

import re
from pathlib import Path

from benchmarks import growth_plots
from benchmarks.figure import format_table, load_figures

PAGE = Path(__file__).parent.parent / "docs" / "performance.md"
_TABLE = re.compile(r"(<!-- figures: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def refresh() -> None:
    """Write the tables and pictures of the page anew; what stands around them stays."""
    if PAGE.exists():
        text = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(_TABLE.sub(_format_topic, text), encoding="utf-8")
        growth_plots.draw()


def _format_topic(found: re.Match[str]) -> str:
    known = load_figures(found[2])
    if known is None:
        return found[0]
    figures, about = known
    return f"{found[1]}{format_table(figures)}\n\n{' · '.join(about.values())}\n{found[3]}"
