"""The forms of the panel of `/settings`, for what has to be typed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, ClassVar

from discord import ui

from cogs.framework.checks import require_manager
from cogs.framework.errors import respond_exception
from cogs.framework.responses import Interaction, UserError, defer_update
from cogs.server.settings_screen import Section
from cogs.server.time_zones import time_zone
from records.guilds import GuildSettings, SettingsChange

Keep = Callable[[Interaction, SettingsChange], Awaitable[None]]

_MOST = 100_000
"""Places; far more than any board has."""


class _Form(ui.Modal):
    """A form of the panel, which is told what was typed.

    It asks nobody anything before it opens, since Discord lets no form be announced: what it shows
    comes with the button that opens it.
    """

    name: ClassVar[str]
    """What the button says."""

    def __init__(self, keep: Keep, title: str, *fields: ui.Label[Any]) -> None:
        super().__init__(title=title)
        self._keep = keep
        for field in fields:
            self.add_item(field)

    async def on_submit(self, interaction: Interaction, /) -> None:
        """Keep what was typed."""
        require_manager(interaction)
        await defer_update(interaction)
        await self._keep(interaction, await self.typed())

    async def on_error(  # type: ignore[override]  # as discord.py overrides it itself
        self, interaction: Interaction, error: Exception, /
    ) -> None:
        """Answer what went wrong."""
        await respond_exception(interaction, error)

    @staticmethod
    def shown(settings: GuildSettings) -> str:
        """Give what the form is to show, for its button's custom_id."""
        raise NotImplementedError

    async def typed(self) -> SettingsChange:
        """Give what was typed; raises what is wrong with it."""
        raise NotImplementedError


class Thresholds(_Form):
    """How large a climb or a fall must be to be told."""

    name = "Change"

    def __init__(self, keep: Keep, shown: str) -> None:
        rise, _, fall = shown.partition(":")
        self.rise: ui.TextInput[Any] = ui.TextInput(default=rise or None, max_length=6)
        self.fall: ui.TextInput[Any] = ui.TextInput(default=fall or None, max_length=6)
        super().__init__(
            keep,
            "What is news",
            ui.Label(
                text="A new best score must gain",
                description="So many places; 0 tells every one",
                component=self.rise,
            ),
            ui.Label(
                text="A fall must be",
                description="So many places, at least 1",
                component=self.fall,
            ),
        )

    @staticmethod
    def shown(settings: GuildSettings) -> str:
        """Give the two numbers that are set."""
        return f"{settings.smallest_rise}:{settings.smallest_fall}"

    async def typed(self) -> SettingsChange:
        """Give the two numbers."""
        return {
            "smallest_rise": _whole(self.rise.value, 0),
            "smallest_fall": _whole(self.fall.value, 1),
        }


class TimeZone(_Form):
    """The zone of the server's hours."""

    name = "Time zone"

    def __init__(self, keep: Keep, shown: str) -> None:
        self.zone: ui.TextInput[Any] = ui.TextInput(default=shown or None, max_length=64)
        super().__init__(
            keep,
            "Time zone",
            ui.Label(
                text="Time zone",
                description="For example Europe/Berlin, or only the city",
                component=self.zone,
            ),
        )

    @staticmethod
    def shown(settings: GuildSettings) -> str:
        """Give the zone that is set."""
        return settings.time_zone

    async def typed(self) -> SettingsChange:
        """Give the zone's name in the tz database."""
        return {"time_zone": await time_zone(self.zone.value)}


FORMS: Mapping[Section, type[Thresholds | TimeZone]] = {
    Section.NEWS: Thresholds,
    Section.QUIET: TimeZone,
    Section.DIGESTS: TimeZone,
}
"""By section: the form for what has to be typed."""


def _whole(typed: str, smallest: int) -> int:
    text = typed.strip()
    if not text.isascii() or not text.isdigit() or not smallest <= int(text) <= _MOST:
        raise UserError(f"Give whole numbers of places, from {smallest} to {_MOST:,}.")
    return int(text)
