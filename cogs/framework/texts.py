"""Sentences that screens of several rooms show."""

from __future__ import annotations

from collections.abc import Sequence

from cogs.framework import format as fmt
from cogs.framework.escape import escape
from leaderboards.board import Entry
from leaderboards.news.deadlines import DeadlineKind
from records.competitions import FormerMember

BUG_TEXT = "An internal error of the bot; its log has the details."
"""The reason of a failure that is neither Kaggle's nor Discord's."""

UNLINKED_TEXT = "You haven't linked your Kaggle account yet: use `/link`."
UNLINKED_OR_OTHERS_TEXT = (
    "You haven't linked your Kaggle account yet: use `/link`, or choose somebody with `member` or"
    " `username`."
)
"""For commands with these options."""
UNVERIFIED_TEXT = (
    "Your Kaggle account is not verified, so it does not count here yet: `/link` shows how to"
    " verify it."
)
"""Of a link where only verified ones count."""

USERNAME_TEXT = (
    "`username` takes a Kaggle user name, such as alexisbcook, or any part of a team's name."
)
_TYPED_WIDTH = 100
"""Columns of what was typed for a competition; a slug has at most this many characters."""

DEADLINE_LABELS = {
    DeadlineKind.FINAL: "Final submission deadline",
    DeadlineKind.ENTRY: "Entry deadline",
    DeadlineKind.MERGER: "Team merger deadline",
}
"""Kaggle's terms, at the beginning of a line."""

WHICH_COMPETITION_TEXT = "Which competition?"
WHICH_BOARD_TEXT = "On which board?"
ENDED_CHOICE_TEXT = "🏁 ended"

NOTHING_FOLLOWED_TEXT = (
    "This server follows no competition yet. A manager can add one with `/competition add`."
)
NOBODY_LINKED_TEXT = (
    "Nobody here has a linked Kaggle account that counts yet: use `/link` to link yours, or to"
    " verify it."
)
NO_LONGER_FOLLOWED_TEXT = "This server no longer follows this competition."
NO_OWN_BOARD_TEXT = (
    "There is no board to show you here yet. Here I show the boards of the servers in which you"
    " have linked your Kaggle account: use `/link` in one that has this bot."
)
NO_LONGER_FOLLOWED_ANYWHERE_TEXT = "None of your servers follows this competition any more."
OTHER_LINKS_TEXT = "The links of other members are shown only in their server."

WAITING_FOR_BOARD_TEXT = "waiting for the private board"
WAITING_FOR_MEDALS_TEXT = "waiting for the private board, which decides the medals"
"""Between the deadline and the final board."""
REACHES_LAST_DAY_TEXT = "can be worse: more teams submit on the last day"
"""Of a forecast that reaches into the last day."""
PUBLIC_BOARD_TEXT = (
    "This is about the public board. Medals come from the private board after the end: ranks can"
    " change a lot."
)
"""Of forecasts while a competition that awards medals runs."""
PERHAPS_TEXT = (
    "*Perhaps*: on recorded boards the true score for gold was often outside this range. Aim for a"
    " better score."
)
"""Of ranges of scores that medals may take later."""

MANAGERS_ONLY_TEXT = "You need the permission *Manage Server* for this."
SERVERS_ONLY_TEXT = "This only works in a server."
COMMAND_CHANGED_TEXT = "This command has just changed. Reload Discord (Ctrl+R) and try again."
OUTDATED_CONTROL_TEXT = (
    "This control is from an earlier version of the bot, so nothing was changed. Use the command"
    " again."
)
OUTDATED_MODAL_TEXT = (
    "The form was open for too long, or the bot was restarted in the meantime. Nothing was changed:"
    " open it again."
)

PERMISSION_NAMES = {
    "view_channel": "View Channel",
    "send_messages": "Send Messages",
    "send_messages_in_threads": "Send Messages in Threads",
    "create_public_threads": "Create Public Threads",
    "read_message_history": "Read Message History",
    "manage_channels": "Manage Channels",
}
"""What Discord calls the permissions that may be missing in a channel."""

