"""What the CLI prints as lists, beyond what the stand-in makes it print."""

import json

import pytest

from leaderboards.errors import KaggleFailed
from leaderboards.kaggle.cli_output import parse_competitions, parse_notebook_titles


def test_notebooks_of_other_users_are_left_out() -> None:
    printed = (
        "Warning: Looks like you're using an outdated API Version\n"
        "Next Page Token = 2\n"
        '[{"ref": "Ada/mine", "title": "Mine"}, {"ref": "eve/hers", "title": "Hers"}]\n'
    )
    assert parse_notebook_titles(printed, "ada") == ["Mine"]


@pytest.mark.parametrize("printed", ["", "[]x", '[{"ref": 1}]', '["ada/x"]', '[{"title": "x"}]'])
def test_output_that_is_no_list_raises(printed: str) -> None:
    with pytest.raises(KaggleFailed, match="lists notebooks in a way"):
        parse_notebook_titles(printed, "ada")


def test_competition_titled_like_an_empty_list_hides_no_other() -> None:
    printed = (
        '[{"ref": "https://www.kaggle.com/competitions/joke", "title": "No competitions found"},'
        ' {"ref": "https://www.kaggle.com/competitions/titanic", "title": "Titanic"}]\n'
    )
    assert [found.slug for found in parse_competitions(printed)] == ["joke", "titanic"]
    assert parse_competitions("Warning: there is a newer version\nNo competitions found\n") == []


@pytest.mark.parametrize(
    ("reward", "shown"),
    [
        ("50,000 Usd", "50,000 USD"),
        ("10,000 Eur", "10,000 EUR"),
        ("Swag", "Swag"),
        ("Knowledge", "Knowledge"),
        ("", None),
        (None, None),
    ],
)
def test_currency_of_a_reward_is_in_capitals(reward: str | None, shown: str | None) -> None:
    printed = json.dumps([{"ref": "titanic", "reward": reward}])
    assert [found.reward for found in parse_competitions(printed)] == [shown]
