"""Tints of the medal zones, weak enough to read text on them."""

from __future__ import annotations

from typing import NamedTuple

from plots import colours


class ZoneLook(NamedTuple):
    """The look of one zone."""

    name: str
    rgb: int
    strength: float


ZONES = (
    ZoneLook("gold", colours.GOLD, 0.22),
    ZoneLook("silver", colours.SILVER, 0.16),
    ZoneLook("bronze", colours.BRONZE, 0.24),
)
