"""Health reports, which the bot records each minute, and the problems that they show."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

LATE_AFTER_INTERVALS = 3
"""Sync intervals after which a board or a round of syncs is late."""
SILENT_AFTER = timedelta(minutes=3)
"""Age of the last report beyond which the bot counts as hanging; it records one each minute."""
_DISCONNECTED_AFTER = timedelta(minutes=5)
"""Discord ends connections often; they are usually back within seconds."""
_OUTBOX_LATE_AFTER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class HealthReport:
    """The state of the bot at one moment.

    Each `find_..._problem` returns a sentence, or None if nothing is wrong.
    """

    run_id: str
    """Of the bot's process, as `leaderboards.run_id` has it."""
    recorded_at: datetime
    started_at: datetime
    sync_minutes: float
    last_round_at: datetime | None
    """When the last round of syncs ended; None: none since the start."""
    disconnected_at: datetime | None
    """Since when a shard, or the whole bot, has no connection to Discord; None while all are
    connected."""
    oldest_waiting_at: datetime | None
    """Since when the oldest announcement that could be sent waits; None: there is none."""

    def find_round_problem(self) -> str | None:
        """Return what is wrong with the rounds of syncs."""
        waited = self.recorded_at - (self.last_round_at or self.started_at)
        if waited <= LATE_AFTER_INTERVALS * timedelta(minutes=self.sync_minutes):
            return None
        return f"No round of syncs has ended for {_minutes(waited)}."

    def find_gateway_problem(self) -> str | None:
        """Return what is wrong with the connection to Discord."""
        if self.disconnected_at is None:
            return None
        waited = self.recorded_at - self.disconnected_at
        if waited <= _DISCONNECTED_AFTER:
            return None
        return f"There has been no connection to Discord for {_minutes(waited)}."

    def find_outbox_problem(self) -> str | None:
        """Return what is wrong with the delivery of announcements."""
        if self.oldest_waiting_at is None:
            return None
        waited = self.recorded_at - self.oldest_waiting_at
        if waited <= _OUTBOX_LATE_AFTER:
            return None
        return f"An announcement has waited for {_minutes(waited)}."

    def to_json(self) -> str:
        """Return the report as it is stored."""
        return json.dumps(
            {
                "run_id": self.run_id,
                "recorded_at": _to_text(self.recorded_at),
                "started_at": _to_text(self.started_at),
                "sync_minutes": self.sync_minutes,
                "last_round_at": _to_text(self.last_round_at),
                "disconnected_at": _to_text(self.disconnected_at),
                "oldest_waiting_at": _to_text(self.oldest_waiting_at),
            }
        )

    @classmethod
    def from_json(cls, text: str) -> HealthReport:
        """Return the report that was stored."""
        values = json.loads(text)
        return cls(
            run_id=values["run_id"],
            recorded_at=datetime.fromisoformat(values["recorded_at"]),
            started_at=datetime.fromisoformat(values["started_at"]),
            sync_minutes=values["sync_minutes"],
            last_round_at=_from_text(values["last_round_at"]),
            disconnected_at=_from_text(values["disconnected_at"]),
            oldest_waiting_at=_from_text(values["oldest_waiting_at"]),
        )


def _minutes(duration: timedelta) -> str:
    count = int(duration / timedelta(minutes=1))
    return f"{count:,} minute{'' if count == 1 else 's'}"


def _to_text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="seconds")


def _from_text(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
