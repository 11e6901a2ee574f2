"""docs/faults.md names tests: each of them exists."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "faults.md").read_text(encoding="utf-8")
TESTS = {
    path.relative_to(ROOT).as_posix(): set(
        re.findall(r"^ *(?:async )?def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    )
    for path in (ROOT / "tests").rglob("test_*.py")
}
# `path::name`, `::name` or `path` (`name`, `name`).
PAIRS = sorted(
    {
        (path, name)
        for path, names, in_parentheses in re.findall(
            r"`(tests/[\w/]+\.py)(?:((?:(?:, `)?::test_\w+`)+)|` \(([^)]+)\))", PAGE
        )
        for name in re.findall(r"test_\w+", names or in_parentheses)
    }
)


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`(tests/[\w/]+\.py)", PAGE))))
def test_named_file_of_tests_exists(path: str) -> None:
    assert path in TESTS


@pytest.mark.parametrize("name", sorted(set(re.findall(r"\b(test_\w+)(?!\.py|\w)", PAGE))))
def test_named_test_exists(name: str) -> None:
    assert any(name in names for names in TESTS.values())


@pytest.mark.parametrize(("path", "name"), PAIRS)
def test_test_that_is_named_with_its_file_is_there(path: str, name: str) -> None:
    assert name in TESTS[path]
