"""Tints of the medal zones, weak enough to read text on them."""

from __future__ import annotations

from typing import NamedTuple

from plots import colours


class ZoneStyle(NamedTuple):
    """The look of one zone."""

    name: str
    rgb: int
    alpha: float


ZONES = (
    ZoneStyle("gold", colours.GOLD, 0.22),
    ZoneStyle("silver", colours.SILVER, 0.16),
    ZoneStyle("bronze", colours.BRONZE, 0.24),
)
