"""Logging: one line per record, times in UTC, secrets redacted."""

from __future__ import annotations

import logging
import sys
from datetime import UTC, datetime
from types import TracebackType
from typing import TextIO

from leaderboards.secret_redaction import redact_secrets

_CONTROL = {code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160))}


class PodiumFormatter(logging.Formatter):
    """Formatter that redacts secrets in messages and tracebacks."""

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
        """Return the message on one line: names from outside may hold line breaks."""
        return super().formatMessage(record).translate(_CONTROL)


def set_up(level: str, stream: TextIO | None = None) -> None:
    """Send all records, warnings and uncaught exceptions to one handler."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(PodiumFormatter())
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
