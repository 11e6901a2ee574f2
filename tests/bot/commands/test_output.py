from datetime import UTC, datetime, timedelta, timezone

from bot.commands.output import format_cell, format_table, format_time, plural


def test_times_are_utc_with_a_z() -> None:
    berlin = timezone(timedelta(hours=2))
    assert format_time(datetime(2026, 8, 9, 19, 27, 46, tzinfo=berlin)) == "2026-08-09T17:27:46Z"
    assert format_time(None) is None


def test_columns_line_up_for_any_script() -> None:
    text = format_table(
        ("rank", "team"),
        [(1, "機械学習"), (10, "🐍"), (None, "a"), (3, datetime(2026, 1, 1, tzinfo=UTC))],
    )
    assert text.splitlines() == [
        "rank  team",
        "   1  機械学習",
        "  10  🐍",
        "   -  a",
        "   3  2026-01-01T00:00:00Z",
    ]


def test_cell_has_no_control_characters_and_a_maximum_width() -> None:
    assert format_cell("a\x1b[2Jb\nc") == "a�[2Jb�c"
    assert format_cell("字" * 30) == "字" * 19 + "…"


def test_counts_have_their_noun_in_the_right_number() -> None:
    counts = [plural(count, "team") for count in (0, 1, 2, 1000)]
    assert counts == ["0 teams", "1 team", "2 teams", "1,000 teams"]
