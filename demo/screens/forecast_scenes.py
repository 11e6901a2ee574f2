"""Scenes of forecasts, in the first half of the recording: its last day has none."""

from __future__ import annotations

from demo.screens.actions import command_action
from demo.screens.scene import Scene

_FORECAST = 24
"""Hours of the demo: there are enough boards, and the deadline is more than a day ahead."""

_BETTER_SCORE = "0,97095"
"""With the decimal comma of many countries. It is better than that of another member."""

FORECAST_SCENES = (
    Scene(
        "rank-forecast",
        ("If the team submits nothing", "likely #"),
        command_action("Kwame", "rank"),
        _FORECAST,
    ),
    Scene(
        "forecast",
        (
            "If the team submits nothing",
            "likely #",
            "🥉 ✓ the team is in this zone now",
            "Likely: on recorded boards",
        ),
        command_action("Kwame", "forecast"),
        _FORECAST,
    ),
    Scene(
        "whatif",
        ("To beat now", "Passes", "In 24 h", "Next 🥇", "perhaps"),
        command_action("Kwame", "whatif", score=_BETTER_SCORE),
        _FORECAST,
    ),
    Scene(
        "forecast-none",
        ("There is no forecast in the last 24 hours",),
        command_action("Kwame", "forecast"),
    ),
)
