"""Colours of messages in Discord and of pictures."""

from typing import Final

BLUE: Final = 0x20BEFF
"""Most messages; in pictures also the line, the forecast and the score of a single team."""
GOLD: Final = 0xE8B923
SILVER: Final = 0xA7B0BA
BRONZE: Final = 0xC07C41
RED: Final = 0xD9534F

BACKGROUND: Final = 0x1B1D23
"""Not transparent, since the same plot is shown on Discord's dark and light themes."""
GRID: Final = 0x363A44
BAR: Final = 0x666D7B
MUTED: Final = 0xAEB4BF
TEXT: Final = 0xF2F3F5

SERIES: Final = (0x20BEFF, 0xE69F00, 0x2BC48A, 0xF0E442, 0xF0703A, 0xE08BC0)
"""For the lines of a comparison and the competitions of a season, in the order of the
specification.

Okabe and Ito's colours, lightened: they can be told apart with red, green or blue blindness.
"""
REPLAY_SERIES: Final = (*SERIES, TEXT, 0x7078F4)
"""For the lines of a replay: two colours more.

On the dark background, white takes the place of Okabe and Ito's black; their blue is lightened.
"""
RISE: Final = 0x20BEFF
FALL: Final = 0xF0703A
"""Blue and orange: one man in twelve cannot distinguish green and red."""
