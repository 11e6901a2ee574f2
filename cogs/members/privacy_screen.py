"""The screens of `/privacy`, and the file that it exports."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from discord import ui

from cogs.framework import format as fmt
from cogs.framework.layout import Item, card
from records.members import MemberData
from records.outbox import OUTBOX_RETENTION

FILE_NAME = "podium-my-data.json"

_NOTHING_STORED_TEXT = "I store nothing about you."
_ONLY_DECISIONS_TEXT = (
    "I store nothing about you but what others decided about you in the search for team mates,"
    " which is kept. `/privacy export` shows it."
)
_DECISIONS_TEXT = (
    "What others decided about you in the search for team mates stays: that they declined or"
    " reported notes of yours, or that managers excluded you."
)
_SHARED_TEXT = (
    "What also concerns other members stays, without your name: competitions that you added, links"
    " that you made for others, and what was announced about others or your team mates."
)

_COMMANDS_TEXT = (
    "-# `/privacy export` gives you your data, `/privacy delete` deletes it and first says what is"
    " kept."
)

_UNREADABLE = "names you in a form that I cannot read; /privacy delete deletes it"


def about_view(buttons: Sequence[Item]) -> ui.LayoutView:
    """Build the short description of stored data; a button shows the whole one."""
    return card(
        "### What I store about you\n"
        "Your Kaggle user name and whether you want to be pinged, what was last announced about"
        " your team, roles that I gave you, what you watch, searches for team mates, and"
        " announcements that name you. I read no messages.\n" + _COMMANDS_TEXT,
        buttons=[buttons],
    )


def about_details_view(days: int) -> ui.LayoutView:
    """Build the whole description; data of a server is kept `days` after the bot left it."""
    return card(
        "### What I store about you",
        "**Who you are on Kaggle**, and whether you want to be pinged: what `/link` and `/pingme`"
        " were given, with the time and by whom, and whether it is verified. Kept until `/unlink`"
        " or `/privacy delete`. A verification code is deleted after a day. A message that waits"
        " for you is deleted once it is delivered, or after 30 days.\n"
        "**What was last announced** in this server about your team: rank, best score, medal zone."
        " Kept while the competition is followed.\n"
        "**What you watch**, and what was last told of it: until you remove it with `/watch list`,"
        " the competition is no longer followed, or you left the server.\n"
        "**Roles that I gave you** for where you stand: until they are taken away.\n"
        "**Announcements** that name you: kept until"
        f" {fmt.plural(OUTBOX_RETENTION.days, 'day')} after they were delivered,"
        " so that none is made twice.\n"
        "**That you look for team mates**: your sentence, languages and time zone, until the search"
        " ends, and the notes that you sent and got, until the competition is over. If a manager"
        " excludes you, I keep that until it is taken back, also after `/privacy delete`."
        " `/privacy delete` also keeps that somebody declined or reported a note of yours; the"
        " sentence of a declined note is deleted at once.\n"
        "**What you did for a server**: which competitions you added, whom you linked."
        " Kept as long as the follow or the link; `/privacy delete` removes your name from it.",
        f"All of it is deleted {fmt.plural(days, 'day')} after I am removed from a server. I read"
        " no messages and know no member lists. Kaggle's leaderboards are public and kept whole;"
        " they hold Kaggle names, but not who that is on Discord.",
        _COMMANDS_TEXT,
    )


def export_view(data: MemberData) -> ui.LayoutView:
    """Build the message that the exported file is attached to."""
    text = f"This is everything that I store about you: {_summary(data)}."
    view = card(text if data.guild_ids else _NOTHING_STORED_TEXT)
    view.add_item(ui.File(f"attachment://{FILE_NAME}"))
    return view


def nothing_to_delete_text(data: MemberData) -> str:
    """Return that there is nothing to delete about a member."""
    return _ONLY_DECISIONS_TEXT if data.decision_count else _NOTHING_STORED_TEXT


def delete_question(data: MemberData) -> str:
    """Return the question whether to delete a member's data, with what is lost and what stays."""
    question = (
        f"### Shall I forget you?\nI store {_summary(data.select_deletable())}. What is only about"
        " you is deleted, in every server; this cannot be undone. Messages that are already in a"
        " channel stay there."
    )
    return "\n".join([question, *_kept_texts(data)])


def deletion_view(data: MemberData) -> ui.LayoutView:
    """Build the confirmation of a deletion."""
    return card(
        f"### ✅ You are forgotten\nI stored {_summary(data.select_deletable())}. What was only"
        " about you is deleted. Announcements that wait will not name you; those that are already"
        " in a channel stay there, where that server's managers can delete them.",
        "\n".join(_kept_texts(data)),
        "-# Backups that the bot's owner made earlier may still hold it.",
    )


