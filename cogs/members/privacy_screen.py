"""The screens of `/privacy`, and the file that it gives out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from discord import ui

from cogs.framework import format as fmt
from cogs.framework.layout import RED, Item, card
from records.members import MemberData
from records.outbox import OUTBOX_RETENTION

FILE_NAME = "podium-my-data.json"


def about_view(grace_days: int) -> ui.LayoutView:
    """Build what is kept of whom, and for how long."""
    return card(
        "### What I keep of you",
        "**Who you are on Kaggle**, and whether you want to be pinged: what `/link` and `/pingme`"
        " were told, with the time and by whom, and whether it is proven. Kept until `/unlink` or"
        " `/privacy delete`. A code to prove it with goes after a day; what I have to tell you of"
        " your link goes when it is told, after 30 days at the latest.\n"
        "**What this server was last told** of your team: rank, best score, medal zone. Kept while"
        " the competition is followed.\n"
        "**Roles that I gave you** for where you stand: until they are taken away.\n"
        "**Announcements** that name you: kept until"
        f" {fmt.plural(OUTBOX_RETENTION.days, 'day')} after they were delivered,"
        " so that none is made twice.\n"
        "**What you did for a server**: which competitions you let it follow, whom you linked."
        " Kept as long as the follow or the link.",
        f"All of it goes {fmt.plural(grace_days, 'day')} after I am removed from a server. I read"
        " no messages and know no member lists. Kaggle's leaderboards are public and kept whole;"
        " they hold Kaggle names, but not who that is on Discord.",
        "-# `/privacy export` gives you your data, `/privacy delete` removes it.",
    )


def export_view(kept: MemberData) -> ui.LayoutView:
    """Build what comes with the file."""
    view = card(f"This is all that I keep of you: {_summary(kept)}.")
    view.add_item(ui.File(f"attachment://{FILE_NAME}"))
    return view


def confirm_view(kept: MemberData, buttons: Sequence[Item]) -> ui.LayoutView:
    """Build the question before everything is removed."""
    return card(
        f"### Shall I forget you?\nI keep {_summary(kept)}. All of it is removed, in every server;"
        " it cannot be taken back. Messages that stand in a channel already stay there.",
        colour=RED,
        buttons=[buttons],
    )


def deleted_view(kept: MemberData) -> ui.LayoutView:
    """Build what was removed."""
    return card(
        f"### ✅ You are forgotten\nRemoved: {_summary(kept)}. Announcements that wait will not"
        " name you; those that stand in a channel already stay there, where that server's managers"
        " can delete them.\n-# Backups that the bot's owner made earlier may still hold it."
    )


def document(kept: MemberData, now: datetime) -> bytes:
    """Write all that is kept of a member as JSON; Discord's numbers are texts, as it has them."""
    return json.dumps(_document(kept, now), ensure_ascii=False, indent=2).encode()


def _document(kept: MemberData, now: datetime) -> dict[str, Any]:
    return {
        "discord_user": str(kept.user_id),
        "exported_at": _time(now),
        "links": [
            {
                "server": str(link.guild_id),
                "kaggle_user_name": link.user_name,
                "wants_to_be_pinged": link.mention,
                "linked_by": "you" if link.linked_by == kept.user_id else "a manager",
                "linked_at": _time(link.linked_at),
                "proven_by": link.verification,
                "proven_at": _time(link.verified_at),
            }
            for link in kept.links
        ],
        "codes": [
            {
                "server": str(code.guild_id),
                "kaggle_user_name": code.user_name,
                "code": code.code,
                "issued_at": _time(code.issued_at),
            }
            for code in kept.codes
        ],
        "still_to_be_told": [
            {
                "server": str(note.guild_id),
                "kaggle_user_name": note.user_name,
                "what": note.event,
                "since": _time(note.created_at),
            }
            for note in kept.notes
        ],
        "last_told": [
            {
                "server": str(known.guild_id),
                "competition": known.slug,
                "team_id": known.told.team_id,
                "rank": known.told.rank,
                "best_score": known.told.best_score,
                "best_rank": known.told.bests.rank if known.told.bests else None,
                "medal_zone": known.told.medal_zone,
                "medal_zone_told_at": _time(known.told.zone_told_at),
            }
            for known in kept.told
        ],
        "announcements": [
            {
                "server": str(news.guild_id),
                "channel": str(news.channel_id),
                "made_at": _time(news.created_at),
                "delivered_at": _time(news.delivered_at),
                **news.message.export(),
            }
            for news in kept.news
        ],
        "roles": [
            {
                "server": str(grant.guild_id),
                "role": str(grant.role_id),
                "state": grant.state,
                "since": _time(grant.since),
            }
            for grant in kept.grants
        ],
        "done_for_servers": [
            {"server": str(deed.guild_id), "what": deed.what, "at": _time(deed.at)}
            for deed in kept.deeds
        ],
    }


def _summary(kept: MemberData) -> str:
    counts = [
        fmt.plural(len(kept.links), "link"),
        fmt.plural(len(kept.told), "team") + " that a server was told of",
        fmt.plural(len(kept.news), "announcement"),
        f"{fmt.plural(len(kept.deeds), 'thing')} that you did",
    ]
    return f"{fmt.join_words(counts)}, in {fmt.plural(len(kept.guild_ids), 'server')}"


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
