"""Classification of the errors of a send, and the sentence that managers read."""

from __future__ import annotations

from enum import Enum, auto

import aiohttp
import discord

from cogs.framework.texts import (
    BUG_TEXT,
    CHANNEL_GONE_TEXT,
    NOT_ALLOWED_TEXT,
    TAG_REQUIRED_TEXT,
    THREAD_ARCHIVED_TEXT,
    THREAD_LOCKED_TEXT,
    TOO_MANY_THREADS_TEXT,
    UNREACHABLE_TEXT,
    discord_failure_text,
    message_refused_text,
    wrong_channel_text,
)
from leaderboards.errors import LeaderboardError
from leaderboards.secret_redaction import redact_secrets

UNKNOWN_CHANNEL = 10003
UNKNOWN_MESSAGE = 10008
"""The message was deleted."""
ALREADY_PUBLISHED = 40033
WRONG_CHANNEL_KIND = 50024
THREAD_ARCHIVED = 50083
"""The thread is archived: it takes only messages, which open it again unless it is locked."""
THREAD_EXISTS = 160004
"""The message has a thread."""

# https://discord.com/developers/docs/topics/opcodes-and-status-codes#json-json-error-codes
_MESSAGE_CODES = frozenset(
    {
        20009,  # explicit content
        30015,  # too many attachments
        40005,  # request too large
        50006,  # empty
        50035,  # invalid form body
        50045,  # file too large
        50046,  # invalid file
        50109,  # invalid JSON
        200000,  # automatic moderation
        240000,  # harmful links
    }
)

_THREAD_TEXTS = {
    40067: TAG_REQUIRED_TEXT,
    THREAD_ARCHIVED: THREAD_ARCHIVED_TEXT,
    160005: THREAD_LOCKED_TEXT,
    160006: TOO_MANY_THREADS_TEXT,
    160007: TOO_MANY_THREADS_TEXT,  # of announcement channels
}
"""Why nothing can be sent to a thread, or no post be created, by Discord's code."""
_CHANNEL_CODES = frozenset(
    {
        40058,  # a forum, in which there are only threads
        50008,  # no text channel
        WRONG_CHANNEL_KIND,
        *_THREAD_TEXTS,
    }
)
_TEMPORARY_CODES = frozenset(
    {
        40006,  # switched off for now
        40333,  # refused by the network in front of Discord
    }
)
_TOO_LARGE = 413
_TEMPORARY_STATUSES = frozenset({401, 408, 425, 429})
_MAX_TEXT = 300


class ErrorMeaning(Enum):
    """Kind of a failure: of the attempt, of the channel or of the message."""

    TEMPORARY = auto()
    """A later attempt may succeed: every 5xx, a rate limit, a lost connection."""
    CHANNEL = auto()
    """No message can be sent to the channel until a manager changes it."""
    MESSAGE = auto()
    """Discord refuses this message for good."""
    MESSAGE_SUSPECT = auto()
    """The message itself may be at fault; after several attempts it counts as refused for good."""


def classify_error(error: Exception) -> ErrorMeaning:
    """Return what failed when a message could not be sent."""
    match error:
        case discord.HTTPException():
            return _classify_response(error)
        case OSError() | aiohttp.ClientError() | LeaderboardError():
            # A `LeaderboardError` here is a database that cannot be used at present.
            return ErrorMeaning.TEMPORARY
    return ErrorMeaning.MESSAGE_SUSPECT


def _classify_response(error: discord.HTTPException) -> ErrorMeaning:
    if error.status >= 500 or error.status in _TEMPORARY_STATUSES or error.code in _TEMPORARY_CODES:
        return ErrorMeaning.TEMPORARY
    if error.status == _TOO_LARGE or error.code in _MESSAGE_CODES:
        return ErrorMeaning.MESSAGE
    if isinstance(error, (discord.Forbidden, discord.NotFound)) or error.code in _CHANNEL_CODES:
        return ErrorMeaning.CHANNEL
    return ErrorMeaning.MESSAGE_SUSPECT


def is_expected(error: Exception) -> bool:
    """Return whether Discord or the connection failed, and not the bot."""
    return isinstance(error, (discord.HTTPException, OSError, aiohttp.ClientError))


def is_temporary(error: Exception) -> bool:
    """Return whether Discord or the connection failed, and may work again in a moment.

    Unlike in `classify_error`, other errors of the machine or the database do not count.
    """
    if isinstance(error, discord.HTTPException):
        return _classify_response(error) is ErrorMeaning.TEMPORARY
    return isinstance(error, (aiohttp.ClientError, ConnectionError, TimeoutError))


def describe_error(error: Exception) -> str:
    """Return the sentence for managers that says why a message could not be sent."""
    match error:
        case discord.HTTPException():
            return _describe_response(error)
        case OSError() | aiohttp.ClientError():
            return UNREACHABLE_TEXT
    return BUG_TEXT


def _describe_response(error: discord.HTTPException) -> str:
    if error.code in _THREAD_TEXTS:
        return _THREAD_TEXTS[error.code]
    match _classify_response(error):
        case ErrorMeaning.CHANNEL if error.status == 404:
            return CHANNEL_GONE_TEXT
        case ErrorMeaning.CHANNEL if error.status == 403:
            return NOT_ALLOWED_TEXT
        case ErrorMeaning.CHANNEL:
            return wrong_channel_text(error.code)
        case ErrorMeaning.TEMPORARY:
            return discord_failure_text(error.status)
    reason = redact_secrets(error.text)[:_MAX_TEXT]
    return message_refused_text(error.status, error.code, reason)
