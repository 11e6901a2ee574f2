"""Building blocks of all screens: cards, pictures, notices, and Discord's limits for them."""

from __future__ import annotations

import io
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import discord
from discord import ui

from leaderboards.medals import MedalZone
from plots import colours

CHARACTERS = 4000
"""Discord's limit for all texts of one message together."""
COMPONENTS = 40
"""Discord's limit for the components of one message, those inside others included."""
MAX_CHOICES = 25
"""Discord's limit for the choices that autocomplete shows."""
MAX_CHOICE_LENGTH = 100
"""Discord's limit for the characters of one choice."""
MAX_CUSTOM_ID_LENGTH = 100
"""Discord's limit for the characters of a custom_id."""

BLUE = discord.Colour(colours.BLUE)
GOLD = discord.Colour(colours.GOLD)
SILVER = discord.Colour(colours.SILVER)
BRONZE = discord.Colour(colours.BRONZE)
RED = discord.Colour(colours.RED)

_ZONE_COLOURS = {
    MedalZone.GOLD: GOLD,
    MedalZone.SILVER: SILVER,
    MedalZone.BRONZE: BRONZE,
    None: BLUE,
}

Item = ui.Item[Any]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture below the texts of a card."""

    file_name: str
    """Only letters, digits, hyphens and dots: Discord changes other characters."""
    data: bytes
    """A PNG, or an animated GIF."""
    description: str
    """The alternative text."""


def zone_colour(medal_zone: MedalZone | None) -> discord.Colour:
    """Return the colour of a medal zone; blue without one."""
    return _ZONE_COLOURS[medal_zone]


def best_zone_colour(medal_zones: Collection[MedalZone | None]) -> discord.Colour:
    """Return the colour of the best of some medal zones; blue without one."""
    return zone_colour(next((zone for zone in MedalZone if zone in medal_zones), None))


def card(
    *parts: str | Item,
    colour: discord.Colour = BLUE,
    pictures: Sequence[Picture] = (),
    buttons: Sequence[Sequence[Item]] = (),
    id: int | None = None,  # noqa: A002 - Discord's own name for it
) -> ui.LayoutView:
    """Build a view with one container: the parts, then the pictures, then rows of buttons.

    Empty texts are left out. Send it together with `build_files(pictures)`.
    """
    items: list[Item] = [
        ui.TextDisplay(part) if isinstance(part, str) else part for part in parts if part != ""
    ]
    if pictures:
        items.append(_gallery(pictures))
    items += [ui.ActionRow(*row) for row in buttons]
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.Container(*items, accent_colour=colour, id=id))
    # discord.py would otherwise keep each view with a control that is no dynamic item. It is not
    # needed: what a control does is found by its custom_id.
    view.stop()
    return view


def _gallery(pictures: Sequence[Picture]) -> Item:
    gallery = ui.MediaGallery[Any]()
    for one in pictures:
        gallery.add_item(media=f"attachment://{one.file_name}", description=one.description)
    return gallery


def build_files(pictures: Sequence[Picture]) -> list[discord.File]:
    """Return the files to send together with a card that has pictures."""
    return [
        discord.File(io.BytesIO(one.data), one.file_name, description=one.description)
        for one in pictures
    ]


def notice(sentence: str, *, problem: bool = False) -> ui.LayoutView:
    """Build a view with one sentence, cut to Discord's limit."""
    if len(sentence) > CHARACTERS:
        sentence = sentence[: CHARACTERS - 1] + "…"
    return card(sentence, colour=RED if problem else BLUE)


def join_lines(lines: Iterable[str], limit: int) -> tuple[str, int]:
    """Join the lines that fit into `limit` characters; also return how many did not fit."""
    kept: list[str] = []
    rest = list(lines)
    size = -1
    while rest and size + 1 + len(rest[0]) <= limit:
        size += 1 + len(rest[0])
        kept.append(rest.pop(0))
    return "\n".join(kept), len(rest)
