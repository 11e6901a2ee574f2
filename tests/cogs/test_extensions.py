import re
from pathlib import Path

import cogs
from cogs import EXTENSIONS

_ROOT = Path(__file__).parents[2]
_SOURCES = {path: path.read_text(encoding="utf-8") for path in (_ROOT / "cogs").rglob("*.py")}


def test_every_module_with_a_setup_function_is_an_extension() -> None:
    modules = {
        ".".join(path.relative_to(_ROOT).with_suffix("").parts)
        for path, source in _SOURCES.items()
        if "\nasync def setup(bot: commands.Bot)" in source
    }
    missing, unknown = modules - set(EXTENSIONS), set(EXTENSIONS) - modules
    assert not missing, f"add to EXTENSIONS in cogs/__init__.py: {sorted(missing)}"
    assert not unknown, f"no setup function in these EXTENSIONS: {sorted(unknown)}"


def test_every_event_that_cogs_dispatch_is_heard_and_in_the_table() -> None:
    source = "\n".join(_SOURCES.values())
    dispatched = set(re.findall(r'\.dispatch\(\s*"(\w+)"', source))
    heard = set(re.findall(r'(?:listener\("|async def )on_(\w+)', source))
    assert not dispatched - heard, f"no listener: {sorted(dispatched - heard)}"
    rows = [line.split("|")[1] for line in (cogs.__doc__ or "").splitlines() if line[:2] == "| "]
    table = {name for row in rows for name in re.findall(r"`(\w+)", row)}
    assert table == dispatched
