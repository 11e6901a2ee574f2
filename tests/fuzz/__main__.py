"""`make fuzz`: read 200,000 generated zip files and CSVs with two processes, and print figures."""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import time
from concurrent.futures import ProcessPoolExecutor

from tests.fuzz.cases import Figures, build_case, check_board
from tests.fuzz.worker import limit_memory, run_chunk

_CHUNK = 1000
_WORKERS = 2


def main() -> int:
    """Run all, or one case to see its error."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--cases", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--case", type=int, help="read only this one")
    arguments = parser.parse_args()
    if arguments.case is not None:
        read = build_case(arguments.seed, arguments.case)
        board = read()
        _say(str(board))
        check_board(board)
        return 0
    return _run(arguments.cases, arguments.seed)


def _run(cases: int, seed: int) -> int:
    began, figures = time.monotonic(), Figures()
    chunks = [(seed, start, min(start + _CHUNK, cases)) for start in range(0, cases, _CHUNK)]
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(_WORKERS, spawn, limit_memory) as pool:
        for done, part in enumerate(pool.map(run_chunk, chunks), start=1):
            figures.add(part)
            if done % 20 == 0 or done == len(chunks):
                _say(f"{figures.cases:,} of {cases:,} in {time.monotonic() - began:.0f} s")
    for failure in figures.failures[:20]:
        _say(failure)
    _say("")
    _say(f"cases          {figures.cases:>9,}  (seed {seed}, {time.monotonic() - began:.0f} s)")
    _say(f"boards         {figures.boards:>9,}")
    for kind, count in figures.refusals.most_common():
        _say(f"{kind:14} {count:>9,}")
    _say(f"reasons        {len(figures.sentences):>9,}")
    _say(f"anything else  {len(figures.failures):>9,}")
    _say(f"slowest case   {figures.slowest:>9.2f} s (case {figures.slowest_case})")
    _say(f"peak memory    {figures.peak_bytes / 2**20:>9.0f} MiB")
    return 1 if figures.failures or figures.cases != cases else 0


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
