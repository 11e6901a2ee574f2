"""Animated GIF of the ranks of several teams through a competition.

matplotlib draws once what stands still. Each frame adds to that with Pillow: the new parts of the
lines, their heads with names, the date. Steps are horizontal and vertical lines, which need no
anti-aliasing. A GIF plays in every Discord client; its pixels that stay cost almost nothing.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from io import BytesIO

from matplotlib.axes import Axes
from PIL import Image, ImageDraw

from leaderboards.history import RankPoint
from leaderboards.medals import medal_thresholds
from plots import colours
from plots.drawing.elements.animation import Animation, Text
from plots.drawing.elements.canvas import SMALL_SIZE, TEXT_SIZE, Canvas, colour
from plots.drawing.elements.fonts import drop_unsupported
from plots.drawing.elements.header import LEFT, RIGHT_MARGIN, write_small_print, write_title
from plots.drawing.elements.labels import label_height, spread_labels
from plots.drawing.elements.rank_axis import (
    draw_medal_zones,
    format_rank_axis_label,
    rank_range,
    scale_ranks,
)
from plots.drawing.elements.time_axis import scale_time
from plots.drawing.replay_captions import Captions
from plots.specs import Replay

FRAMES = 120
FRAME_SECONDS = 0.1
LAST_FRAME_SECONDS = 5.0

_CAPTION_Y, _SMALL_PRINT_Y = 124, 176
_AXES_LEFT, _TOP, _AXES_RIGHT, _BOTTOM = 128, 200, 600, 690
_EVENT_NAMES_HEIGHT, _EVENT_NAME_GAP = 32, 14
"""Pixels of the row above the axes that names events, and between two names in it."""
_LINE_WIDTH, _HEAD_RADIUS, _EDGE_WIDTH = 7, 13, 3
_LABEL_GAP, _NAME_GAP, _RIGHT_EDGE = 44, 12, 8
"""Pixels from a head to its label, from the rank to the name, and right of the longest name."""
_FINAL_SHARE = 0.08
"""The share of the width in which a private board follows the public one."""


@dataclass(frozen=True, slots=True)
class _Event:
    """A moment with a vertical line; its name is above the axes, where no team's name covers it."""

    moment: datetime
    name: str
    rgb: int
    dashes: tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Track:
    """A line in pixels.

    `corners` has x and y of each point, by time; y is None while the team was not on the board.
    """

    name: str
    rgb: int
    points: Sequence[RankPoint]
    corners: Sequence[tuple[float, float | None]]

    def find(self, moment: datetime) -> int:
        """Return the index of the last board at or before a moment; -1 before the first."""
        return bisect_right(self.points, moment, key=lambda point: point.taken_at) - 1


