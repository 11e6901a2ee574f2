"""Every name of the recorded boards, through everything that shows names."""

from pathlib import Path

import pytest

from cogs.framework.escape import escape, escape_code
from demo.recording import ARCHIVE, read_recording
from leaderboards.display_text import NAMELESS, clean, display_width
from leaderboards.parsing.reader import read_board
from tests.board_files import BOARDS
from tests.cogs.framework.test_escape import is_harmless, shown


@pytest.mark.parametrize("archive", [ARCHIVE, BOARDS / "kaggriculture.tar.xz"], ids=["s6e8", "k"])
def test_real_names_are_shown_as_they_are_on_one_line(archive: Path) -> None:
    first, *_, last = read_recording(archive)
    names = {
        name for recorded in (first, last) for name in read_board(recorded.csv).teams.team_name
    }
    assert len(names) > 1000
    for name in sorted(names):
        assert display_width(escape_code(name, 24)) == 24
    for name in names:
        assert clean(name) != NAMELESS
    together = " · ".join(escape(name) for name in sorted(names))
    seen = shown(f"a {together}")
    assert is_harmless(seen)
    assert seen.count(" · ") >= len(names) - 1
