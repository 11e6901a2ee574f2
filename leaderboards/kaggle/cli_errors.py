"""Turns what the Kaggle CLI prints when it fails into a typed error with one clear sentence."""

from __future__ import annotations

import re
from typing import NamedTuple

from leaderboards.errors import (
    CliTooOld,
    CompetitionNotFound,
    Forbidden,
    KaggleError,
    KaggleFailed,
    NoNetwork,
    NotLoggedIn,
    RateLimited,
)
from leaderboards.kaggle.environment import INSTALL
from leaderboards.kaggle.process import Finished
from leaderboards.secret_redaction import HIDDEN

_LONGEST = 200


class _Sign(NamedTuple):
    """By what a failure is known, and what is said of it."""

    error: type[KaggleError]
    pattern: str
    sentence: str


_NOT_LOGGED_IN = _Sign(
    NotLoggedIn,
    r"^401\b|^unauth|could not find kaggle\.json|missing (username|key) in configuration"
    r"|^invalid credentials",
    "Kaggle does not accept the bot's login; put a token from https://www.kaggle.com/settings/api"
    " into .env as KAGGLE_API_TOKEN and start the bot again.",
)

# Version 2 prints only Kaggle's own sentence where there is one, and else its status, on standard
# error. Version 1 prints the status, on standard output.
_SIGNS = (
    _NOT_LOGGED_IN,
    _Sign(
        RateLimited,
        r"^429\b|too ?many ?requests|resource_exhausted|rate limit",
        "Kaggle asks for fewer calls (429); wait some minutes before the next one.",
    ),
    _Sign(
        Forbidden,
        r"^403\b|^forbidden|permission \S+ was (denied|not satisfied)"
        r"|(must|need to|until you) accept .*\brules",
        # Kaggle says the same of a name that does not exist.
        "Kaggle does not show {slug} to this account; check the name, accept the rules at"
        " https://www.kaggle.com/competitions/{slug}/rules, or use an account that was invited if"
        " it is private.",
    ),
    _Sign(
        CompetitionNotFound,
        r"^404\b|^([\w']+ ){0,3}not ?found\.?$",
        "Kaggle knows no competition {slug}; its name is the last part of its address, as in"
        " https://www.kaggle.com/competitions/titanic.",
    ),
    _Sign(
        NoNetwork,
        r"certificate_verify_failed|sslerror",
        "Kaggle's certificate is not trusted on this machine; set REQUESTS_CA_BUNDLE to the file of"
        " the certificates that its network needs.",
    ),
    _Sign(
        NoNetwork,
        r"connectionpool\(|connection (aborted|broken|refused|reset)|incompleteread"
        r"|max retries exceeded|name ?resolution|network is unreachable",
        "Kaggle cannot be reached; check the network connection of this machine, and its proxy if"
        " it needs one.",
    ),
    _Sign(
        KaggleFailed,
        r"^5\d\d server error",
        "Kaggle has trouble of its own ({line}); try again in some minutes.",
    ),
    _Sign(
        CliTooOld,
        r"unrecognized arguments|invalid choice",
        f"The Kaggle CLI is too old for this ({{line}}); {INSTALL}",
    ),
)

_HELP = "Authentication required to call the Kaggle API"
_TRACEBACK = "Traceback (most recent call last)"
_EXCEPTION = re.compile(r"^(?:\w+\.)*[A-Z]\w*(?:Error|Exception|Timeout|Exit): ")
_URL = re.compile(r" for url: \S+")
# A login that the CLI finds by itself is known to nobody else.
_AUTHORIZATION = re.compile(
    r"\b(basic|bearer) [\w+/=.~-]+|\bKGAT_\w+|(?<=://)[^\s/@]+@", re.IGNORECASE
)


def classify_failure(ended: Finished, slug: str | None) -> KaggleError:
    """Return the error of a call that failed; slug is None if it was about no competition."""
    if _HELP in ended.stdout:
        return NotLoggedIn(_NOT_LOGGED_IN.sentence)
    outputs = (ended.stderr, ended.stdout)
    messages = [message for output in outputs if (message := _find_message(output))]
    # The message is not always where it is expected: warnings and hints stand around it.
    others = (line for output in outputs for line in reversed(output.splitlines()))
    for line in (*messages, *others):
        for error, pattern, sentence in _SIGNS:
            if slug is None and "{slug}" in sentence:
                continue
            if re.search(pattern, line, re.IGNORECASE):
                return error(sentence.format(slug=slug, line=presentable(line)))
    if ended.code < 0:
        return KaggleFailed(
            f"The Kaggle CLI was ended from outside (signal {-ended.code}); look whether this"
            " machine is short of memory."
        )
    line = messages[0] if messages else f"exit code {ended.code}, and not a word"
    return KaggleFailed(f"The Kaggle CLI failed: {presentable(line)}")


def presentable(line: str) -> str:
    """Make a line of the CLI fit to be shown: no login, no address, not too long."""
    line = _AUTHORIZATION.sub(HIDDEN, _URL.sub("", line))
    line = "".join(character for character in line if character.isprintable())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"


def _find_message(output: str) -> str:
    """Return the last line of the error in an output, without the exception's name."""
    if _TRACEBACK not in output:
        # From 2.2.5 on a hint for people follows in a paragraph of its own.
        output = re.split(r"\n\s*\n", output.strip())[0]
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return _EXCEPTION.sub("", lines[-1]) if lines else ""
