"""Policy of when an announcement that could not be sent is retried, and when abandoned.

Only the outbox follows it: `direct_messages.py`, `publisher.py` and
`cogs/calendar/scheduled_event_service.py` have rules of their own. `classify_error` in
`cogs/framework/discord_errors.py` decides which errors are of which kind: a 5xx, for example, is
temporary. Before a 500, 502, 504 or 524 reaches this policy, discord.py has sent the request five
times, with pauses of 1 to 9 seconds; a new forum post only once (`send_once`).
"""

from __future__ import annotations

from datetime import timedelta

from cogs.framework.discord_errors import ErrorMeaning

FIRST_PAUSE = timedelta(seconds=15)
LONGEST_PAUSE = timedelta(minutes=30)
CLOSED_CHANNEL_PAUSE = timedelta(hours=1)
"""For a channel that is gone or closed to the bot, unless an event says that it was changed."""

MERGE_AFTER = timedelta(days=1)
"""Once a channel's oldest message has waited this long, all that waits there is merged, so that a
channel that opens again is not flooded."""

SUSPECT_FAILURES = 10
"""After so many failures as `MESSAGE_SUSPECT` in a row, in about an hour and a half, the message
counts as refused for good."""


def pause_before_retry(meaning: ErrorMeaning, failures: int) -> timedelta:
    """Return how long a channel is left alone after a failure.

    `failures` counts the message's earlier failures; each doubles the pause.
    """
    match meaning:
        case ErrorMeaning.CHANNEL:
            return CLOSED_CHANNEL_PAUSE
        case ErrorMeaning.TEMPORARY | ErrorMeaning.MESSAGE | ErrorMeaning.MESSAGE_SUSPECT:
            return min(FIRST_PAUSE * (1 << min(failures, 12)), LONGEST_PAUSE)


def is_final(meaning: ErrorMeaning, suspect_failures: int) -> bool:
    """Return whether a failure means that the message is abandoned.

    `suspect_failures` counts how often in a row before this the message failed as
    `MESSAGE_SUSPECT`.
    """
    match meaning:
        case ErrorMeaning.MESSAGE:
            return True
        case ErrorMeaning.MESSAGE_SUSPECT:
            return suspect_failures + 1 >= SUSPECT_FAILURES
        case ErrorMeaning.TEMPORARY | ErrorMeaning.CHANNEL:
            return False
