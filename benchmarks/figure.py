"""One measured figure, beside what is to be reached, and tables of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

FIGURES = Path(__file__).parent / "figures"
_HEAD = ("what", "size", "measured", "to reach", "", "medians", "ratio")


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured of one thing at one size."""

    what: str
    value: float
    unit: str
    """`F` for times the baseline, or `ms`, `MB`, `times`, …"""
    size: int | None = None
    """Teams on the board, snapshots, servers: what the cost grows with."""
    goal: float | None = None
    at_least: bool = False
    """Whether more is better."""
    raw: Mapping[str, float] = field(default_factory=dict)
    """The medians behind a ratio, in milliseconds, by what was measured."""
    beside: Mapping[str, float] = field(default_factory=dict)
    """For a time or a size: what was measured in the same rounds to compare with; same unit."""

    @property
    def reached(self) -> bool | None:
        """Whether the goal is reached; None where there is none."""
        if self.goal is None:
            return None
        return self.value >= self.goal if self.at_least else self.value <= self.goal

    def cells(self) -> tuple[str, ...]:
        """Return the figure as a row of a table."""
        reached = {None: "", True: "yes", False: "NO"}[self.reached]
        goal = "" if self.goal is None else f"{'≥' if self.at_least else '≤'} {_number(self.goal)}"
        return (
            self.what,
            "" if self.size is None else f"{self.size:,}",
            f"{_number(self.value)} {self.unit}",
            goal,
            reached,
            ", ".join(f"{name} {_number(value)} ms" for name, value in self.raw.items()),
            ", ".join(
                f"{_number(self.value / value)} times {name}, {_number(value)} {self.unit}"
                for name, value in self.beside.items()
            ),
        )


def format_table(figures: Iterable[Figure]) -> str:
    """Format figures as a Markdown table that is aligned for the terminal."""
    rows = [_HEAD, *(figure.cells() for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in rows
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def save_figures(topic: str, figures: Iterable[Figure], about: Mapping[str, str]) -> None:
    """Save a topic's figures; `about` says where and when they were measured."""
    FIGURES.mkdir(exist_ok=True)
    content = {**about, "figures": [asdict(figure) for figure in figures]}
    text = json.dumps(content, indent=1, ensure_ascii=False)
    (FIGURES / f"{topic}.json").write_text(text + "\n", encoding="utf-8")


def load_figures(topic: str) -> tuple[list[Figure], dict[str, str]] | None:
    """Load a topic's saved figures and how they were measured; None if there are none."""
    path = FIGURES / f"{topic}.json"
    if not path.exists():
        return None
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    figures = [Figure(**figure) for figure in content.pop("figures")]
    return figures, content


def _number(value: float) -> str:
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.2f}" if value < 10 else f"{value:.1f}"
