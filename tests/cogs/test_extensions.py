import re
import shutil
import sys
from importlib.util import find_spec, module_from_spec
from pathlib import Path
from pkgutil import resolve_name

import pytest

import cogs
from cogs import EXTENSIONS
from tests.cogs.world import open_world

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


async def test_path_of_a_cog_leads_to_the_module_that_runs(
    empty_database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else tests that replace something by its path would replace it for no bot.

    discord.py executes a module anew for each bot, and leaves that of before in its package.
    """
    for name in EXTENSIONS:
        package, _, child = name.rpartition(".")
        monkeypatch.setattr(resolve_name(package), child, resolve_name(name), raising=False)
        spec = find_spec(name)
        assert spec is not None
        assert spec.loader is not None
        monkeypatch.setitem(sys.modules, name, module_from_spec(spec))
        spec.loader.exec_module(sys.modules[name])
    async with open_world(Path(shutil.copy(empty_database, tmp_path))) as world:
        for cog in world.bot.cogs.values():
            kind = type(cog)
            path = kind.__module__.replace("cogs.", "cogs:", 1)  # By attributes, as pytest does.
            assert vars(resolve_name(path))[kind.__name__] is kind
