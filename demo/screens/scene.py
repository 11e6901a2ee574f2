"""A screen to be pictured."""

from __future__ import annotations

from dataclasses import dataclass

from demo.screens.actions import Act

EARLY, PLAYED, DEADLINE, OVER = 48, 64, 68, 76
"""Hours of the demo: feeds and watches begin, well under way, near the deadline, over."""


@dataclass(frozen=True, slots=True)
class Scene:
    """One screen: its name, what must be read on it, how it comes about, and when."""

    name: str
    expected: tuple[str, ...]
    act: Act
    hour: int = PLAYED
    wait_seconds: float = 0
    """How long to wait before the pictures are taken, as for the end of an animated picture."""
