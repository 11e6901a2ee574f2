"""What is pictured, in the order in which the season goes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from demo.screens.acting import Act, Shown, announced, ask, asked, chosen, shown
from demo.screens.camera import ScreenWrong
from demo.season import shaken_up
from demo.show import COMPETITION, MEMBERS, Show
from leaderboards.kaggle.cli_output import CompetitionInfo
from leaderboards.role_criteria import RoleCriterion
from leaderboards.verification_codes import format_code

PLAYED, DIGEST, DEADLINE, OVER = 32, 33, 34, 38
"""Hours of the season: well under way, after the day's digest, near the deadline, at the end."""

SECOND = "soil-moisture"
"""Another competition of the same people, so that a season has two."""

FOUND = (
    ("store-sales-forecasting", 41, "Featured", "50,000 Usd", 2_318),
    ("sign-language-translation", 12, "Research", "Swag", 611),
    ("house-prices-advanced-regression-techniques", 2_000, "Getting Started", "Knowledge", 4_870),
    ("santa-2025-the-longest-name-that-a-competition-on-kaggle-may-have", -9, "Featured", None, 99),
    ("student-performance", 77, "Community", "Kudos", 1),
    ("spaceship-titanic", 900, "Getting Started", "Knowledge", 2_107),
)
"""What a search finds beside the season: name, days left, category, reward, teams."""


@dataclass(frozen=True, slots=True)
class Scene:
    """One screen: its name, what must be read on it, how it comes about, and when."""

    name: str
    expected: tuple[str, ...]
    act: Act
    hour: int = PLAYED


async def _welcome(show: Show) -> Shown:
    """Let the bot come to a new server."""
    guild = show.env.create_guild("Statistics Society")
    channel = guild.create_text_channel("general")
    newcomer = guild.add_member(show.env.create_user("newcomer", global_name="Noa"))
    found = show.bot.get_guild(guild.id)
    show.bot.dispatch("guild_join", found)
    await show.env.advance_time(60)
    (message,) = channel.history()
    return Shown(channel, newcomer, message.id)


async def _proven(show: Show) -> Shown:
    """Let a member publish a notebook under the code that they got, and press for a look."""
    zara, name = show.members["Zara"], MEMBERS["Zara"]
    channel = show.guild.create_text_channel("proof")
    card = await zara.slash(channel, "link", username=name)
    code = await show.bot.storage.verifications.find_code(show.guild.id, zara.id, show.env.now())
    if code is None or card.response is None:
        raise ScreenWrong("/link gave no code")
    show.kaggle.publish(name, f"Who I am: {format_code(code.code)}")
    await zara.click(card.response.message, label="Check now")
    return shown(channel, zara, card)


async def _browse(show: Show) -> Shown:
    """Let a manager look for competitions, one of which is followed."""
    for slug, days, category, reward, teams in FOUND:
        deadline = show.env.now() + timedelta(days=days)
        show.kaggle.list(CompetitionInfo(slug, deadline, category, reward, teams))
    return await ask(show, "Robin", "competition browse", words="s")


async def _roles(show: Show) -> Shown:
    """Let the server give two roles, one of which it put above the bot's own."""
    roles, guild = show.bot.storage.roles, show.guild
    await roles.set_role(guild.id, RoleCriterion.FIRST, guild.create_role("Champion").id)
    above = guild.create_role("Top ten percent", position=90)
    await roles.set_role(guild.id, RoleCriterion.TOP10, above.id)
    await show.step()
    return await ask(show, "Robin", "roles list")


async def _season(show: Show) -> Shown:
    """Let a manager put two competitions into a season, one of which goes on."""
    other = replace(shaken_up(show.boards[0]), slug=SECOND, taken_at=show.env.now())
    show.kaggle.serve(SECOND, other.zip)
    ends_at = show.env.now() + timedelta(days=30)
    show.kaggle.list(CompetitionInfo(SECOND, ends_at, "Featured", "Swag", 1_227))
    await ask(show, "Robin", "competition add", competition=SECOND)
    await ask(show, "Robin", "season create", name="Winter 2026")
    for slug in (COMPETITION, SECOND):
        await ask(show, "Robin", "season add", season="Winter 2026", competition=slug)
    return await ask(show, "Mika", "season standings")


SCENES = (
    Scene("welcome", ("Hello!", "/link"), _welcome),
    Scene("board", ("teams", "change in"), asked("Mika", "leaderboard")),
    Scene("board-around", ("@Kwame",), chosen("Kwame", "leaderboard", "board:go", "me")),
    Scene("board-members", ("members of this server",), asked("Mika", "leaderboard", members=True)),
    Scene("rank", ("Score", "24 h"), asked("Mika", "rank")),
    Scene("history", ("Mika",), asked("Mika", "history", member="@Mika")),
    Scene("compare", ("Mika", "Noor"), asked("Mika", "compare")),
    Scene("scores", ("Middle of the board", "Best"), asked("Mika", "scores")),
    Scene(
        "link",
        ("You are amberheron73", "Check now"),
        asked("Mika", "link", username=MEMBERS["Mika"]),
    ),
    Scene("link-proven", ("✓ You are warmpanda28",), _proven),
    Scene("whois", ("@Zara ✓ is warmpanda28",), asked("Mika", "whois", username=MEMBERS["Zara"])),
    Scene("browse", ("followed", "Page 1 of 2", "Follow one of these"), _browse),
    Scene("settings", ("Settings of this server",), asked("Robin", "settings")),
    Scene(
        "settings-digests",
        ("Digests", "Daily digest: on"),
        chosen("Robin", "settings", "settings:section", "digests"),
    ),
    Scene("help", ("For managers",), asked("Robin", "help")),
    Scene("status", ("All is well",), asked("Mika", "status")),
    Scene("privacy", ("What I keep of you",), asked("Mika", "privacy about")),
    Scene("live", ("change in",), announced("change in", live=True)),
    Scene("announcements", ("climbed",), announced("climbed")),
    Scene("roles", ("Number one among the members", "stands above my own"), _roles),
    Scene("digest", ("The day", "Most submissions"), announced("The day"), DIGEST),
    Scene("deadline", ("ends",), announced("of you are on the board"), DEADLINE),
    Scene("end", ("has ended", "Shake-up"), announced("has ended"), OVER),
    Scene("board-final", ("final",), asked("Mika", "leaderboard"), OVER),
    Scene("season", ("Winter 2026",), _season, OVER),
    Scene("archive", (COMPETITION, "ended"), asked("Robin", "competition list"), OVER),
)
