"""Scenes of feeds, watches, the search for team mates, threads, events and rosters."""

from __future__ import annotations

import discord
import simcord

from cogs.settings.settings_sections import Section
from demo.kaggle_faults import refuse_with_sentence
from demo.playback import COMPETITION, IN_FORUM, IN_THREAD, MEMBERS, Playback, message_text
from demo.screens.actions import (
    Act,
    ShownMessage,
    command_action,
    find_direct_message,
    press,
    run_command,
    wait_for,
)
from demo.screens.camera import ScreenError
from demo.screens.scene import EARLY, OVER, Scene

_ROSTER = f"""discord,kaggle
{MEMBERS["Mika"]},{MEMBERS["Mika"]}
{MEMBERS["Tomás"]},{MEMBERS["Zara"]}
{MEMBERS["Noor"]},somebody-else
{MEMBERS["Ines"]},not a user name
unknown-student,first-steps
robin,robin-on-kaggle
"""
"""The members' names on Discord are those on Kaggle."""


async def _begin_posts(playback: Playback) -> simcord.ChannelHandle:
    """Set up a channel with feeds of topics and notebooks, if there is none yet; return it."""
    channels = playback.guild.channels
    if "kaggle-posts" in channels:
        return channels["kaggle-posts"]
    channel = playback.guild.create_text_channel("kaggle-posts")
    playback.begin_news()
    for feed in ("discussion", "notebooks"):
        await playback.manager.slash(channel, f"feed {feed}", channel=channel)
    return channel


def _post_feed(command: str) -> Act:
    async def act(playback: Playback) -> ShownMessage:
        channel = await _begin_posts(playback)
        return await run_command(playback, "Robin", command, channel=channel)

    return act


def _posts(text: str) -> Act:
    """Build an action that waits until a post is told."""

    async def act(playback: Playback) -> ShownMessage:
        channel = await _begin_posts(playback)
        message = await wait_for(playback, channel, text)
        return ShownMessage(channel, playback.members["Mika"], message)

    return act


async def _digest(playback: Playback) -> ShownMessage:
    """Wait for a digest that lists what was posted."""
    await _begin_posts(playback)
    message = await wait_for(playback, playback.channel, "New topics and notebooks")
    return ShownMessage(playback.channel, playback.members["Mika"], message)


async def _marks(playback: Playback) -> ShownMessage:
    """Mark topics and notebooks in a member's history."""
    await wait_for(playback, await _begin_posts(playback), "notebook by")
    return await run_command(playback, "Mika", "history", competition=COMPETITION, marks="posts")


async def _watches(playback: Playback) -> ShownMessage:
    """Watch something of each kind."""
    for command, options in (
        ("news", {"competition": COMPETITION}),
        ("medals", {}),
        ("forecast", {}),
        ("rank", {"rank": 8}),
        ("rival", {"member": "@Noor"}),
        ("deadline", {}),
    ):
        await run_command(playback, "Mika", f"watch {command}", **options)
    return await run_command(playback, "Mika", "watch list")


async def _watch_message(playback: Playback) -> ShownMessage:
    """Wait for what the watches tell."""
    await _watches(playback)
    return await find_direct_message(playback, "Mika", "top 8")


async def _search(playback: Playback, name: str, sentence: str, **more: str) -> ShownMessage:
    return await run_command(playback, name, "team search", sentence=sentence, **more)


async def _own_search(playback: Playback) -> ShownMessage:
    return await _search(
        playback,
        "Mika",
        "I have many features and one graphics card, and look for somebody who tunes models.",
        languages="English, 日本語",
        time_zone="Tokyo",
    )


async def _note_sent(playback: Playback) -> ShownMessage:
    """Send a note to the only other member who searches."""
    await _own_search(playback)
    await _search(
        playback,
        "Noor",
        "My validation is stable. I look for other features, and for evenings in which we talk"
        " about them rather than about the board.",
        languages="English, Arabic",
        time_zone="Casablanca",
    )
    answer = await press(await run_command(playback, "Mika", "team list"), "Send a note")
    await playback.env.advance_time(60)
    return answer


async def _team_list(playback: Playback) -> ShownMessage:
    """Show the searches of two others, one of whom has a note already."""
    await _search(playback, "Kwame", "First competition; I read papers and write tests.")
    return await run_command(playback, "Mika", "team list")


async def _note(playback: Playback) -> ShownMessage:
    """Find the note with whoever got it."""
    for actor in playback.members.values():
        for message in actor.user.dm_channel.history():
            if "would like to team up" in message_text(message):
                return ShownMessage(actor.user.dm_channel, actor.user, message.id)
    raise ScreenError("nobody got a note")


async def _agreement(playback: Playback) -> ShownMessage:
    """Agree to the note."""
    await press(await _note(playback), "Agree")
    await playback.env.advance_time(60)
    return await find_direct_message(playback, "Mika", "You both want to team up")


async def _thread_answer(playback: Playback) -> ShownMessage:
    """Follow a competition with a thread."""
    channel = playback.guild.create_text_channel("competitions")
    return await run_command(
        playback, "Robin", "competition add", competition=IN_THREAD, thread=channel
    )


