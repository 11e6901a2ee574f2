"""Import every module, to find what a system lacks: `python scripts/import_all.py`."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("bot", "cogs", "demo", "leaderboards", "plots", "records", "storage")


def main() -> int:
    """Import all modules of the rooms, and print how many there are."""
    sys.path.insert(0, str(ROOT))
    names = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for room in ROOMS
        for path in sorted((ROOT / room).rglob("*.py"))
        if path.name not in {"__init__.py", "__main__.py"}
    ]
    for name in names:
        importlib.import_module(name)
    print(f"Imported {len(names)} modules.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
