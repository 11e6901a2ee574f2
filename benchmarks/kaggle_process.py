"""The stand-in for Kaggle in a process of its own, and the CPU that all other processes take."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection

from benchmarks.processes import children_of, cpu_ms
from demo.kaggle import CREDENTIALS, KaggleStandIn
from leaderboards.kaggle.client import KaggleCli
from leaderboards.kaggle.process import CommandStarter

Prepare = Callable[[KaggleStandIn], None]
"""Sets what the stand-in serves; is called in its process, so it must be picklable."""


@dataclass(frozen=True, slots=True)
class KaggleProcess:
    """A running stand-in."""

    pid: int
    port: int
    environment: Mapping[str, str]

    def build_cli(self, start: CommandStarter, concurrency: int) -> KaggleCli:
        """Return a CLI that asks the stand-in."""
        cli = KaggleCli(
            credentials=CREDENTIALS,
            environment=self.environment,
            start=start,
            concurrency=concurrency,
        )
        cli._version_checked = True  # noqa: SLF001 - the version is asked once in a bot's life
        return cli

    def cpu_of_others(self) -> float:
        """Return the CPU milliseconds of this process and its children, without the stand-in."""
        total = cpu_ms(os.getpid())
        for pid in children_of(os.getpid()):
            # After a large board the board worker is replaced.
            with suppress(FileNotFoundError):
                total += 0 if pid == self.pid else cpu_ms(pid)
        return total


@contextmanager
def start_stand_in(prepare: Prepare) -> Iterator[KaggleProcess]:
    """Serve in a process of its own, until the end of the block."""
    context = multiprocessing.get_context("spawn")
    ours, its = context.Pipe()
    process = context.Process(target=_serve, args=(its, prepare), daemon=True)
    process.start()
    try:
        assert process.pid is not None  # noqa: S101
        yield KaggleProcess(process.pid, *ours.recv())
    finally:
        process.terminate()
        process.join()


def _serve(ours: Connection, prepare: Prepare) -> None:
    kaggle = KaggleStandIn()
    prepare(kaggle)
    with kaggle.in_thread():
        ours.send((kaggle.port, kaggle.environment))
        ours.poll(None)  # Until the process is ended.
