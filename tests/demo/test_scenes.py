"""The list of what is pictured."""

from collections import Counter

from demo.screens.scenes import SCENES


def test_each_screen_has_a_name_of_its_own_and_says_what_it_must_show() -> None:
    assert [name for name, count in Counter(one.name for one in SCENES).items() if count > 1] == []
    assert [one.name for one in SCENES if not one.expected] == []
