"""Takes pictures of every screen, for a desk and for phones."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from cogs.framework.responses import UserError
from demo.playback import Playback, open_playback
from demo.screens.camera import WIDTHS, Camera, ScreenError, open_camera
from demo.screens.scene import Scene
from demo.screens.scenes import SCENES
from leaderboards.kaggle.fork_server import select_start

FOLDER = Path(__file__).resolve().parent.parent.parent / "docs" / "screens"


def main(arguments: Sequence[str]) -> int:
    """Render the pictures; return 1 when a screen does not show what it should."""
    parser = argparse.ArgumentParser(prog="python -m demo.screens", description=__doc__)
    parser.add_argument("names", nargs="*", help="only these screens")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the pictures go")
    chosen = parser.parse_args(arguments)
    scenes = [scene for scene in SCENES if not chosen.names or scene.name in chosen.names]
    chosen.folder.mkdir(parents=True, exist_ok=True)
    try:
        return asyncio.run(_take(scenes, chosen.folder))
    except ScreenError as error:
        _say(str(error))
        return 1


async def _take(scenes: Sequence[Scene], folder: Path) -> int:
    wrong = 0
    async with (
        open_camera() as camera,
        # Refusals are screens, and other errors are found after each scene.
        open_playback(progress=_say, start=select_start(), check_errors=False) as playback,
    ):
        for scene in sorted(scenes, key=lambda scene: scene.hour):
            await _play_until(playback, scene.hour)
            wrong += await _take_scene(camera, playback, scene, folder)
    _say(f"{len(scenes) * len(WIDTHS)} pictures, {wrong} not as they should be")
    return 1 if wrong else 0


async def _play_until(playback: Playback, hour: int) -> None:
    while playback.hour < hour and await playback.step():
        _say(f"Hour {playback.hour} of the demo")


async def _take_scene(camera: Camera, playback: Playback, scene: Scene, folder: Path) -> int:
    """Render a scene's pictures; return how many are wrong."""
    try:
        shown = await scene.act(playback)
        # A refusal is a screen, too; any other error of the bot ends the pictures.
        errors = [error for error in playback.env.errors if not isinstance(error, UserError)]
        if errors:
            raise BaseExceptionGroup(scene.name, errors)
    except ScreenError as error:
        _say(f"{scene.name}: {error}")
        return len(WIDTHS)
    wrong = 0
    async with (
        playback.env.preview(shown.channel, viewers=[shown.viewer], layout="channel") as preview,
        camera.open(preview.url, shown.message_id) as page,
    ):
        await asyncio.sleep(scene.wait_seconds)
        for name, width in WIDTHS.items():
            file = folder / f"{scene.name}-{name}.png"
            try:
                await page.take(width, file, scene.expected)
            except ScreenError as error:
                wrong += 1
                _say(f"{file.name}: {error}")
            else:
                _say(f"{file.name}: {file.stat().st_size / 1024:.0f} KB")
    return wrong


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