MISSING_PERMISSION_TEXT = "Discord refused that: I am missing a permission here."
NO_ANSWER_TEXT = "Discord did not answer. Try again in a minute."
UNREACHABLE_TEXT = "Discord could not be reached."
CHANNEL_GONE_TEXT = "The channel no longer exists."
CHANNEL_NOT_SEEN_TEXT = "I can't see that channel. Pick one that I can see."
NOT_ALLOWED_TEXT = (
    "I am not allowed to write there; I need View Channel and Send Messages, or in a thread Send"
    " Messages in Threads."
)
"""After Discord has refused a message; `not_writable_text` is the result of the check before."""
NO_ANNOUNCEMENT_CHANNEL_TEXT = (
    "It is not an announcement channel any more: make it one, or turn publishing off in /settings."
)
NOT_PINNED_TEXT = "The live board is not pinned: please give me Pin Messages there."
TAG_REQUIRED_TEXT = (
    "The forum requires a tag: make one called running there, or give me Manage Channels."
)
THREAD_LOCKED_TEXT = "The thread is locked: unlock it, or give me Manage Threads there."
THREAD_ARCHIVED_TEXT = "The thread is archived and cannot be opened again: unlock it."
TOO_MANY_THREADS_TEXT = "The server has as many open threads as Discord allows: close some."

MEMBER_OR_USERNAME_TEXT = "Choose a member or a `username`, not both."

CHOICE_EXPIRED_TEXT = "This choice has expired. Use the command again."
NOTHING_DELETED_TEXT = "Nothing was deleted."
NOT_YOUR_CHOICE_TEXT = "Only the person who used the command can choose this."


def defect_text(reference: str) -> str:
    """Return that the bot failed, and what its log calls it."""
    return f"Something went wrong on my side. It has been logged (reference {reference})."


def cooldown_text(seconds: int) -> str:
    """Return that a command was used a moment ago, and how long to wait."""
    return f"This was used a moment ago. Try again in {fmt.plural(seconds, 'second')}."


def unusable_value_text(value: str) -> str:
    """Return that an option names a channel, member or role that the bot cannot see."""
    return f"I can't use {escape(value)} here. Pick one that I can see."


def no_choice_text(value: str) -> str:
    """Return that an option has no such choice."""
    return f"{escape(value)} is not one of the choices. Pick one from the list."


def text_length_text(low: float | None, high: float | None) -> str:
    """Return how many characters an option allows, of which at least one limit is given."""
    if high is None:
        return f"That text is too short or too long: at least {low:,} characters are allowed."
    if low is None:
        return f"That text is too short or too long: at most {high:,} characters are allowed."
    return f"That text is too short or too long: {low:,} to {high:,} characters are allowed."


def out_of_range_text(value: float, low: float | None, high: float | None) -> str:
    """Return which numbers an option allows, of which at least one limit is given."""
    if high is None:
        return f"{value} is out of range: at least {low:,} is allowed."
    if low is None:
        return f"{value} is out of range: at most {high:,} is allowed."
    return f"{value} is out of range: {low:,} to {high:,} is allowed."


def silent_text(count: int) -> str:
    """Return how many competitions are announced nowhere, and what to do."""
    return (
        f"Competitions without a channel for news: {count}; choose a channel:"
        " `/announcements channel:`"
    )


def not_writable_text(channel: str, permissions: Sequence[str]) -> str:
    """Return which permissions are missing in a channel, given as its mention."""
    return f"I can't write in {channel}. Please give me {fmt.join_words(permissions)} there."


def no_thread_text(channel: str, permissions: Sequence[str]) -> str:
    """Return which permissions are missing to open a thread in a channel, given as its mention."""
    return (
        f"I can't open a thread in {channel}. Please give me {fmt.join_words(permissions)} there."
    )


def tag_required_text(forum: str) -> str:
    """Return that the posts of a forum, given as its mention, need a tag that is not there."""
    return (
        f"{forum} requires a tag for each post. Please make the tags *running* and *ended* there,"
        " or give me *Manage Channels*, so that I can."
    )


