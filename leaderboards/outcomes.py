"""Counts of the outcomes of syncs, calls and announcements, for the metrics."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from leaderboards.errors import LeaderboardError

INTERNAL_ERROR = "internal_error"
"""The outcome of what ended in an error that nothing expects."""

_WORD_START = re.compile(r"(?<!^)(?=[A-Z])")


class OutcomeCounts(Counter[str]):
    """Counts of each outcome since the start of the bot."""

    @contextmanager
    def count_errors(self) -> Iterator[None]:
        """Count the error that ends the block by its kind, and raise it again."""
        try:
            yield
        except LeaderboardError as error:
            self[format_outcome(type(error))] += 1
            raise
        except Exception:
            self[INTERNAL_ERROR] += 1
            raise


def format_outcome(kind: type[LeaderboardError]) -> str:
    """Return the outcome for a kind of error, such as `rate_limited`."""
    return _WORD_START.sub("_", kind.__name__).lower()
