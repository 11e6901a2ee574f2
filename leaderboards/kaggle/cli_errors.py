"""Typed errors, each with one sentence for people, from the output of failed CLI calls."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from leaderboards.errors import (
    CliTooOld,
    CompetitionNotFound,
    Forbidden,
    KaggleError,
    KaggleFailed,
    NoNetwork,
    NotLoggedIn,
    RateLimited,
    RulesNotAccepted,
)
from leaderboards.kaggle.environment import INSTALL, TOKEN_PAGE
from leaderboards.kaggle.process import CommandResult
from leaderboards.secret_redaction import HIDDEN

_MAX_LINE_LENGTH = 200


class _Rule(NamedTuple):
    """The pattern of a line that identifies an error, and the error's text."""

    error: type[KaggleError]
    pattern: str
    sentence: str
    """May name the `{slug}` of the competition and the `{line}` with Kaggle's own words."""
    error_without_slug: type[KaggleError] | None = None
    """The error of a call that is about no competition, where it differs."""
    sentence_without_slug: str = ""


START_AGAIN: Final = "start the bot again"
"""What to do so that a new login is used; `doctor` and `sync` replace it in their errors."""

_LOGIN_REFUSED = _Rule(
    NotLoggedIn,
    r"^401\b|^unauth|could not find kaggle\.json|missing (username|key) in configuration"
    r"|^invalid credentials",
    "Kaggle does not accept the bot's login; make a new token at"
    f" {TOKEN_PAGE}, put it into .env as KAGGLE_API_TOKEN, then {START_AGAIN}.",
)
LOGIN_MISSING = (
    f"The bot has no Kaggle login; make a token at {TOKEN_PAGE}, put it into .env as"
    f" KAGGLE_API_TOKEN, then {START_AGAIN}."
)
"""The sentence where there is no login that Kaggle could refuse."""

_NOT_SHOWN = (
    "Kaggle does not show this to the bot's account (403); look whether the account is allowed to"
    " use Kaggle's API."
)

# Version 2 prints Kaggle's own message, or else the status, on standard error. Version 1 prints the
# status on standard output. From 2.2.5 on a hint follows that depends on the status alone, whatever
# the message is.
_RULES = (
    _LOGIN_REFUSED,
    _Rule(
        RateLimited,
        r"^429\b|too ?many ?requests|resource_exhausted|rate limit",
        "Kaggle asks for fewer calls (429); wait some minutes before the next one.",
    ),
    _Rule(
        RulesNotAccepted,
        r"(must|(?<!may )need to|until you) accept .*\brules",
        "The bot's Kaggle account has not accepted the rules of {slug}; accept them with it at"
        " https://www.kaggle.com/competitions/{slug}/rules and try again.",
        Forbidden,
        _NOT_SHOWN,
    ),
    _Rule(
        Forbidden,
        r"^403\b|^forbidden|^permission denied|permission \S+ was (denied|not satisfied)"
        r"|^you don't have access to this resource",
        # Kaggle also answers 403 for some slugs that do not exist.
        "Kaggle does not show {slug} to the bot's account: the slug is mistyped, or the competition"
        " is private or not joined. Check the slug, accept the rules at"
        " https://www.kaggle.com/competitions/{slug}/rules, or use an account that was invited.",
        Forbidden,
        _NOT_SHOWN,
    ),
    _Rule(
        CompetitionNotFound,
        r"^404\b|^([\w']+ ){0,3}not ?found\.?$|^the resource was not found\.",
        "Kaggle knows no competition {slug}; a competition's slug is the last part of its address,"
        " as in https://www.kaggle.com/competitions/titanic.",
        KaggleFailed,
        "Kaggle found nothing under this name (404); check the name, or try again in some minutes.",
    ),
    _Rule(
        NoNetwork,
        r"certificate_verify_failed|sslerror",
        "Kaggle's certificate is not trusted on this machine; set REQUESTS_CA_BUNDLE to the file of"
        " the certificates that its network needs.",
    ),
    _Rule(
        NoNetwork,
        r"connectionpool\(|connection (aborted|broken|refused|reset)|incompleteread"
        r"|max retries exceeded|name ?resolution|network is unreachable",
        "Kaggle cannot be reached; check the network connection of this machine, and its proxy if"
        " it needs one.",
    ),
    _Rule(
        KaggleFailed,
        r"^5\d\d server error|^this is a problem on kaggle's side",
        "Kaggle has trouble of its own ({line}); try again in some minutes.",
    ),
    _Rule(
        CliTooOld,
        r"unrecognized arguments|invalid choice",
        f"The Kaggle CLI is too old for this ({{line}}); {INSTALL}",
    ),
)