def draw_replay(replay: Replay, progress: Callable[[int], None] = lambda _percent: None) -> bytes:
    """Draw the GIF; `progress` is called with the percentage that is done."""
    start, end, public_end = _find_span(replay)
    lines = [
        (drop_unsupported(line.name), rgb, _extend(line.points, index, replay, public_end, end))
        for index, (line, rgb) in enumerate(zip(replay.lines, colours.REPLAY_SERIES, strict=False))
    ]
    events = _find_events(replay, start, end)
    top = _TOP + (_EVENT_NAMES_HEIGHT if events else 0)
    background, tracks = _draw_background(replay, lines, events, top, (start, public_end, end))
    captions = Captions(lines if replay.medals else [])
    moments = [start + (end - start) * (index / (FRAMES - 1)) for index in range(FRAMES - 1)]
    moments.append(end)
    private_since = public_end if replay.final else None
    # The last frame has all colours.
    animation = Animation(_Painter(background, tracks, top, private_since).paint(end, None))
    painter = _Painter(background, tracks, top, private_since)
    for index, moment in enumerate(moments):
        is_last = index == FRAMES - 1
        caption = None if is_last else captions.find(moment)
        seconds = LAST_FRAME_SECONDS if is_last else FRAME_SECONDS
        animation.add(painter.paint(moment, caption), seconds)
        progress(100 * (index + 1) // FRAMES)
    return animation.gif()


def _find_span(replay: Replay) -> tuple[datetime, datetime, datetime]:
    """Return the first moment, the last one, and the end of the public board."""
    moments = [at.taken_at for line in replay.lines for at in line.points]
    start, public_end = min(moments), max(moments)
    if start == public_end:
        public_end = start + timedelta(hours=1)
    if replay.deadline is not None and replay.final is not None:
        public_end = max(public_end, replay.deadline)
    end = public_end
    if replay.final is not None:
        end += (public_end - start) * (_FINAL_SHARE / (1 - _FINAL_SHARE))
    return start, end, public_end


def _find_events(replay: Replay, start: datetime, end: datetime) -> list[_Event]:
    """Return the events within the shown period, the first one first."""
    events = []
    if replay.rescored_at is not None and start < replay.rescored_at < end:
        events.append(_Event(replay.rescored_at, "rescored", colours.MUTED, (1, 2)))
    if replay.deadline is not None and start <= replay.deadline <= end:
        events.append(_Event(replay.deadline, "deadline", colours.RED, (4, 3)))
    return sorted(events, key=lambda event: event.moment)


def _extend(
    points: Sequence[RankPoint], index: int, replay: Replay, public_end: datetime, end: datetime
) -> Sequence[RankPoint]:
    """Return a line up to the end, with its rank on the private board."""
    if not points:
        return []
    if replay.final is None:
        return [*points, replace(points[-1], taken_at=end)]
    moment = public_end + (end - public_end) * 0.4
    rank, count = replay.final.ranks[index], replay.final.team_count
    final = replace(points[-1], taken_at=moment, rank=rank, team_count=count)
    return [*points, final, replace(final, taken_at=end)]


def _draw_background(
    replay: Replay,
    lines: Sequence[tuple[str, int, Sequence[RankPoint]]],
    events: Sequence[_Event],
    top: float,
    span: tuple[datetime, datetime, datetime],
) -> tuple[Image.Image, list[_Track]]:
    """Draw what stands still; also return the lines in its pixels.

    `top` is where the axes begin; `span` has the first moment, the end of the public board, and the
    last moment.
    """
    start, public_end, end = span
    canvas = Canvas()
    write_title(canvas, drop_unsupported(replay.competition_name))
    axes = canvas.axes(_AXES_LEFT, top, _AXES_RIGHT, _BOTTOM)
    scale_time(axes, start, end, most_ticks=3)
    points = [line for _, _, line in lines if line]
    longest = max(points, key=len)
    edges = medal_thresholds(longest[-1].team_count) if replay.medals else ()
    ranks = [at.rank for line in points for at in line if at.rank is not None]
    scale_ranks(axes, *rank_range(ranks, edges))
    write_small_print(
        canvas,
        _SMALL_PRINT_Y,
        format_rank_axis_label("rank", "↑", axes),
        f"{longest[-1].team_count:,} teams",
    )
    if replay.medals:
        draw_medal_zones(axes, longest, points)
    _draw_events(canvas, axes, top, events)
    if replay.final is not None:
        moment = public_end + (end - public_end) * 0.4
        axes.axvline(moment.timestamp(), color=colour(colours.TEXT), linewidth=1.2)
    tracks = [
        _Track(
            name,
            rgb,
            line,
            [
                (x, y if at.rank else None)
                for at in line
                for x, y in [canvas.to_pixel(axes, (at.taken_at.timestamp(), at.rank or 1))]
            ],
        )
        for name, rgb, line in lines
        if line
    ]
    return Image.open(BytesIO(canvas.png())).convert("RGB"), tracks


def _draw_events(canvas: Canvas, axes: Axes, top: float, events: Sequence[_Event]) -> None:
    """Draw the lines of events, and their names in a row above the axes."""
    free_from = float(LEFT)
    for event in events:
        moment = event.moment.timestamp()
        axes.axvline(moment, color=colour(event.rgb), linewidth=1.6, linestyle=(0, event.dashes))
        x, _ = canvas.to_pixel(axes, (moment, 1))
        width = canvas.text_width(event.name, SMALL_SIZE)
        left = max(x - width / 2, free_from)
        canvas.draw_text(left, top - 10, event.name, size=SMALL_SIZE, rgb=event.rgb)
        free_from = left + width + _EVENT_NAME_GAP


class _Painter:
    """Paints frames in the order of time: each adds to the lines of the one before."""

    def __init__(
        self,
        background: Image.Image,
        tracks: Sequence[_Track],
        top: float,
        private_since: datetime | None,
    ) -> None:
        self._lines = background.copy()
        self._draw = ImageDraw.Draw(self._lines)
        self._tracks = tracks
        self._top = top
        self._private_since = private_since
        self._left, self._right = _AXES_LEFT, _AXES_RIGHT
        self._drawn = [0 for _ in tracks]
        self._heads_at = [_AXES_LEFT * 1.0 for _ in tracks]
        self._start = min(track.points[0].taken_at for track in tracks)
        self._end = max(track.points[-1].taken_at for track in tracks)

    def paint(self, moment: datetime, caption: tuple[str, int] | None) -> Image.Image:
        """Return the frame of a moment; the caption is a text and its colour."""
        x = self._left + (self._right - self._left) * (
            (moment - self._start) / (self._end - self._start)
        )
        heads: list[tuple[float, int]] = []
        for number, track in enumerate(self._tracks):
            last = track.find(moment)
            self._extend_line(number, last, x)
            if last >= 0 and (y := track.corners[last][1]) is not None:
                heads.append((y, number))
        frame = self._lines.copy()
        self._paint_heads(frame, x, heads, moment)
        self._write_caption(frame, moment, caption)
        return frame

    def _extend_line(self, number: int, last: int, x: float) -> None:
        """Draw a line from where it ended in the frame before up to `x`."""
        track, before = self._tracks[number], self._drawn[number]
        head = self._heads_at[number]
        for index in range(before, last + 1):
            at, y = track.corners[index]
            y_before = track.corners[index - 1][1] if index else None
            if y_before is not None:
                self._line(track.rgb, (head, y_before), (at, y_before))
                if y is not None:
                    self._line(track.rgb, (at, y_before), (at, y))
            head = at
        if last >= 0:
            y = track.corners[last][1]
            if y is not None:
                self._line(track.rgb, (head, y), (x, y))
            self._drawn[number], self._heads_at[number] = last + 1, x

    def _line(self, rgb: int, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Draw a horizontal or vertical line with square ends, so that corners are closed."""
        half = _LINE_WIDTH // 2
        (x0, x1), (y0, y1) = sorted((start[0], end[0])), sorted((start[1], end[1]))
        box = (round(x0) - half, round(y0) - half, round(x1) + half, round(y1) + half)
        self._draw.rectangle(box, fill=colour(rgb))

    def _paint_heads(
        self, frame: Image.Image, x: float, heads: Sequence[tuple[float, int]], moment: datetime
    ) -> None:
        """Draw the heads, and beside each the rank and the name, without overlaps."""
        draw = ImageDraw.Draw(frame)
        heads = sorted(heads)
        height = label_height(SMALL_SIZE)
        places = spread_labels(
            [y for y, _ in heads], height, self._top + height / 2, _BOTTOM - height / 2
        )
        # Each name has the room that it has at the end, so that none grows or shrinks on its way.
        room = frame.width - _RIGHT_EDGE - _AXES_RIGHT - _LABEL_GAP - _NAME_GAP
        left = x + _LABEL_GAP
        for (y, number), place in zip(heads, places, strict=True):
            track = self._tracks[number]
            draw.line((x, y, left - 8, place), fill=colour(track.rgb), width=3)
            rank = Text(f"#{track.points[track.find(moment)].rank:,}", SMALL_SIZE)
            name = Text(track.name, SMALL_SIZE, room - rank.width)
            start = left + rank.width + _NAME_GAP
            # So that it is legible on the names of zones, too.
            box = (left - 6, place - height / 2, start + name.width + 6, place + height / 2)
            draw.rectangle(box, fill=colour(colours.BACKGROUND))
            rank.paste(frame, left, place, track.rgb)
            name.paste(frame, start, place, colours.TEXT)
        for y, number in reversed(heads):
            _draw_head(draw, x, y, self._tracks[number].rgb, number)

    def _write_caption(
        self, frame: Image.Image, moment: datetime, caption: tuple[str, int] | None
    ) -> None:
        """Write the date, and what a team has just reached."""
        if self._private_since is not None and moment > self._private_since:
            when = "Private board"
        else:
            moment = moment.astimezone(UTC)
            when = f"{moment.day} {moment:%b %Y}"
        date = Text(when, TEXT_SIZE)
        date.paste_on_line(frame, LEFT, _CAPTION_Y, colours.TEXT)
        if caption is not None:
            room = frame.width - RIGHT_MARGIN - LEFT - 300
            text = Text(caption[0], SMALL_SIZE, room)
            text.paste_on_line(
                frame, frame.width - RIGHT_MARGIN - text.width, _CAPTION_Y, caption[1]
            )


def _draw_head(draw: ImageDraw.ImageDraw, x: float, y: float, rgb: int, number: int) -> None:
    """Draw the head of a line: a shape of its own, for those who cannot tell the colours apart."""
    fill, outline, radius = colour(rgb), colour(colours.BACKGROUND), _HEAD_RADIUS
    match number % 4:
        case 0:
            box = (x - radius, y - radius, x + radius, y + radius)
            draw.ellipse(box, fill, outline, _EDGE_WIDTH)
            return
        case 1:
            side = radius - 1
            corners = [(x - side, y - side), (x + side, y - side), (x + side, y + side)]
            corners.append((x - side, y + side))
        case 2:
            tip = radius + 4
            corners = [(x, y - tip), (x + tip, y), (x, y + tip), (x - tip, y)]
        case _:
            tip = radius + 3
            corners = [(x, y - tip), (x + tip, y + radius), (x - tip, y + radius)]
    draw.polygon(corners, fill, outline, _EDGE_WIDTH)
