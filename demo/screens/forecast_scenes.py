"""Scenes of forecasts, in the first half of the recording: its last day has none."""

from __future__ import annotations

from demo.playback import COMPETITION, Playback
from demo.screens.actions import (
    ShownMessage,
    command_action,
    find_actor,
    find_direct_message,
    run_command,
    wait_for,
)
from demo.screens.camera import ScreenError
from demo.screens.scene import Scene

_FORECAST = 24
"""Hours of the demo: there are enough boards, and the deadline is more than a day ahead."""

_BETTER_SCORE = "0,97095"
"""With the decimal comma of many countries. It is better than that of another member."""

_NEAR_LINE = 30
"""Hours of the demo: before the daily digest of the second day."""
_NEAR_LINE_RANK = 62
"""Among the last ranks in silver then. None of the members is near a medal line."""


async def _join_near_line(playback: Playback) -> None:
    """Let another person of the recorded board be a member for a while, if nobody is yet."""
    if "Rosa" in playback.members:
        return
    boards = playback.bot.storage.boards
    competition = await playback.bot.storage.competitions.find(COMPETITION)
    info = await boards.find_info(competition.id) if competition else None
    if info is None:
        raise ScreenError("there is no board yet")
    teams = await boards.find_teams_by_rank(info.board_id, [_NEAR_LINE_RANK])
    user = playback.env.create_user("rosa", global_name="Rosa")
    playback.members["Rosa"] = playback.guild.add_member(user)
    await run_command(playback, "Rosa", "link", username=teams[_NEAR_LINE_RANK].members[0])


async def _zone_exit(playback: Playback) -> ShownMessage:
    """Wait for the direct message that a member is likely to leave their medal zone."""
    await _join_near_line(playback)
    await run_command(playback, "Rosa", "watch forecast")
    return await find_direct_message(playback, "Rosa", "likely leave")


async def _digest_near_line(playback: Playback) -> ShownMessage:
    """Wait for a digest that says the same to the whole server."""
    await _join_near_line(playback)
    message = await wait_for(playback, playback.channel, "likely leaves")
    # She is on no other picture.
    await run_command(playback, "Rosa", "unlink")
    return ShownMessage(playback.channel, find_actor(playback, "Mika"), message)


FORECAST_SCENES = (
    Scene(
        "rank-forecast",
        ("If the team submits nothing", "likely #"),
        command_action("Kwame", "rank"),
        _FORECAST,
    ),
    Scene(
        "forecast",
        (
            "If the team submits nothing",
            "likely #",
            "🥉 ✓ the team is in this zone now",
            "Likely: on recorded boards",
        ),
        command_action("Kwame", "forecast"),
        _FORECAST,
    ),
    Scene(
        "whatif",
        ("To beat now", "Passes", "In 24 h", "Next 🥇", "perhaps"),
        command_action("Kwame", "whatif", score=_BETTER_SCORE),
        _FORECAST,
    ),
    Scene(
        "watch-forecast",
        ("If your team submits nothing", "it will likely leave 🥈 silver"),
        _zone_exit,
        _NEAR_LINE,
    ),
    Scene(
        "digest-forecast",
        ("Daily digest", "likely leaves 🥈 silver", "if the team submits nothing"),
        _digest_near_line,
        _NEAR_LINE,
    ),
    Scene(
        "forecast-none",
        ("There is no forecast in the last 24 hours",),
        command_action("Kwame", "forecast"),
    ),
)