_LOGIN_HELP = "Authentication required to call the Kaggle API"
"""Printed for a missing and for a refused login."""
_INVALID_CREDENTIALS = "Invalid credentials"
_TRACEBACK = "Traceback (most recent call last)"
_EXCEPTION = re.compile(r"^(?:\w+\.)*[A-Z]\w*(?:Error|Exception|Timeout|Exit): ")
_WARNING = re.compile(
    r"^(?:⚠ )?Warning: .*\n?|^\S+:\d+: \w*Warning: .*\n?(?:[ \t]+\S.*\n?)?", re.MULTILINE
)
"""The CLI's own warnings, and Python's with the line of code that follows."""
_HINT = re.compile(
    r"you don't have|the resource was|you have been|this is a problem", re.IGNORECASE
)
_URL = re.compile(r" for url: \S+")
# Credentials in the CLI's own files are not registered with `secret_redaction`.
_AUTHORIZATION = re.compile(
    r"\b(basic|bearer) [\w+/=.~-]+|\bKGAT_\w+|(?<=://)[^\s/@]+@", re.IGNORECASE
)


def classify_failure(
    result: CommandResult, slug: str | None, *, has_login: bool = True
) -> KaggleError:
    """Return the error of a call that failed; slug is None if it was about no competition.

    `has_login` tells a refused login from a missing one, of which the CLI says the same.
    """
    error = _find_error(result, slug)
    # After 'Invalid credentials' the CLI has deleted the stored login, so `has_login` is false
    # although one was refused.
    refused = has_login or _INVALID_CREDENTIALS in result.stdout + result.stderr
    if isinstance(error, NotLoggedIn) and not refused:
        return NotLoggedIn(LOGIN_MISSING)
    return error


def _find_error(result: CommandResult, slug: str | None) -> KaggleError:
    if _LOGIN_HELP in result.stdout:
        return NotLoggedIn(_LOGIN_REFUSED.sentence)
    outputs = [_WARNING.sub("", output).strip() for output in (result.stderr, result.stdout)]
    messages = [_find_message(output) for output in outputs if output]
    # The message is not always where it is expected: usage and hints stand around it.
    others = [line.strip() for output in outputs for line in reversed(output.splitlines())]
    for line in (*messages, *others):
        for rule in _RULES:
            if re.search(rule.pattern, line, re.IGNORECASE):
                kaggles_words = messages[0] if _HINT.match(line) else line
                return _build_error(rule, slug, sanitize_line(kaggles_words))
    if result.code < 0:
        return KaggleFailed(
            f"The Kaggle CLI was ended from outside (signal {-result.code}); look whether this"
            " machine is short of memory."
        )
    line = messages[0] if messages else f"exit code {result.code}, without a message"
    return KaggleFailed(f"The Kaggle CLI failed: {sanitize_line(line)}")


def _build_error(rule: _Rule, slug: str | None, line: str) -> KaggleError:
    if slug is None and rule.error_without_slug is not None:
        return rule.error_without_slug(rule.sentence_without_slug)
    return rule.error(rule.sentence.format(slug=slug, line=line))


def sanitize_line(line: str) -> str:
    """Return a line of the CLI without credentials, URL and control characters, cut if long."""
    line = _AUTHORIZATION.sub(HIDDEN, _URL.sub("", line))
    line = "".join(character for character in line if character.isprintable())
    return line if len(line) <= _MAX_LINE_LENGTH else line[: _MAX_LINE_LENGTH - 1] + "…"


def _find_message(output: str) -> str:
    """Return the last line of the error in an output, without the exception's name."""
    if _TRACEBACK not in output:
        # From 2.2.5 on a hint for people follows in a paragraph of its own.
        output = re.split(r"\n\s*\n", output)[0]
    return _EXCEPTION.sub("", output.splitlines()[-1].strip())
