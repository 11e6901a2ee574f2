"""The panel of `/settings`, open before a manager."""

from dataclasses import dataclass
from typing import Any

import simcord
from simcord.components import walk_components

from records.guilds import GuildSettings
from tests.cogs.world import Server, World, is_private, response_text, text_of


@dataclass
class Panel:
    """The panel of a server, open before somebody."""

    world: World
    actor: simcord.MemberActor
    message: Any

    @classmethod
    async def open(cls, world: World, server: Server | None = None) -> "Panel":
        manager = (server or world.server).manager
        result = await world.run(manager, "settings")
        assert is_private(result)
        return cls(world, manager, result.response)

    @property
    def text(self) -> str:
        return text_of(self.message.components)

    async def select_section(self, section: str) -> str:
        return await self.select("section", section)

    async def select(self, control: str, *values: Any) -> str:
        custom_id = f"settings:{control}"
        return self._shown(await self.actor.select(self.message, values, custom_id=custom_id))

    async def press(self, label: str) -> str:
        return self._shown(await self.actor.click(self.message, label=label))

    async def fill(self, label: str, **fields: str) -> str:
        opened = await self.actor.click(self.message, label=label)
        assert opened.modal is not None
        inputs = [part["component"]["custom_id"] for part in opened.modal["components"]]
        values = dict(zip(inputs, fields.values(), strict=True))
        return self._shown(await self.actor.submit_modal(opened, values))

    async def read_modal(self, label: str) -> list[str | None]:
        opened = await self.actor.click(self.message, label=label)
        assert opened.modal is not None
        return [part["component"].get("value") for part in opened.modal["components"]]

    def labels(self) -> set[str]:
        """Return the labels of all buttons."""
        parts = walk_components(self.message.components)
        return {part["label"] for part in parts if "label" in part and "custom_id" in part}

    def selects(self) -> dict[str, list[dict[str, Any]]]:
        """Return the options of all selects by custom_id."""
        parts = walk_components(self.message.components)
        return {part["custom_id"]: part["options"] for part in parts if "options" in part}

    def offered(self, control: str) -> dict[str, str]:
        """Return the descriptions of a select's options by label."""
        options = self.selects().get(f"settings:{control}", [])
        return {option["label"]: option["description"] for option in options}

    def _shown(self, result: simcord.InteractionResult) -> str:
        if result.followups:
            return response_text(result)
        self.message = result.response or self.message
        return self.text

    async def settings(self) -> GuildSettings:
        return await self.world.storage.guilds.load_settings(self.world.server.guild.id)
