"""What it means that a message could not be sent, and in which words that is told."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum, auto

import aiohttp
import discord

from leaderboards.secret_redaction import redact_secrets
from storage.errors import DatabaseUnusable

UNKNOWN_CHANNEL = 10003
UNKNOWN_MESSAGE = 10008
"""What Discord answers when the message that a nonce stands for is there no more."""

# https://discord.com/developers/docs/topics/opcodes-and-status-codes#json-json-error-codes
_OF_THE_MESSAGE = frozenset(
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
_OF_THE_CHANNEL = frozenset(
    {
        40058,  # a forum, in which there are only threads
        50008,  # no text channel
        50024,  # wrong kind of channel
        50083,  # an archived thread
    }
)
_PASSING = frozenset(
    {
        40006,  # switched off for now
        40333,  # turned away before Discord
    }
)
_TOO_LARGE = 413
_FOR_NOW = frozenset({401, 408, 425, 429})
_LONGEST = 300


class ErrorMeaning(Enum):
    """Whose affair a failure is."""

    MOMENT = auto()
    """The next try may go well."""
    CHANNEL = auto()
    """Nothing goes there until it is mended."""
    MESSAGE = auto()
    """Discord will never take it."""
    UNCLEAR = auto()
    """The message's, if it stays so."""


def classify_error(error: Exception) -> ErrorMeaning:
    """Tell whose affair it is that a message could not be sent."""
    match error:
        case discord.HTTPException():
            return _meaning_of_answer(error)
        case OSError() | aiohttp.ClientError() | DatabaseUnusable():
            return ErrorMeaning.MOMENT
    return ErrorMeaning.UNCLEAR


def _meaning_of_answer(error: discord.HTTPException) -> ErrorMeaning:
    if error.status >= 500 or error.status in _FOR_NOW or error.code in _PASSING:
        return ErrorMeaning.MOMENT
    if error.status == _TOO_LARGE or error.code in _OF_THE_MESSAGE:
        return ErrorMeaning.MESSAGE
    if isinstance(error, (discord.Forbidden, discord.NotFound)) or error.code in _OF_THE_CHANNEL:
        return ErrorMeaning.CHANNEL
    return ErrorMeaning.UNCLEAR


def made_nothing(error: Exception, tries: Sequence[int | None]) -> bool:
    """Tell whether Discord answered to every try that there is no message.

    `tries` are the statuses of the tries that discord.py made before it raised the error. After a
    5xx, or without an answer, there may be a message, whatever a later try was answered with.
    """
    if not isinstance(error, discord.HTTPException):
        return False
    return all(status is not None and 400 <= status < 500 for status in (*tries, error.status))


def is_expected(error: Exception) -> bool:
    """Tell whether Discord or the connection to it is at fault, and not the bot."""
    return isinstance(error, (discord.HTTPException, OSError, aiohttp.ClientError))


def sentence_for(error: Exception) -> str:
    """Say for managers why a message could not be sent."""
    match error:
        case discord.HTTPException():
            return _sentence_for_answer(error)
        case OSError() | aiohttp.ClientError():
            return "Discord could not be reached."
    return "An error of the bot itself; its log tells more."


def _sentence_for_answer(error: discord.HTTPException) -> str:
    match _meaning_of_answer(error):
        case ErrorMeaning.CHANNEL if error.status == 404:
            return "The channel is gone."
        case ErrorMeaning.CHANNEL if error.status == 403:
            return "I may not write there; allow me View Channel and Send Messages."
        case ErrorMeaning.CHANNEL:
            return f"Nobody can write in a channel of this kind (Discord's error {error.code})."
        case ErrorMeaning.MOMENT:
            return f"Discord answered with an error ({error.status})."
    said = f": {redact_secrets(error.text)[:_LONGEST]}" if error.text else "."
    return f"Discord refuses the message ({error.status}, error {error.code}){said}"
