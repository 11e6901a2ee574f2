"""`make bench`: measure every topic, print its table, and keep its figures."""

from __future__ import annotations

import argparse
import os
import platform
import sqlite3
import sys
from datetime import UTC, datetime

import pandas as pd

from benchmarks import TOPICS
from benchmarks.figure import format_table, save_figures
from benchmarks.report import refresh
from benchmarks.topic import measure


def main() -> int:
    """Measure what was asked for."""
    arguments = _parse_arguments()
    for topic in arguments.only or TOPICS:
        print(f"\n{topic}: {TOPICS[topic]}", flush=True)
        figures = measure(topic, short=arguments.short)
        print(format_table(figures), flush=True)
        if not arguments.short:
            save_figures(topic, figures, _describe_run())
    if not arguments.short:
        refresh()
    return 0


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--only",
        type=_parse_topics,
        metavar="TOPIC,…",
        help="; ".join(f"{topic}: {about}" for topic, about in TOPICS.items()),
    )
    parser.add_argument("--short", action="store_true", help="only see that they run; keep nothing")
    return parser.parse_args()


def _parse_topics(text: str) -> list[str]:
    topics = [topic for topic in text.split(",") if topic]
    unknown = [topic for topic in topics if topic not in TOPICS]
    if unknown:
        raise argparse.ArgumentTypeError(f"no topic {unknown[0]!r}; there are {', '.join(TOPICS)}")
    return topics


def _describe_run() -> dict[str, str]:
    return {
        "measured": f"{datetime.now(UTC):%Y-%m-%d}",
        "machine": f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}",
        "python": f"Python {platform.python_version()}",
        "sqlite": f"SQLite {sqlite3.sqlite_version}",
        "pandas": f"pandas {pd.__version__}",
    }


if __name__ == "__main__":
    sys.exit(main())
