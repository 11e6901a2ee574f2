"""Names are shown in whatever script they are written."""

from __future__ import annotations

import matplotlib as mpl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.font_manager import fontManager, get_font

from leaderboards.display_text import NAMELESS
from plots.drawing import render_plot
from plots.drawing.elements.fonts import FAMILIES, drop_unsupported, font_files, load_fonts
from plots.specs import MovementPlot, Mover
from tests.plots.pixels import START


def test_font_families_come_from_packages() -> None:
    load_fonts()
    assert set(FAMILIES) <= {entry.name for entry in fontManager.ttflist}
    assert {entry.fname for entry in fontManager.ttflist} == set(map(str, font_files()))


def test_local_matplotlib_settings_change_nothing() -> None:
    picture = MovementPlot("titanic", 9, START, START, (Mover("ada", 2, 1),))
    before = render_plot(picture)
    with mpl.rc_context({"figure.autolayout": True, "font.size": 40, "lines.linewidth": 9}):
        load_fonts.cache_clear()
        assert render_plot(picture) == before


@pytest.mark.parametrize(
    "name",
    ["Ünïcödé", "зима", "Ελλάδα", "東京", "北京", "서울", "محمد", "שלום", "हिन्दी", "ภาษาไทย", "😀"],
)
def test_names_in_supported_scripts_are_unchanged(name: str) -> None:
    assert drop_unsupported(name) == name


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("🏆 gold 🏆", "gold"),
        ("👨‍👩‍👧‍👦 family", "family"),
        ("❤\ufe0f love", "❤ love"),
        ("🏆🏆🏆", NAMELESS),
        ("a\u202eb\x00c", "abc"),
    ],
)
def test_characters_without_a_font_are_dropped(name: str, shown: str) -> None:
    assert drop_unsupported(name) == shown


@settings(max_examples=30)
@given(st.text(max_size=40))
def test_every_remaining_character_has_a_glyph(name: str) -> None:
    maps = [get_font(path).get_charmap() for path in font_files()]
    for character in drop_unsupported(name):
        assert any(ord(character) in characters for characters in maps), ascii(character)
