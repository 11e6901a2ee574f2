"""Scenes of which pictures are made, in the order of the recording."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from cogs.settings.settings_sections import Section
from demo.playback import COMPETITION, MEMBERS, OTHERS, Playback
from demo.recording import RecordedBoard
from demo.screens.actions import (
    Act,
    ShownMessage,
    command_action,
    find_announcement,
    find_response,
    press,
    run_command,
    select_action,
)
from demo.screens.camera import ScreenError
from demo.screens.community_scenes import COMMUNITY_SCENES
from demo.screens.forecast_scenes import FORECAST_SCENES
from demo.screens.scene import DEADLINE, OVER, Scene
from demo.screens.season_scenes import SEASON_SCENES
from leaderboards.competition_info import CompetitionInfo
from leaderboards.members.role_criteria import RoleCriterion
from leaderboards.members.verification_codes import format_code

_MAX_MINUTES = 20
"""How long the first message of a new server is waited for."""

SECOND = OTHERS[0].slug
"""Another competition of the same people, so that a season has two."""

LONGEST = CompetitionInfo(
    "the-longest-name-that-a-competition-on-kaggle-may-have-is-as-long-as-this",
    category="Featured",
    team_count=12_345,
    title="The Longest Name That a Competition on Kaggle May Have Is About as Long as This One",
)
"""A competition that needs all the width there is: long names, great ranks and scores."""

FOUND = (
    ("store-sales-forecasting", 41, "Featured", "50,000 Usd", 2_318),
    ("sign-language-translation", 12, "Research", "Swag", 611),
    ("house-prices-advanced-regression-techniques", 2_000, "Getting Started", "Knowledge", 4_870),
    ("santa-2025-the-longest-name-that-a-competition-on-kaggle-may-have", -9, "Featured", None, 99),
    ("student-performance", 77, "Community", "Kudos", 1),
    ("spaceship-titanic", 900, "Getting Started", "Knowledge", 2_107),
)
"""What a search finds beside the recorded competition: name, days left, category, reward, teams."""


async def _welcome(playback: Playback) -> ShownMessage:
    """Add the bot to a new server."""
    guild = playback.env.create_guild("Statistics Society")
    channel = guild.create_text_channel("general")
    newcomer = guild.add_member(playback.env.create_user("newcomer", global_name="Noa"))
    found = playback.bot.get_guild(guild.id)
    playback.bot.dispatch("guild_join", found)
    for _ in range(_MAX_MINUTES):
        await playback.env.advance_time(60)
        for message in channel.history():
            return ShownMessage(channel, newcomer, message.id)
    raise ScreenError("the new server was not welcomed")


async def _verified_link(playback: Playback) -> ShownMessage:
    """Publish a notebook with the member's verification code, then press "Check now"."""
    zara, name = playback.members["Zara"], MEMBERS["Zara"]
    channel = playback.guild.create_text_channel("verification")
    card = await zara.slash(channel, "link", username=name)
    code = await playback.bot.storage.verifications.find_code(
        playback.guild.id, zara.id, playback.env.now()
    )
    if code is None or card.response is None:
        raise ScreenError("/link gave no code")
    playback.kaggle.add_notebook(name, f"Who I am: {format_code(code.code)}")
    await zara.click(card.response.message, label="Check now")
    return find_response(channel, zara, card)


async def _browse(playback: Playback) -> ShownMessage:
    """Search for competitions as a manager who follows one of them."""
    for slug, days, category, reward, teams in FOUND:
        deadline = playback.env.now() + timedelta(days=days)
        playback.kaggle.add_competition(CompetitionInfo(slug, deadline, category, reward, teams))
    return await run_command(playback, "Robin", "competition browse", words="s")


async def _board_details(playback: Playback) -> ShownMessage:
    """Press Details below a board."""
    answer = await run_command(playback, "Mika", "leaderboard")
    return await press(answer, "Details")


async def _roles(playback: Playback) -> ShownMessage:
    """Set up two roles, one of them above the bot's own."""
    roles, guild = playback.bot.storage.roles, playback.guild
    await roles.set_role(guild.id, RoleCriterion.FIRST, guild.create_role("Champion").id)
    above = guild.create_role("Top ten percent", position=90)
    await roles.set_role(guild.id, RoleCriterion.TOP_TEN_PERCENT, above.id)
    await playback.step()
    return await run_command(playback, "Robin", "roles list")


