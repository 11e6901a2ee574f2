"""How medal zones look: a tint strong enough to see, weak enough to read through."""

from __future__ import annotations

from typing import NamedTuple

from plots import colours


class ZoneLook(NamedTuple):
    """One zone."""

    name: str
    rgb: int
    strength: float


ZONES = (
    ZoneLook("gold", colours.GOLD, 0.22),
    ZoneLook("silver", colours.SILVER, 0.16),
    ZoneLook("bronze", colours.BRONZE, 0.24),
)
