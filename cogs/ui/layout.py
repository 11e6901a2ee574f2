"""The parts that every screen is made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import discord
from discord import ui

CHARACTERS = 4000
"""What Discord lets one message hold, all its texts together."""

BLUE = discord.Colour(0x20BEFF)
GOLD = discord.Colour(0xE8B923)
SILVER = discord.Colour(0xA7B0BA)
BRONZE = discord.Colour(0xC07C41)
RED = discord.Colour(0xD9534F)

Item = ui.Item[Any]


def card(
    *texts: str,
    colour: discord.Colour = BLUE,
    buttons: Sequence[Sequence[Item]] = (),
    id: int | None = None,  # noqa: A002 - Discord's own name for it
) -> ui.LayoutView:
    """Build a screen: texts below each other in one frame, rows of buttons below them."""
    items: list[Item] = [ui.TextDisplay(text) for text in texts]
    items += [ui.ActionRow(*row) for row in buttons]
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.Container(*items, accent_colour=colour, id=id))
    return view


def notice(sentence: str, *, problem: bool = False) -> ui.LayoutView:
    """Build a screen of one sentence."""
    return card(sentence, colour=RED if problem else BLUE)