def thread_locked_text(channel: str) -> str:
    """Return that a thread, given as its mention, is locked, and what to do."""
    return f"{channel} is locked. Please unlock it, or give me *Manage Threads* there."


def unseen_channel_text(channel: str) -> str:
    """Return that a chosen channel, given as its mention, is not seen, and what to do."""
    return (
        f"I can't see {channel}, or it no longer exists. Please give me *View Channel* there, or"
        " choose another one."
    )


def wrong_channel_text(code: int) -> str:
    """Return that a channel takes no messages, with Discord's code."""
    return f"Messages cannot be sent to this kind of channel (Discord error {code})."


def discord_failure_text(status: int) -> str:
    """Return that Discord failed, with the status of its response."""
    return f"Discord answered with an error ({status})."


def message_refused_text(status: int, code: int, reason: str) -> str:
    """Return that Discord refused a message for good; `reason` is Discord's own, if it gave one."""
    if not reason:
        return f"Discord refused the message ({status}, error {code})."
    return f"Discord refused the message ({status}, error {code}): {reason}"


def member_unlinked_text(user_id: int) -> str:
    """Return that another member has no link at all, verified or not."""
    return f"{fmt.member(user_id)} hasn't linked a Kaggle account yet."


def no_pictures_text(channel_id: int) -> str:
    """Return that the bot may send no pictures to a channel, and how to change that."""
    return (
        f"<#{channel_id}>: please give me *Attach Files*; until then announcements have no"
        " pictures."
    )


def unverified_on_board_text(count: int) -> str:
    """Return that members on a board do not count, and what they do; empty if there are none."""
    if count == 0:
        return ""
    if count == 1:
        return (
            "1 member on it has a link that is not verified and does not count here yet: the member"
            " verifies it with `/link`."
        )
    return (
        f"{fmt.number(count)} members on it have links that are not verified and do not count here"
        " yet: each member verifies theirs with `/link`."
    )


def member_unverified_text(user_id: int) -> str:
    """Return that another member's link does not count where only verified ones do."""
    return f"{fmt.member(user_id)} is not verified, so their link does not count here yet."


def unread_text(board: str | None) -> str:
    """Return that a board has not been read yet; None stands for all boards.

    `board` is its name, escaped.
    """
    if board is None:
        return "No board that is followed here has been read yet. See `/status`."
    return f"The board of **{board}** has not been read yet. See `/status`."


def never_on_board_text(names: Sequence[str], board: str | None, *, final: bool) -> str:
    """Return that people never were on a board; no names stand for all who are linked.

    `board` is its name, or None for all boards; `final` says that nobody can appear there any more.
    All names are escaped.
    """
    if board is None and final:
        return _not_on_any_final_board_text(names)
    if board is None:
        return _never_on_any_board_text(names)
    if final:
        return _not_on_final_board_text(names, board)
    if not names:
        return f"Nobody with a link that counts here is on {board} yet."
    if len(names) == 1:
        return f"{names[0]} is not on {board} yet. Teams appear after their first submission."
    who = fmt.join_words(names)
    return f"{who} are not on {board} yet. Teams appear after their first submission."


def _not_on_final_board_text(names: Sequence[str], board: str) -> str:
    if not names:
        return f"Nobody with a link that counts here is on the final board of {board}."
    if len(names) == 1:
        return f"{names[0]} is not on the final board of {board}."
    return f"{fmt.join_words(names)} are not on the final board of {board}."


def _not_on_any_final_board_text(names: Sequence[str]) -> str:
    if not names:
        return "Nobody with a link that counts here is on any final board here."
    if len(names) == 1:
        return f"{names[0]} is not on any final board here."
    return f"{fmt.join_words(names)} are not on any final board here."


def _never_on_any_board_text(names: Sequence[str]) -> str:
    if not names:
        return "Nobody with a link that counts here is on any board followed here yet."
    if len(names) == 1:
        return (
            f"{names[0]} is not on any board followed here yet. Teams appear after their first"
            " submission."
        )
    return (
        f"{fmt.join_words(names)} are not on any board followed here yet. Teams appear after their"
        " first submission."
    )


