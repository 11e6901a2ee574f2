"""Logging: one line per record, as text or as JSON; times in UTC, secrets redacted."""

from __future__ import annotations

import json
import logging
import re
import sys
from datetime import UTC, datetime
from enum import StrEnum
from types import TracebackType
from typing import TextIO

from cogs.framework.log_context import get_log_subject
from leaderboards.secret_redaction import redact_secrets

_CONTROL = {code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160))}


class LogFormat(StrEnum):
    """Format in which records are written."""

    TEXT = "text"
    """For people: a line each, with the lines of a traceback after it."""
    JSON = "json"
    """For collectors: an object each."""


class TextFormatter(logging.Formatter):
    """Formatter that writes a record as text, without secrets."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """Return a record as text, with its exception."""
        return redact_secrets(super().format(record))

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802
        """Return the time of a record in UTC."""
        del datefmt
        return f"{datetime.fromtimestamp(record.created, UTC):%Y-%m-%d %H:%M:%SZ}"

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802
        """Return the message on one line: names from outside may hold line breaks.

        The server and the competition follow unless the message names them.
        """
        subject = [
            f"server {value}" if name == "server" else value
            for name, value in get_log_subject().items()
            if not re.search(rf"(?<![\w-]){re.escape(value)}(?![\w-])", record.message)
        ]
        line = super().formatMessage(record)
        return (f"{line} ({', '.join(subject)})" if subject else line).translate(_CONTROL)


class JsonFormatter(logging.Formatter):
    """Formatter that writes a record as one JSON object, without secrets."""

    def format(self, record: logging.LogRecord) -> str:
        """Return a record as JSON."""
        values = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **get_log_subject(),
        }
        if record.exc_info:
            values["exception"] = self.formatException(record.exc_info)
        # Redact before JSON escapes characters of a secret.
        redacted = {name: redact_secrets(value) for name, value in values.items()}
        return json.dumps(redacted, ensure_ascii=False)


_FORMATTERS = {LogFormat.TEXT: TextFormatter, LogFormat.JSON: JsonFormatter}


def set_up(
    level: str, stream: TextIO | None = None, log_format: LogFormat = LogFormat.TEXT
) -> None:
    """Send all records, warnings and uncaught exceptions to one handler."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_FORMATTERS[log_format]())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    logging.captureWarnings(capture=True)
    # discord.py logs every request at DEBUG.
    logging.getLogger("discord").setLevel(max(logging.INFO, logging.getLevelName(level)))
    sys.excepthook = _log_uncaught


def _log_uncaught(
    kind: type[BaseException], error: BaseException, traceback: TracebackType | None
) -> None:
    logging.getLogger("bot").critical("Stopped by an error", exc_info=(kind, error, traceback))
