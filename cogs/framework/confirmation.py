"""Questions that are asked before something is deleted, and their two buttons."""

from __future__ import annotations

import re
from typing import Any, ClassVar, Literal, Self, cast

import discord
from discord import ui

from cogs.framework.controls import ErrorHandlingItem
from cogs.framework.layout import RED, card, notice
from cogs.framework.responses import Interaction, defer_update, respond
from cogs.framework.texts import NOTHING_DELETED_TEXT

Choice = Literal["delete", "keep"]


def confirmation_template(name: str) -> str:
    """Return the template of the buttons below the question of that name."""
    return rf"confirm:{name}:(?P<choice>delete|keep):(?P<argument>[\w.-]{{0,70}})"


class ConfirmationButton(
    ErrorHandlingItem, ui.DynamicItem[ui.Button[Any]], template=confirmation_template("")
):
    """Button that deletes what a question is about, or keeps it.

    Subclass it for each question, with what is deleted in `delete`; `argument` says what that is,
    such as a season's id.
    """

    question_name: ClassVar[str] = ""
    label: ClassVar[str] = ""
    """What is written on the button that deletes."""
    keep_label: ClassVar[str] = "Keep it"
    """What is written on the other button."""

    def __init__(self, choice: Choice, argument: str) -> None:
        deletes = choice == "delete"
        super().__init__(
            ui.Button(
                label=self.label if deletes else self.keep_label,
                custom_id=f"confirm:{self.question_name}:{choice}:{argument}",
                style=discord.ButtonStyle.danger if deletes else discord.ButtonStyle.secondary,
            )
        )
        self.choice = choice
        self.argument = argument

    @classmethod
    def read(cls, _item: ui.Item[Any], match: re.Match[str]) -> Self:
        """Build the button from its custom_id."""
        return cls(cast("Choice", match["choice"]), match["argument"])

    @classmethod
    async def ask(cls, interaction: Interaction, question: str, argument: str | int) -> None:
        """Respond privately with the question, which says what is deleted, and its buttons."""
        buttons = [cls("delete", str(argument)), cls("keep", str(argument))]
        await respond(interaction, card(question, colour=RED, buttons=[buttons]))

    async def on_use(self, interaction: Interaction) -> None:
        """Delete it, or say that nothing was deleted."""
        await defer_update(interaction)
        if self.choice == "keep":
            await respond(interaction, notice(NOTHING_DELETED_TEXT))
        else:
            await self.delete(interaction)

    async def delete(self, interaction: Interaction) -> None:
        """Delete what the question is about, and respond; raise `UserError` if it is gone."""
        raise NotImplementedError
