"""Metrics for Prometheus, served by HTTP. docs/monitoring.md says what they mean."""

from __future__ import annotations

import logging
import math
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from datetime import datetime

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Metric, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from bot.client import Podium
from bot.commands.errors import CommandError
from bot.settings import split_address
from cogs.syncing.health_service import HealthService
from cogs.syncing.sync_service import SyncService
from leaderboards.errors import KaggleError, LeaderboardError
from leaderboards.kaggle.client import ANSWERED, KaggleCli
from leaderboards.outcomes import INTERNAL_ERROR, OutcomeCounts, format_outcome
from leaderboards.sync import Outcome
from records.outbox import DeliveryOutcome

logger = logging.getLogger(__name__)


@asynccontextmanager
async def serve_metrics(address: str, bot: Podium, kaggle: KaggleCli) -> AsyncIterator[None]:
    """Serve the metrics at `host:port`; raise `CommandError` if that cannot be used.

    In the event loop: if it hangs, Prometheus gets no answer, as it should.
    """

    async def respond(_request: web.Request) -> web.Response:
        try:
            text = _render(await _measure(bot, kaggle))
        except LeaderboardError as error:
            logger.warning("The metrics could not be read: %s", error)
            return web.Response(status=503, text=f"{error}\n")
        return web.Response(body=text, headers={"Content-Type": CONTENT_TYPE_LATEST})

    host, port = split_address(address)
    application = web.Application()
    application.router.add_get("/metrics", respond)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            # asyncio puts the address before the reason.
            reason = (error.strerror or str(error)).rpartition(": ")[2]
            raise CommandError(
                f"METRICS_ADDRESS {address} cannot be used ({reason}): choose a port that no other"
                " program uses, and an address of this machine."
            ) from error
        logger.info("Metrics are at http://%s/metrics", address)
        yield
    finally:
        await runner.cleanup()


def _render(metrics: Iterable[Metric]) -> bytes:
    """Return metrics in Prometheus' text format."""

    class Measured(Collector):
        def collect(self) -> Iterable[Metric]:
            return metrics

    registry = CollectorRegistry()
    registry.register(Measured())
    return generate_latest(registry)


async def _measure(bot: Podium, kaggle: KaggleCli) -> list[Metric]:
    """Return all metrics as they are now; raise `LeaderboardError` if the database fails."""
    services = bot.services
    storage, now = services.storage, services.now()
    report = await services.get(HealthService).build_report()
    oldest_sync = await storage.competitions.find_oldest_sync()
    return [
        _counter(
            "podium_syncs",
            "Syncs of competitions since the start.",
            services.get(SyncService).outcomes,
            [*Outcome, *_list_error_outcomes(LeaderboardError)],
        ),
        _counter(
            "podium_kaggle_calls",
            "Calls of the Kaggle CLI since the start.",
            kaggle.outcomes,
            [ANSWERED, *_list_error_outcomes(KaggleError)],
        ),
        _counter(
            "podium_announcements",
            "Attempts to deliver an announcement since the start.",
            services.announcement_outcomes,
            list(DeliveryOutcome),
        ),
        _gauge(
            "podium_oldest_board_age_seconds",
            "Time since the last sync of the competition that has waited longest for one.",
            _seconds_since(oldest_sync, now),
        ),
        _gauge(
            "podium_outbox_waiting",
            "Announcements that wait, also those for a channel in which the bot cannot write.",
            await storage.outbox.count_waiting(),
        ),
        _gauge(
            "podium_outbox_oldest_wait_seconds",
            "How long the oldest announcement that could be sent has waited.",
            _seconds_since(report.oldest_waiting_at, now),
        ),
        _latency(bot.latencies),
        _gauge(
            "podium_gateway_disconnected_seconds",
            "For how long a shard has had no connection to Discord.",
            _seconds_since(report.disconnected_at, now),
        ),
    ]


def _list_error_outcomes(kind: type[LeaderboardError]) -> list[str]:
    """Return `internal_error` and the outcome of each subclass of `kind`."""
    return [INTERNAL_ERROR, *map(format_outcome, _find_subclasses(kind))]


def _find_subclasses(kind: type[LeaderboardError]) -> Iterator[type[LeaderboardError]]:
    """Yield all subclasses of an error."""
    for subclass in kind.__subclasses__():
        yield subclass
        yield from _find_subclasses(subclass)


def _counter(name: str, text: str, counts: OutcomeCounts, known: Iterable[str]) -> Metric:
    """Build a counter by outcome, with 0 for known ones: Prometheus misses a first increase."""
    family = CounterMetricFamily(name, text, labels=["outcome"])
    for outcome, count in {**dict.fromkeys(known, 0), **counts}.items():
        family.add_metric([outcome], count)
    return family


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, text, value=value)


def _latency(latencies: Iterable[tuple[int, float]]) -> Metric:
    """Build the latency of each shard that has one: it is not finite before the first heartbeat."""
    family = GaugeMetricFamily(
        "podium_gateway_latency_seconds",
        "Time in which Discord answered the last heartbeat.",
        labels=["shard"],
    )
    for shard, latency in latencies:
        if math.isfinite(latency):
            family.add_metric([str(shard)], latency)
    return family


def _seconds_since(moment: datetime | None, now: datetime) -> float:
    return 0 if moment is None else (now - moment).total_seconds()