async def _thread(playback: Playback) -> ShownMessage:
    """Show the message from which the thread was opened."""
    channel = playback.guild.channels["competitions"]
    message, *_ = channel.history()
    return ShownMessage(channel, playback.members["Mika"], message.id)


async def _thread_board(playback: Playback) -> ShownMessage:
    """Show what stands in the thread."""
    (thread,) = playback.guild.channels["competitions"].threads
    message, *_ = (one for one in thread.history() if "teams" in message_text(one))
    return ShownMessage(thread, playback.members["Mika"], message.id)


async def _forum_post(playback: Playback) -> ShownMessage:
    """Follow a competition with a forum post."""
    forum = playback.guild.create_forum_channel("research")
    await run_command(playback, "Robin", "competition add", competition=IN_FORUM, thread=forum)
    (post,) = forum.threads
    return ShownMessage(post, playback.members["Mika"], post.id)


async def _open_section(playback: Playback, section: Section) -> ShownMessage:
    """Open a section of `/settings`."""
    answer = await run_command(playback, "Robin", "settings")
    await playback.manager.select(answer.find(), [section], custom_id="settings:section")
    return answer


async def _events_on(playback: Playback) -> ShownMessage:
    """Allow the bot to create Scheduled Events, and turn them on."""
    backend, guild_id = playback.env.backend, playback.guild.id
    (role,) = (one for one in backend.get_guild(guild_id).roles.values() if one.managed)
    wanted = discord.Permissions(create_events=True, manage_events=True).value
    backend.edit_role(guild_id, role.id, {"permissions": role.permissions | wanted})
    answer = await _open_section(playback, Section.DEADLINES)
    answer = await press(answer, "Create Scheduled Events")
    await playback.env.advance_time(60)
    return answer


async def _events_off(playback: Playback) -> ShownMessage:
    """Show the question what becomes of the events."""
    return await press(await _open_section(playback, Section.DEADLINES), "Stop Scheduled Events")


async def _publish(playback: Playback) -> ShownMessage:
    """Publish what a feed tells in an announcement channel."""
    channel = playback.guild.create_news_channel("new-on-kaggle")
    await run_command(playback, "Robin", "feed competitions", channel=channel)
    answer = await _open_section(playback, Section.CHANNELS)
    await playback.manager.select(
        answer.find(), [str(channel.id)], custom_id="settings:channel:channels"
    )
    return await press(answer, "Publish to following channels")


async def _status(playback: Playback) -> ShownMessage:
    """Set a fault on the topics and the board of a competition; wait until both were read."""
    await _begin_posts(playback)
    playback.kaggle.set_fault(IN_THREAD, refuse_with_sentence(403, "Permission denied"))
    await playback.env.advance_time(2 * 3600)
    answer = await run_command(playback, "Robin", "status")
    playback.kaggle.clear_fault(IN_THREAD)
    return answer


COMMUNITY_SCENES = (
    Scene("watch", ("You watch here (6 of 20)", "passes you"), _watches, EARLY),
    Scene(
        "watch-refusal",
        ("Choose a rival",),
        command_action("Mika", "watch rival"),
        EARLY,
    ),
    Scene("watch-message", ("What you watch in", "climbed", "top 8"), _watch_message, EARLY),
    Scene("feed-discussion", ("are posted in",), _post_feed("feed discussion"), EARLY),
    Scene("feed-notebooks", ("are posted in",), _post_feed("feed notebooks"), EARLY),
    Scene("topic-by-host", ("from the hosts",), _posts("from the hosts"), EARLY),
    Scene("popular-notebook", ("notebook by",), _posts("notebook by"), EARLY),
    Scene("history-marks", ("⚪ topic · 🟧 notebook", "votes"), _marks, EARLY),
    Scene("team", ("Look for team mates in",), command_action("Zara", "team search")),
    Scene("team-search", ("You look for team mates in",), _own_search),
    Scene("team-note-sent", ("Your note is on its way",), _note_sent),
    Scene("team-list", ("2 searches", "Send a note"), _team_list),
    Scene("team-note", ("would like to team up", "Agree"), _note),
    Scene("team-agreement", ("You both want to team up", "on Kaggle"), _agreement),
    Scene(
        "roster-import",
        ("6 rows in the roster", "1 row to link to another", "of another member"),
        command_action("Robin", "roster import", file=("class.csv", _ROSTER.encode())),
    ),
    Scene("roster-export", ("Who stands where",), command_action("Robin", "roster export")),
    Scene(
        "digest",
        ("Daily digest", "Most submissions", "New topics and notebooks"),
        _digest,
    ),
    Scene("thread-answer", ("I open a thread in",), _thread_answer, OVER),
    Scene("thread", ("has all announcements and the live board",), _thread, OVER),
    Scene("thread-board", ("teams",), _thread_board, OVER),
    Scene("forum-post", ("teams",), _forum_post, OVER),
    Scene("settings-events", ("Stop Scheduled Events",), _events_on, OVER),
    Scene("settings-events-off", ("Delete the events too?",), _events_off, OVER),
    Scene("settings-publish", ("Stop publishing",), _publish, OVER),
    Scene("status-problems", ("Not everything works", "Topics in"), _status, OVER),
)
