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
from tests.plots.pictures import START


def test_all_fonts_come_from_packages_under_the_names_that_are_asked_for() -> None:
    load_fonts()
    assert set(FAMILIES) <= {entry.name for entry in fontManager.ttflist}
    assert {entry.fname for entry in fontManager.ttflist} == set(map(str, font_files()))


def test_the_settings_of_a_machine_change_nothing() -> None:
    picture = MovementPlot("titanic", 9, START, START, (Mover("ada", 2, 1),))
    before = render_plot(picture)
    with mpl.rc_context({"figure.autolayout": True, "font.size": 40, "lines.linewidth": 9}):
        load_fonts.cache_clear()
        assert render_plot(picture) == before


@pytest.mark.parametrize(
    "name",
    ["Ünïcödé", "зима", "Ελλάδα", "東京", "北京", "서울", "محمد", "שלום", "हिन्दी", "ภาษาไทย", "😀"],
)
def test_scripts_are_shown_whole(name: str) -> None:
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
def test_what_no_font_has_is_left_out(name: str, shown: str) -> None:
    assert drop_unsupported(name) == shown


@settings(max_examples=30)
@given(st.text(max_size=40))
def test_every_character_that_is_left_has_a_glyph(name: str) -> None:
    maps = [get_font(path).get_charmap() for path in font_files()]
    for character in drop_unsupported(name):
        assert any(ord(character) in characters for characters in maps), ascii(character)
