"""One topic, measured in a process of its own."""

from __future__ import annotations

import importlib
import multiprocessing
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from benchmarks import Effort
from benchmarks.figure import Figure


def measure(topic: str, *, short: bool) -> list[Figure]:
    """Measure a topic in a new process and return its figures."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(_run_topic, topic, short).result()


def _run_topic(topic: str, short: bool) -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="podium-bench-", ignore_cleanup_errors=True) as name:
        module = importlib.import_module(f"benchmarks.topics.{topic}")
        return list(module.figures(Effort(Path(name), short=short)))