def neither_user_nor_team_text(user: str, typed: str, board: str | None, *, final: bool) -> str:
    """Return that neither a user is on a board, nor a team with what was typed in its name.

    `board` is its name, or None for all boards; `final` says that nobody can appear there any more.
    `user` and `board` are escaped.
    """
    if board is None and final:
        return (
            f"{user} is not on any final board here, and no team there has"
            f" **{escape(typed)}** in its name. {USERNAME_TEXT}"
        )
    if board is None:
        return (
            f"{user} is not on any board followed here yet, and no team there has"
            f" **{escape(typed)}** in its name. {USERNAME_TEXT}"
        )
    if final:
        return (
            f"{user} is not on the final board of {board}, and no team there has"
            f" **{escape(typed)}** in its name. {USERNAME_TEXT}"
        )
    return (
        f"{user} is not on {board} yet, and no team there has **{escape(typed)}** in its name."
        f" {USERNAME_TEXT}"
    )


def no_team_text(typed: str, board: str | None) -> str:
    """Return that no team of a board has that in its name; None stands for all boards."""
    if board is None:
        return (
            f"No team on any board followed here has **{escape(typed)}** in its name."
            f" {USERNAME_TEXT}"
        )
    return f"No team on {board} has **{escape(typed)}** in its name. {USERNAME_TEXT}"


def team_gone_text(board: str | None) -> str:
    """Return that a chosen team is not on a board; None stands for all boards."""
    if board is None:
        return (
            "That team is not on any board followed here. Type a part of its name, and choose it"
            " from the list."
        )
    return f"That team is not on {board}. Type a part of its name, and choose it from the list."


def which_team_text(typed: str, count: int) -> str:
    """Return the question which team is meant."""
    what = f"**{escape(typed)}**"
    if len(typed.split()) > 1:
        return f"Which team? {fmt.number(count)} teams have all words of {what} in their names."
    return f"Which team? {fmt.number(count)} teams have {what} in their names."


def first_teams_text(shown: int) -> str:
    """Return the note below a question of which not all teams are shown."""
    return (
        f"-# These are the first {shown}: exactly that name first, then by rank. Type more of"
        " the name to find any other."
    )


def first_competitions_text(shown: int, count: int) -> str:
    """Return the note below a question of which not all competitions are shown."""
    return f"-# These are the first {shown} of {count}. Name any other one with `competition`."


def not_followed_text(typed: str) -> str:
    """Return that a server does not follow a competition, and what to do."""
    return (
        f"This server does not follow **{escape(typed, _TYPED_WIDTH)}**. A manager can add it with"
        " `/competition add`."
    )


def not_followed_anywhere_text(typed: str) -> str:
    """Return that none of the user's servers follows a competition."""
    return f"None of the servers in which you are linked follows **{escape(typed, _TYPED_WIDTH)}**."


def unclear_competition_text(typed: str) -> str:
    """Return the question which competition is meant by what was typed."""
    return f"Which competition do you mean by **{escape(typed, _TYPED_WIDTH)}**?"


def was_on_board_text(who: str, board: str, former: FormerMember) -> str:
    """Return that somebody was on a board, until when, and what to do about a new name.

    `who` and `board` are escaped.
    """
    text = (
        f"{who} was {fmt.rank(former.rank)} on {board} until {fmt.date(former.seen_at)} but is no"
        " longer on the board. If the Kaggle user name has changed, use `/link` with the new one."
    )
    return text if former.team is None else f"{text} {_team_on_board_text(former.team)}"


def _team_on_board_text(team: Entry) -> str:
    name, rank = escape(team.team_name), fmt.rank(team.rank)
    members = fmt.join_words(map(escape, team.members))
    if not members:
        return f"**{name}** is still on it: {rank}."
    return f"**{name}** is still on it: {rank} ({members})."
