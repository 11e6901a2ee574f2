"""Screens of `/replay`, and the message with a replay after the end of a competition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from discord import ui

from cogs.framework import format as fmt
from cogs.framework.layout import Picture, card
from leaderboards.display_text import clean, shorten
from plots.specs import Replay

WAITING_FOR_REPLAY_TEXT = "Waiting for another replay"
FAILED_TEXT = (
    "The replay could not be drawn. Try again in a few minutes; if it fails again, the log of the"
    " bot says why."
)
QUEUE_FULL_TEXT = "Several other replays are being drawn. Try again in a minute."

_NAME_LENGTH = 28
_DESCRIPTION_LENGTH = 1024
"""Discord's limit for the description of an attachment."""


@dataclass(frozen=True, slots=True)
class ReplayData:
    """A replay, and what is said beside it."""

    slug: str
    replay: Replay
    boards: int
    """How many boards it shows."""
    start: datetime
    """The time of the first one."""
    team_count: int
    """How many teams of the server's members are on the board."""


def replay_cooldown_text(seconds: int) -> str:
    """Return that a server has just had a replay."""
    wait = fmt.plural(seconds, "second")
    return f"A replay was drawn here a moment ago. The next one can be in {wait}."


def drawing_text(percent: int) -> str:
    """Return the step that shows how much is drawn."""
    return f"Drawing the replay: {percent} %"


def no_teams_text(board: str) -> str:
    """Return that no team can be shown; the name of the board is escaped."""
    return f"No member with a link that counts is on the board of **{board}**: use `/link`."


def too_few_boards_text(board: str) -> str:
    """Return that nothing can move yet; the name of the board is escaped."""
    return (
        f"A replay needs two boards of **{board}** with a team of this server: try again after"
        " a later sync."
    )


def too_large_text(mebibytes: int) -> str:
    """Return that Discord would refuse the file."""
    return f"The replay is larger than the {mebibytes} MB that Discord allows here."


def replay_view(data: ReplayData, pictures: Sequence[Picture]) -> ui.LayoutView:
    """Build the response of `/replay`."""
    facts = [
        fmt.plural(data.boards, "board"),
        f"since {fmt.date_and_time(data.start)}",
        _count_teams(data),
    ]
    link = fmt.competition_link(data.slug, data.replay.competition_name)
    return card(f"### 🎬 Replay of {link}\n-# {fmt.join_dotted(facts)}", pictures=pictures)


def replay_picture(data: ReplayData, file_name: str, gif: bytes) -> Picture:
    """Build the attachment, with a description that says the same in words."""
    teams = "; ".join(_describe(data.replay))
    text = f"The ranks in {data.replay.competition_name} from the first board to the last. {teams}"
    return Picture(file_name, gif, text[:_DESCRIPTION_LENGTH])


def ended_replay_view(
    row_id: int, slug: str, names: fmt.Names, pictures: Sequence[Picture]
) -> ui.LayoutView:
    """Build the message after the end of a competition; `row_id` is that of the outbox row."""
    link = fmt.competition_link(slug, names.get(slug))
    # Without the option, the command shows a competition that still runs.
    command = f"`/replay competition:{slug}`"
    if pictures:
        text = f"Your teams from the first board to the last. {command} shows this at any time."
    else:
        text = f"{command} shows your teams from the first board to the last."
    return card(f"### 🎬 Replay of {link}\n{text}", pictures=pictures, id=row_id)


def _count_teams(data: ReplayData) -> str:
    shown = len(data.replay.lines)
    if shown < data.team_count:
        return f"the best {shown} of your {data.team_count} teams"
    return fmt.plural(shown, "team")


def _describe(replay: Replay) -> list[str]:
    """Return from where to where each team went."""
    finals = replay.final.ranks if replay.final else (None,) * len(replay.lines)
    texts = []
    for line, final in zip(replay.lines, finals, strict=True):
        ranks = [at.rank for at in line.points if at.rank is not None]
        name = shorten(clean(line.name), _NAME_LENGTH)
        text = f"{name}: from #{ranks[0]:,} to #{ranks[-1]:,}"
        texts.append(text if final is None else f"{text}, final #{final:,}")
    return texts
