"""The buttons that offer to move a renamed competition to its new slug."""

from __future__ import annotations

from typing import Any

from discord import ui

from cogs.framework.layout import MAX_CUSTOM_ID_LENGTH

_MAX_LABEL = 80
"""Discord's limit for the characters on a button."""


def rename_custom_id(step: str, competition_id: int, new_slug: str) -> str:
    """Return the custom_id of a button of `cogs/competitions/rename_controls.py`."""
    return f"rename:{step}:{competition_id}:{new_slug}"


def build_rename_buttons(competition_id: int, new_slug: str) -> list[ui.Button[Any]]:
    """Build the button that offers to move a competition; none if the slug is too long for one."""
    # The ids with `move` and `keep`, in the question, are longer than the one with `ask`.
    if len(rename_custom_id("move", competition_id, new_slug)) > MAX_CUSTOM_ID_LENGTH:
        return []
    custom_id = rename_custom_id("ask", competition_id, new_slug)
    return [ui.Button(label=f"Move it to {new_slug}"[:_MAX_LABEL], custom_id=custom_id)]
