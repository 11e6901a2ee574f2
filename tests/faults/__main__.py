"""`make faults`: meet every fault, and print what was observed of each."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

TESTS = Path(__file__).parent.parent
_SYNCING = TESTS / "cogs" / "syncing"
PATHS = (TESTS / "faults", _SYNCING / "test_kaggle_lockout.py", _SYNCING / "test_health.py")
_FAULT, _OBSERVED = 40, 90


@dataclass(eq=False)
class Table:
    """Collects a line a test: its properties `fault` and `observed`, or else its name."""

    lines: list[tuple[str, str, bool]] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    """The ids of the tests that failed, by which pytest runs them again."""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Record the outcome of a test."""
        if report.skipped or (report.when != "call" and report.passed):
            return
        properties = dict(report.user_properties)
        _, _, name = report.nodeid.partition("::")
        fault = str(properties.get("fault") or _words(name))
        observed = str(properties.get("observed") or "as its name says")
        self.lines.append((fault, observed, report.passed))
        if not report.passed:
            self.failed.append(report.nodeid)

    def print_lines(self) -> Iterator[str]:
        """Write the table, long sentences on several lines."""
        yield f"{'fault':{_FAULT}}  {'observed':{_OBSERVED}}  ok"
        yield "-" * (_FAULT + _OBSERVED + 6)
        for fault, observed, ok in self.lines:
            left = textwrap.wrap(fault, _FAULT)
            right = textwrap.wrap(observed, _OBSERVED)
            for number in range(max(len(left), len(right))):
                one = left[number] if number < len(left) else ""
                two = right[number] if number < len(right) else ""
                three = "" if number else "yes" if ok else "NO"
                yield f"{one:{_FAULT}}  {two:{_OBSERVED}}  {three}".rstrip()
        wrong = sum(not ok for _, _, ok in self.lines)
        yield f"\n{len(self.lines)} faults, {wrong} not as they should be"
        yield from (f"FAILED {test}" for test in self.failed)


def _words(name: str) -> str:
    return name.removeprefix("test_").replace("_", " ")


def main() -> int:
    """Run the tests and print the table; the exit code is theirs."""
    table = Table()
    paths = [str(path) for path in PATHS]
    code = pytest.main([*paths, "-p", "no:cacheprovider"], plugins=[table])
    print("", *table.print_lines(), sep="\n")  # noqa: T201
    return int(code)


if __name__ == "__main__":
    sys.exit(main())
