"""What deletes asks first and says what goes, and its buttons work after a restart."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from leaderboards.competition_info import CompetitionInfo
from tests.cogs.examples import SMALL
from tests.cogs.world import START, World, is_private, response_text

TITLE = "[Titanic](https://www.kaggle.com/competitions/titanic/leaderboard)"

COMMANDS: dict[str, tuple[str, dict[str, str]]] = {
    "competition": ("competition remove", {"competition": "titanic"}),
    "live board": ("competition live", {"competition": "titanic"}),
    "deadline": ("competition deadline", {"kind": "entry", "competition": "titanic"}),
    "season": ("season delete", {"season": "Spring"}),
    "season's competition": ("season remove", {"season": "Spring", "competition": "titanic"}),
    "link": ("unlink", {}),
}
LABELS = {
    "competition": "Stop following",
    "live board": "Remove the live board",
    "deadline": "Remove the deadline",
    "season": "Delete the season",
    "season's competition": "Remove the competition",
    "link": "Unlink",
}
WHAT_GOES = {
    "competition": [
        f"Stop following {TITLE}?",
        "news, reminders and digests",
        "its live board in <#",
        "its entry deadline that was set here, <t:",
        "deleted after 7 days",
    ],
    "live board": [f"Remove the live board of {TITLE}?", "Its message in <#", "still followed"],
    "deadline": [f"Remove the entry deadline of {TITLE}?", "Without it nobody is reminded of it"],
    "season": ["Delete the season Spring?", "It contains Titanic."],
    "season's competition": [f"Remove {TITLE} from the season Spring?"],
    "link": ["Remove your link to [ada](", "roles that were given for its ranks"],
}


@pytest.fixture
async def full(world: World) -> World:
    """Store one of everything that can be deleted."""
    server = world.server
    world.serve("titanic", SMALL)
    await world.follow()
    await world.ask(server.manager, "link", username="ada")
    await world.ask(server.manager, "competition live", channel=server.channel)
    at = f"{START + timedelta(days=20):%Y-%m-%d}"
    await world.ask(server.manager, "competition deadline", kind="entry", at=at)
    await world.ask(server.manager, "season create", name="Spring")
    await world.ask(server.manager, "season add", season="Spring", competition="titanic")
    await world.pass_time(minutes=6)
    return world


def stored(world: World) -> dict[str, Callable[[], Awaitable[object]]]:
    """Return how to load each thing; what is gone is false."""
    storage, guild_id = world.storage, world.server.guild.id
    seasons = storage.seasons.load_seasons

    async def season_competitions() -> object:
        return [competition for one in await seasons(guild_id) for competition in one.competitions]

    return {
        "competition": lambda: storage.guilds.load_follows(guild_id),
        "live board": lambda: storage.live_boards.load_by_guild(guild_id),
        "deadline": lambda: storage.deadlines.load_given(guild_id, 1),
        "season": lambda: seasons(guild_id),
        "season's competition": season_competitions,
        "link": lambda: storage.links.load_links(guild_id),
    }


@pytest.mark.parametrize("what", COMMANDS)
async def test_deletion_asks_first_and_says_what_goes(full: World, what: str) -> None:
    command, options = COMMANDS[what]
    manager, load = full.server.manager, stored(full)[what]
    asked = await full.run(manager, command, **options)
    question = response_text(asked)
    assert [part in question for part in WHAT_GOES[what]] == [True] * len(WHAT_GOES[what]), question
    assert is_private(asked)
    assert await load()
    assert asked.response is not None
    await full.restart()
    kept = await manager.click(asked.response, label="Keep it")
    assert response_text(kept) == "Nothing was deleted."
    assert await load()
    asked = await full.run(manager, command, **options)
    again = await full.run(manager, command, **options)
    assert asked.response is not None
    assert again.response is not None
    await manager.click(asked.response, label=LABELS[what])
    assert not await load()
    gone = await manager.click(again.response, label=LABELS[what])
    assert response_text(gone).startswith("⚠️ ")


async def test_question_names_what_only_this_server_has(full: World) -> None:
    manager = full.server.manager
    full.kaggle.listed["titanic"] = CompetitionInfo(slug="titanic", title="Titanic")
    await full.ask(manager, "competition name", competition="titanic", name="Ships")
    question = await full.ask(manager, "competition remove", competition="ships")
    assert "- the name that this server gave it" in question
    plain = await full.ask(manager, "competition live", competition="ships")
    assert "Remove the live board of [Ships](" in plain


async def test_link_of_another_member_is_removed_by_managers_only(full: World) -> None:
    server = full.server
    await full.ask(server.bob, "link", username="bob")
    asked = await full.run(server.manager, "unlink", member=server.bob)
    assert f"Remove the link of {server.bob.mention} to [bob](" in response_text(asked)
    assert asked.response is not None
    server.guild.remove_member(server.manager)
    back = server.guild.add_member(server.manager.user)
    refused = await back.click(asked.response, label="Unlink")
    assert "You need the permission *Manage Server*" in response_text(refused)
    assert len(await full.storage.links.load_links(server.guild.id)) == 2


async def test_deadline_that_nobody_gave_is_not_removed(full: World) -> None:
    manager = full.server.manager
    answer = await full.ask(manager, "competition deadline", kind="merger")
    assert answer == "⚠️ This server has set no team merger deadline for **Titanic**."
