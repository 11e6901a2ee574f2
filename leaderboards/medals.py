"""Kaggle's medal zones."""

from enum import StrEnum


class Zone(StrEnum):
    """The medal a rank would earn if the competition ended now."""

    GOLD = "gold"
    SILVER = "silver"
    BRONZE = "bronze"