async def _season(playback: Playback) -> ShownMessage:
    """Create a season of two competitions, one of which has not ended."""
    await run_command(playback, "Robin", "competition add", competition=SECOND)
    await run_command(playback, "Robin", "season create", name="Winter 2026")
    for slug in (COMPETITION, SECOND):
        await run_command(playback, "Robin", "season add", season="Winter 2026", competition=slug)
    return await run_command(playback, "Mika", "season standings")


async def _feed(playback: Playback) -> ShownMessage:
    """Add a feed to a channel."""
    channel = playback.guild.create_text_channel("feeds")
    return await run_command(playback, "Robin", "feed competitions", channel=channel)


async def _new_competitions(playback: Playback) -> ShownMessage:
    """Add a feed to a channel, and some new competitions to Kaggle."""
    channel = playback.guild.create_text_channel("kaggle-news")
    await playback.manager.slash(channel, "feed competitions", channel=channel)
    await playback.env.advance_time(60)
    for slug, days, category, reward, teams in FOUND[:3]:
        deadline = playback.env.now() + timedelta(days=days)
        playback.kaggle.add_competition(
            CompetitionInfo(f"{slug}-2", deadline, category, reward, teams, awards_points=days < 30)
        )
    await playback.env.advance_time(2 * 3600)
    *_, message = channel.history()
    return ShownMessage(channel, playback.members["Mika"], message.id)


async def _choice_of_competition(playback: Playback) -> ShownMessage:
    """Use a command without `competition` where several are followed."""
    for other in OTHERS[:2]:
        await run_command(playback, "Robin", "competition add", competition=other.slug)
    return await run_command(playback, "Mika", "scores")


def _make_longest_board(teams: int) -> Iterator[str]:
    """Yield the lines of a board; the members of the server are its last teams."""
    yield "Rank,TeamId,TeamName,LastSubmissionDate,Score,SubmissionCount,TeamMemberUserNames"
    members = list(MEMBERS.values())
    for rank in range(1, teams + 1):
        user = members[rank - teams - 1] if rank > teams - len(members) else f"user{rank}"
        name = "WiderThanAPhone" * 4 if rank % 2 else "🏆 Several Words of a Long Name " * 2
        score = f"-{rank + 1_000_000_000}.12345"
        yield f'{rank},{rank},{name},"2026-01-01 00:00:00",{score},{rank + 1_000},{user}'


async def _follow_longest(playback: Playback) -> None:
    """Add the widest board as Robin, if it is not there yet."""
    if LONGEST.slug not in playback.kaggle.download_counts:
        lines = "\n".join(_make_longest_board(LONGEST.team_count or 0))
        board = RecordedBoard(LONGEST.slug, playback.env.now(), lines.encode())
        playback.kaggle.add_competition(LONGEST)
        playback.kaggle.serve(LONGEST.slug, board.zip)
        await run_command(playback, "Robin", "competition add", competition=LONGEST.slug)


async def _deadlines(playback: Playback) -> ShownMessage:
    """Show deadlines of Kaggle's list and of the server's managers, one of them paused."""
    await _follow_longest(playback)
    for other in OTHERS:
        await run_command(playback, "Robin", "competition add", competition=other.slug)
    for slug, kind, days in (
        (OTHERS[1].slug, "merger", 2),
        (OTHERS[2].slug, "final", 40),
        (LONGEST.slug, "merger", 53),
        (LONGEST.slug, "final", 60),
    ):
        at = f"{playback.env.now() + timedelta(days=days):%Y-%m-%d} 23:59"
        await run_command(
            playback, "Robin", "competition deadline", kind=kind, at=at, competition=slug
        )
    await run_command(playback, "Robin", "competition pause", competition=OTHERS[2].slug)
    return await run_command(playback, "Mika", "deadlines")


def _longest(command: str, **options: object) -> Act:
    """Build an action that runs a command about the widest board."""

    async def act(playback: Playback) -> ShownMessage:
        await _follow_longest(playback)
        return await run_command(playback, "Mika", command, competition=LONGEST.slug, **options)

    return act


def _section(section: Section, *expected: str) -> Scene:
    """Build the scene of a section of `/settings`."""
    act = select_action("Robin", "settings", "settings:section", section)
    return Scene(f"settings-{section}", expected, act)


