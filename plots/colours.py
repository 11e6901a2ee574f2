"""The colours of Podium: those that Discord puts on cards, and those of pictures beside them."""

from typing import Final

BLUE: Final = 0x20BEFF
GOLD: Final = 0xE8B923
SILVER: Final = 0xA7B0BA
BRONZE: Final = 0xC07C41
RED: Final = 0xD9534F

GROUND: Final = 0x1B1D23
"""A ground of its own: the same picture stands on Discord's dark and on its light theme."""
GRID: Final = 0x363A44
BAR: Final = 0x666D7B
MUTED: Final = 0xAEB4BF
INK: Final = 0xF2F3F5

PEOPLE: Final = (0x20BEFF, 0xE69F00, 0x2BC48A, 0xF0E442, 0xF0703A, 0xE08BC0)
"""Told apart with every colour blindness (after Okabe and Ito), lightened for the dark ground."""
RISE: Final = 0x20BEFF
FALL: Final = 0xF0703A
"""Blue and orange rather than green and red, which one man in twelve cannot tell apart."""
