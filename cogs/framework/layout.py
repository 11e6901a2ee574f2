"""The parts that every screen is made of."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import discord
from discord import ui

from leaderboards.medals import MedalZone
from plots import colours

CHARACTERS = 4000
"""What Discord lets one message hold, all its texts together."""

BLUE = discord.Colour(colours.BLUE)
GOLD = discord.Colour(colours.GOLD)
SILVER = discord.Colour(colours.SILVER)
BRONZE = discord.Colour(colours.BRONZE)
RED = discord.Colour(colours.RED)

_ZONES = {MedalZone.GOLD: GOLD, MedalZone.SILVER: SILVER, MedalZone.BRONZE: BRONZE, None: BLUE}

Item = ui.Item[Any]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture below the texts of a card."""

    file_name: str
    """Of letters, digits and dots, as Discord keeps it."""
    png: bytes
    description: str
    """The same in words, for those who cannot see it."""


def zone_colour(medal_zone: MedalZone | None) -> discord.Colour:
    """Give the colour of a medal zone, or of none."""
    return _ZONES[medal_zone]


def card(
    *parts: str | Item,
    colour: discord.Colour = BLUE,
    pictures: Sequence[Picture] = (),
    buttons: Sequence[Sequence[Item]] = (),
    id: int | None = None,  # noqa: A002 - Discord's own name for it
) -> ui.LayoutView:
    """Build a screen: texts and such below each other in one frame, then pictures, then buttons.

    Whoever sends it sends the files of the pictures as well.
    """
    items: list[Item] = [ui.TextDisplay(part) if isinstance(part, str) else part for part in parts]
    if pictures:
        items.append(_gallery(pictures))
    items += [ui.ActionRow(*row) for row in buttons]
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.Container(*items, accent_colour=colour, id=id))
    return view


def _gallery(pictures: Sequence[Picture]) -> Item:
    gallery = ui.MediaGallery[Any]()
    for one in pictures:
        gallery.add_item(media=f"attachment://{one.file_name}", description=one.description)
    return gallery


def build_files(pictures: Sequence[Picture]) -> list[discord.File]:
    """Give the files that are sent along with a card that has pictures."""
    return [
        discord.File(io.BytesIO(one.png), one.file_name, description=one.description)
        for one in pictures
    ]


def notice(sentence: str, *, problem: bool = False) -> ui.LayoutView:
    """Build a screen of one sentence, cut where Discord would refuse it as too long."""
    if len(sentence) > CHARACTERS:
        sentence = sentence[: CHARACTERS - 1] + "…"
    return card(sentence, colour=RED if problem else BLUE)
