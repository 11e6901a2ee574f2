"""Paths of boards that were recorded from Kaggle."""

from pathlib import Path

BOARDS = Path(__file__).parent / "boards"
SIMULATION = BOARDS / "kaggriculture.tar.xz"
"""A recording of a simulation, whose scores change every hour without a submission."""
