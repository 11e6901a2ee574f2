"""`python -m bot demo`: a recorded competition in the browser, or with `--once` on the terminal."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import socket
import sys
from collections.abc import Sequence

import simcord

from bot.invocation import format_invocation
from demo.playback import Playback, open_playback
from demo.serial_proxy import SerialProxy
from leaderboards.kaggle.fork_server import select_start

TRY = (
    "/leaderboard",
    "/rank",
    "/forecast",
    "/history",
    "/compare",
    "/overview",
    "/members",
    "/deadlines",
    "/watch list",
    "/team list",
    "/team search",
    "/help",
)
MANAGER_TRY = ("/settings", "/competition browse", "/status")
"""Commands to try. They need no options: text typed after a command is a message in SimCord."""

_SHOWN_ONCE = ("deadlines", "watch list", "team list")
"""Commands whose responses `--once` prints: Discord shows them to their user alone."""

_FASTER = f"{format_invocation()} demo --seconds 3" if os.name == "nt" else "make demo SECONDS=3"


def main(arguments: Sequence[str]) -> int:
    """Run the demo until Ctrl-C."""
    chosen = _parser().parse_args(arguments)
    with contextlib.suppress(KeyboardInterrupt):
        if chosen.once:
            asyncio.run(_once())
        else:
            asyncio.run(_in_browser(chosen.seconds, chosen.hours, chosen.port))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=f"{format_invocation()} demo",
        description="Show the bot at work on a recorded competition, without any account: the real"
        " bot and the real Kaggle CLI, with Kaggle and Discord played for them on this machine.",
    )
    parser.add_argument(
        "--once",
        action="store_true",
        help="play the recording as fast as it goes, print every announcement, and end",
    )
    parser.add_argument(
        "--seconds",
        type=_seconds,
        default=15,
        metavar="N",
        help="how long two hours of the demo take in the browser (default 15)",
    )
    parser.add_argument(
        "--hours",
        type=_hours,
        default=20,
        metavar="N",
        help="how many hours have passed when the page opens, so that there is something to see"
        " (default 20)",
    )
    parser.add_argument("--port", type=_port, help="the page's port (default: a free one)")
    return parser


def _seconds(text: str) -> float:
    with contextlib.suppress(ValueError):
        if 0 < (seconds := float(text)) <= 3600:
            return seconds
    raise argparse.ArgumentTypeError("give seconds, more than 0 and at most 3600")


def _hours(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError("give a whole number of hours, 0 or more")
    return int(text)


def _port(text: str) -> int:
    """Return a port that is free, so that the demo does not find out only once it is set up."""
    if not text.isdecimal() or not 1 <= int(text) <= 65_535:
        raise argparse.ArgumentTypeError("give a number from 1 to 65535, or leave it out")
    try:
        socket.create_server(("127.0.0.1", int(text))).close()
    except OSError as error:
        raise argparse.ArgumentTypeError(
            f"port {text} cannot be used ({error.strerror}): give another one, or leave it out"
        ) from error
    return int(text)


async def _once() -> None:
    async with open_playback(progress=_say, start=select_start()) as playback:
        await playback.begin_visit()
        _print_announcements(playback)
        for command in _SHOWN_ONCE:
            _say(f"\n── Mika uses /{command} ──\n{await playback.run_command('Mika', command)}")
        while await playback.step():
            _print_announcements(playback)
        _say(f"The recording is over: {len(playback.boards)} boards were read.")


async def _in_browser(seconds: float, hours: int, port: int | None) -> None:
    # A visitor may be refused something, which is no fault of the demo.
    async with open_playback(progress=_say, start=select_start(), check_errors=False) as playback:
        while playback.hour < hours and await playback.step():
            _say(f"The recording so far: hour {playback.hour} of {hours}", end="\r")
        await playback.begin_visit()
        # The page shows these; a hundred lines would push its address off the terminal.
        playback.skip_announcements()
        guide = await playback.manager.send(playback.channel, _guide())
        viewers = [playback.members["Mika"], playback.manager]
        viewers += [actor for name, actor in playback.members.items() if name != "Mika"]
        async with (
            playback.env.preview(playback.channel, viewers=viewers, layout="channel") as preview,
            SerialProxy(preview, port) as proxy,
        ):
            await preview.show(guide)  # Pages open there.
            _say(build_welcome(proxy.url, seconds))
            async with asyncio.TaskGroup() as tasks:
                playing = tasks.create_task(_play(playback, preview, proxy, seconds))
                await preview.wait_closed()
                playing.cancel()


async def _play(
    playback: Playback, preview: simcord.Preview, proxy: SerialProxy, seconds: float
) -> None:
    """Advance the recording by a board every `seconds` until its end."""
    is_running = True
    while is_running:
        await asyncio.sleep(seconds)
        async with proxy.step_lock():
            is_running = await playback.step()
            await preview.refresh()
            _print_announcements(playback)
    _say(
        "The recording is over, and the competition has ended: try /hall, /replay and /leaderboard."
        " The page stays open until you press Ctrl-C."
    )


def build_welcome(url: str, seconds: float) -> str:
    """Return what the terminal says once the page can be opened."""
    lines = [
        "",
        f"Look here:  {url}",
        "",
        "You are Mika, a member of a server that follows a competition. Announcements arrive by",
        f"themselves once the page is open; two hours take {seconds:g} s.",
        "",
        "Type a command, press Enter to choose it, press the arrow at the right to send it, then",
        "scroll down to the answer:",
        *(f"  {command}" for command in TRY),
        "With an option: type /history, press Enter, choose member, choose Noor, press the arrow.",
        "If you do not see the arrow, make the window wider.",
        "A score: type /whatif, press Enter, type 0.9711, press the arrow.",
        "An animated picture of the competition so far, at most once a minute: /replay",
        "The page shows no direct messages. They are printed here, such as what Mika watches.",
        "When the bot refuses something, the page shows a red badge and keeps the command. Close",
        "it with the cross at its right to go on.",
        "",
        'To try what managers do, choose Robin under "Viewing as" at the top of the page:',
        *(f"  {command}" for command in MANAGER_TRY),
        "A feed: type /feed notebooks, press Enter, choose leaderboard, press the arrow. In four",
        "hours of the demo Robin sets up all three feeds there, and opens a thread for a",
        "competition.",
        "",
        f"Faster: {_FASTER}. Ctrl-C ends it." if seconds > 3 else "Ctrl-C ends it.",
        "",
    ]
    return "\n".join(lines)


def _guide() -> str:
    """Return the message on the page that says what can be tried."""
    return (
        "**This is a demo of Podium.** You are Mika, a member of this server.\n"
        "Type a command, press Enter to choose it, press the arrow at the right to send it, then"
        f" scroll down to the answer: {_list_commands(TRY)}\n"
        "With an option: type `/history`, press Enter, choose `member`, choose `Noor`, press the"
        " arrow. No arrow? Make the window wider.\n"
        "A score: type `/whatif`, press Enter, type `0.9711`, press the arrow.\n"
        "An animated picture, at most once a minute: `/replay`\n"
        "If the page shows a red badge, close it with the cross at its right. The terminal prints"
        " direct messages.\n"
        "**I am Robin, a manager.** Choose me under *Viewing as* at the top to try"
        f" {_list_commands(MANAGER_TRY)}\n"
        "A feed: type `/feed notebooks`, press Enter, choose `leaderboard`, press the"
        " arrow."
    )


def _list_commands(commands: Sequence[str]) -> str:
    return ", ".join(f"`{command}`" for command in commands)


def _print_announcements(playback: Playback) -> None:
    for text in playback.announcements():
        _say(f"\n── hour {playback.hour} ──\n{text}")
    for name, text in playback.direct_messages():
        _say(f"\n── hour {playback.hour}, direct message to {name} ──\n{text}")


def _say(text: str, end: str = "\n") -> None:
    sys.stdout.write(f"{text}{end}")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
