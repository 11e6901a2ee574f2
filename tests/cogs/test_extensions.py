from pathlib import Path

from cogs import EXTENSIONS


def test_every_module_with_a_setup_function_is_an_extension() -> None:
    root = Path(__file__).parents[2]
    modules = {
        ".".join(path.relative_to(root).with_suffix("").parts)
        for path in (root / "cogs").rglob("*.py")
        if "\nasync def setup(bot: commands.Bot)" in path.read_text(encoding="utf-8")
    }
    missing, unknown = modules - set(EXTENSIONS), set(EXTENSIONS) - modules
    assert not missing, f"add to EXTENSIONS in cogs/__init__.py: {sorted(missing)}"
    assert not unknown, f"no setup function in these EXTENSIONS: {sorted(unknown)}"
