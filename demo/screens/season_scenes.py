"""Scenes that look back at competitions that are over."""

from __future__ import annotations

from demo.playback import COMPETITION
from demo.screens.actions import command_action
from demo.screens.scene import OVER, Scene

SEASON_SCENES = (
    Scene(
        "replay",
        ("boards", "teams"),
        command_action("Mika", "replay", competition=COMPETITION),
        OVER,
        # Its last frame is shown for five seconds.
        wait_seconds=13,
    ),
    Scene(
        "hall",
        ("Hall of fame", "Longest time in gold", "Greatest climb", "Closest call"),
        command_action("Mika", "hall"),
        OVER,
    ),
)
