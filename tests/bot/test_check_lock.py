"""The lock check, on made-up projects and on the real one."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def check_lock() -> ModuleType:
    spec = importlib.util.spec_from_file_location("check_lock", ROOT / "scripts/check_lock.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


INSTALLED = {
    "web": ["Sockets >=2", "speedups; extra == 'fast'", "colors; sys_platform == 'win32'"],
    "sockets": [],
    "speedups": [],
}


def needs(name: str) -> list[Requirement] | None:
    found = INSTALLED.get(name)
    return None if found is None else [Requirement(text) for text in found]


def lock(*pins: str) -> str:
    """Return a lock file as uv writes it."""
    return "# made\n" + "".join(
        f"{pin} \\\n    --hash=sha256:0a \\\n    --hash=sha256:0b\n" for pin in pins
    )


FITS = ["colors==1 ; sys_platform == 'win32'", "sockets==2.1", "web==3.0"]


def test_complete_lock_file_has_no_problems(check_lock: ModuleType) -> None:
    assert check_lock.find_problems(["web>=3"], lock(*FITS), needs) == []


def test_a_missing_package_is_named_with_its_dependent(check_lock: ModuleType) -> None:
    assert check_lock.find_problems(["web>=3", "six"], lock(*FITS), needs) == [
        "six is not in it, but pyproject.toml needs it."
    ]
    assert check_lock.find_problems(["web>=3"], lock("web==3.0", FITS[0]), needs) == [
        "sockets is not in it, but web needs it."
    ]
    assert check_lock.find_problems(["web>=3"], lock("web==3.0", "sockets==2"), needs) == [
        "colors is not in it, but web needs it."
    ]
    assert check_lock.find_problems(["web[fast]>=3"], lock(*FITS), needs) == [
        "speedups is not in it, but web needs it."
    ]


def test_an_unsuitable_version_is_named(check_lock: ModuleType) -> None:
    assert check_lock.find_problems(["web>=4"], lock(*FITS), needs) == [
        "web==3.0 does not fit pyproject.toml, which needs web>=4."
    ]


def test_an_unneeded_package_is_named(check_lock: ModuleType) -> None:
    assert check_lock.find_problems(["web>=3"], lock(*FITS, "left-pad==1"), needs) == [
        "left-pad==1 is in it, but nothing needs it."
    ]


def test_a_pin_without_a_hash_is_named(check_lock: ModuleType) -> None:
    text = lock(*FITS[:2]) + "web==3.0\n"
    assert check_lock.find_problems(["web>=3"], text, needs) == ["web==3.0 has no hash."]


def test_lock_files_name_no_package_index() -> None:
    for path in ROOT.glob("requirements*.txt"):
        text = path.read_text("utf-8")
        assert "://" not in text
        assert "--" not in text.replace("    --hash=sha256:", "")


def test_larger_lock_files_contain_the_smaller_ones() -> None:
    # A package of a larger set may be needed with more extras.
    runtime, demo, test = (
        set(re.sub(r"\[.*\]==", "==", path.read_text("utf-8")).splitlines())
        for path in (ROOT / f"requirements{name}.txt" for name in ("", "-demo", "-test"))
    )
    assert runtime < demo < test