SCENES = (
    Scene("welcome", ("Hello!", "/link"), _welcome),
    Scene("board", ("teams", "change in"), command_action("Mika", "leaderboard")),
    Scene("board-around", ("@Kwame",), select_action("Kwame", "leaderboard", "board:go", "me")),
    Scene(
        "board-members",
        ("members of this server",),
        command_action("Mika", "leaderboard", members=True),
    ),
    Scene("board-details", ("submissions", "amberheron73"), _board_details),
    Scene("rank", ("Score", "24 h"), command_action("Mika", "rank")),
    Scene("history", ("Mika",), command_action("Mika", "history", member="@Mika")),
    Scene("compare", ("Mika", "Noor"), command_action("Mika", "compare")),
    Scene("overview", ("Overview", "Medals won so far"), command_action("Mika", "overview")),
    Scene("members", ("linked members",), command_action("Robin", "members")),
    Scene("scores", ("Middle of the board", "Best"), command_action("Mika", "scores")),
    Scene(
        "link",
        ("You are amberheron73", "Check now"),
        command_action("Mika", "link", username=MEMBERS["Mika"]),
    ),
    Scene("link-verified", ("✓ You are warmpanda28",), _verified_link),
    Scene(
        "whois",
        ("@Zara ✓ is warmpanda28",),
        command_action("Mika", "whois", username=MEMBERS["Zara"]),
    ),
    Scene("browse", ("followed", "Page 1 of", "Follow one of these"), _browse),
    Scene("settings", ("Settings of this server",), command_action("Robin", "settings")),
    _section(Section.ANNOUNCEMENTS, "Overview", "Back"),
    _section(Section.NEWS, "Overview", "Back"),
    _section(Section.CHANNELS, "Overview", "Back"),
    _section(Section.QUIET, "Overview", "Back"),
    _section(Section.TIME_ZONE, "Overview", "Back"),
    _section(Section.DIGESTS, "Digests", "Turn the daily digest off"),
    _section(Section.DEADLINES, "Overview", "Back"),
    _section(Section.LINKS, "Overview", "Back"),
    _section(Section.ROLES, "Overview", "Back"),
    Scene("choice-of-team", ("Which team?",), command_action("Mika", "rank", username="lanter")),
    Scene(
        "refusal",
        ("nobody-has-this-name",),
        command_action("Mika", "rank", username="nobody-has-this-name"),
    ),
    Scene("help", ("For managers",), command_action("Robin", "help")),
    Scene("status", ("All is well",), command_action("Mika", "status")),
    Scene("privacy", ("What I store about you",), command_action("Mika", "privacy about")),
    Scene("live", ("change in",), find_announcement("change in", live=True)),
    Scene("announcements", ("climbed",), find_announcement("climbed")),
    Scene("roles", ("Number one among the members", "That role is above mine"), _roles),
    Scene(
        "deadline",
        ("Final submission deadline",),
        find_announcement("of you are on the board"),
        DEADLINE,
    ),
    Scene("end", ("has ended", "Shake-up"), find_announcement("has ended"), OVER),
    Scene("board-final", ("final",), command_action("Mika", "leaderboard"), OVER),
    Scene("season", ("Winter 2026",), _season, OVER),
    Scene(
        "overview-medals",
        ("Medals won so far", "@Kwame"),
        command_action("Mika", "overview"),
        OVER,
    ),
    Scene(
        "history-final",
        ("Final",),
        command_action("Mika", "history", competition=COMPETITION),
        OVER,
    ),
    Scene(
        "compare-final",
        ("Final",),
        command_action("Mika", "compare", competition=COMPETITION),
        OVER,
    ),
    Scene(
        "refusal-after-the-end",
        ("ended",),
        command_action(
            "Robin", "competition deadline", competition=COMPETITION, kind="entry", at="2027-01-01"
        ),
        OVER,
    ),
    Scene(
        "competition-add",
        ("Following", "News will be posted"),
        command_action("Robin", "competition add", competition=OTHERS[1].slug),
        OVER,
    ),
    Scene("feed", ("are posted in",), _feed, OVER),
    Scene("new-competitions", ("3 new competitions", "Follow"), _new_competitions, OVER),
    Scene("choice-of-competition", ("Which competition?",), _choice_of_competition, OVER),
    Scene(
        "competition-remove",
        ("Keep it",),
        command_action("Robin", "competition remove", competition=OTHERS[1].slug),
        OVER,
    ),
    Scene("archive", (COMPETITION, "ended"), command_action("Robin", "competition list"), OVER),
    Scene("board-longest", ("12,345", "Several Words"), _longest("leaderboard", page=618), OVER),
    Scene("compare-longest", ("#12,344", "Several Words"), _longest("compare"), OVER),
    Scene("deadlines", ("Deadlines ahead", "paused", "kaggle-deadlines.ics"), _deadlines, OVER),
    *FORECAST_SCENES,
    *COMMUNITY_SCENES,
    *SEASON_SCENES,
)