def _kept_texts(data: MemberData) -> list[str]:
    """Return what a deletion leaves, a sentence for each kind."""
    is_shared = bool(data.actions or data.news or data.news_baselines)
    return [
        *([_SHARED_TEXT] if is_shared else []),
        *([_DECISIONS_TEXT] if data.decision_count else []),
    ]


def build_export_file(data: MemberData, now: datetime) -> bytes:
    """Serialize a member's data as JSON; Discord's ids are strings, as in Discord's own JSON."""
    return json.dumps(_build_export(data, now), ensure_ascii=False, indent=2).encode()


def _build_export(data: MemberData, now: datetime) -> dict[str, Any]:
    return {
        "discord_user": str(data.user_id),
        "exported_at": _time(now),
        "links": [
            {
                "server": str(link.guild_id),
                "kaggle_user_name": link.user_name,
                "wants_to_be_pinged": link.wants_ping,
                "linked_by": "you" if link.linked_by == data.user_id else "a manager",
                "linked_at": _time(link.linked_at),
                "verified_by": link.verification,
                "verified_at": _time(link.verified_at),
            }
            for link in data.links
        ],
        "codes": [
            {
                "server": str(code.guild_id),
                "kaggle_user_name": code.user_name,
                "code": code.code,
                "issued_at": _time(code.issued_at),
            }
            for code in data.codes
        ],
        "waiting_direct_messages": [
            {
                "server": str(message.guild_id),
                "since": _time(message.created_at),
                **message.content.export(),
            }
            for message in data.direct_messages
        ],
        "last_announced": [
            {
                "server": str(one.guild_id),
                "competition": one.slug,
                "team_id": one.baseline.team_id,
                "rank": one.baseline.rank,
                "best_score": one.baseline.best_score,
                "best_rank": one.baseline.bests.rank if one.baseline.bests else None,
                "medal_zone": one.baseline.medal_zone,
                "medal_zone_announced_at": _time(one.baseline.zone_announced_at),
            }
            for one in data.news_baselines
        ],
        "announcements": [
            {
                "server": str(news.guild_id),
                "channel": str(news.channel_id),
                "made_at": _time(news.created_at),
                "delivered_at": _time(news.delivered_at),
                **({"note": _UNREADABLE} if news.message is None else news.message.export()),
            }
            for news in data.news
        ],
        "roles": [
            {
                "server": str(grant.guild_id),
                "role": str(grant.role_id),
                "state": grant.state,
                "confirmed_at": _time(grant.confirmed_at),
            }
            for grant in data.grants
        ],
        "team_mates_wanted": [
            {
                "server": str(one.guild_id),
                "competition": one.slug,
                "sentence": one.search.profile.sentence,
                "languages": one.search.profile.languages,
                "time_zone": one.search.profile.time_zone,
                "takes_notes": one.search.takes_notes,
                "since": _time(one.search.created_at),
            }
            for one in data.teammate_searches
        ],
        "team_notes": [
            {
                "server": str(note.guild_id),
                "competition": note.slug,
                "by": "you" if note.sent else "another member",
                "sentence": note.sentence,
                "state": note.state,
                "sent_at": _time(note.sent_at),
                "other_discord_user": None if note.other_id is None else str(note.other_id),
            }
            for note in data.teammate_notes
        ],
        "excluded_from_team_search": [
            {"server": str(one.guild_id), "since": _time(one.excluded_at)}
            for one in data.teammate_exclusions
        ],
        "watches": [
            {
                "server": str(one.guild_id),
                "what": one.watch.kind,
                "competition": one.slug,
                "rank": one.watch.rank,
                "rival_kaggle_user_name": one.watch.rival_user_name,
                "rival_team": one.watch.rival_name,
                "since": _time(one.created_at),
            }
            for one in data.watches
        ],
        "done_for_servers": [
            {
                "server": str(action.guild_id),
                "what": action.description,
                "at": _time(action.done_at),
            }
            for action in data.actions
        ],
    }


def _summary(data: MemberData) -> str:
    """Return how much is stored of each kind, and in how many servers."""
    counts = [
        (len(data.links), "link", "links"),
        (len(data.news_baselines), "team that was announced", "teams that were announced"),
        (len(data.news), "announcement", "announcements"),
        (len(data.actions), "action of yours", "actions of yours"),
        (len(data.codes), "verification code", "verification codes"),
        (len(data.direct_messages), "message that waits for you", "messages that wait for you"),
        (len(data.grants), "role of yours", "roles of yours"),
        (len(data.teammate_searches), "search for team mates", "searches for team mates"),
        (len(data.teammate_notes), "note about a team", "notes about a team"),
        (
            len(data.teammate_exclusions),
            "exclusion from the search for team mates",
            "exclusions from the search for team mates",
        ),
        (len(data.watches), "watch", "watches"),
    ]
    parts = [fmt.plural(count, one, many) for count, one, many in counts if count]
    return f"{fmt.join_words(parts)}, in {fmt.plural(len(data.guild_ids), 'server')}"


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
