"""What people type or paste for a competition or a Kaggle user."""

import pytest

from leaderboards.errors import InvalidInput
from leaderboards.kaggle_ids import parse_competition, parse_user_name


@pytest.mark.parametrize(
    "text",
    [
        "titanic",
        "  Titanic ",
        "https://www.kaggle.com/competitions/titanic",
        "https://www.kaggle.com/competitions/titanic/",
        "http://kaggle.com/competitions/titanic/leaderboard?tab=public#top",
        "https://www.kaggle.com/c/titanic/overview",
        "kaggle.com/c/titanic",
        "WWW.KAGGLE.COM/C/TITANIC",
        "https://inclass.kaggle.com/c/titanic",
        "<https://www.kaggle.com/c/titanic>",
        "/competitions/titanic",
        "/c/titanic",
    ],
)
def test_competition_is_parsed_from_slug_or_url(text: str) -> None:
    assert parse_competition(text) == "titanic"


def test_slug_may_contain_digits_and_hyphens() -> None:
    assert parse_competition("playground-series-s6e8") == "playground-series-s6e8"
    assert parse_competition("3d-object-detection") == "3d-object-detection"


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "-titanic",
        "--help",
        "two words",
        "../titanic",
        "titanic/leaderboard",
        "titanic\nx",
        "tïtanic",
        "https://www.kaggle.com/alexisbcook",
        "https://www.kaggle.com/competitions",
        "https://www.kaggle.com/competitions/",
        "https://www.kaggle.com/competitions/-x",
        "https://www.kaggle.com/datasets/someone/titanic",
        "https://example.com/competitions/titanic",
        "https://notkaggle.com/c/titanic",
        "https://kaggle.com.example.com/c/titanic",
        "a" * 101,
    ],
)
def test_invalid_competition_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(
        InvalidInput, match=r"titanic or https://www\.kaggle\.com/competitions/titanic"
    ):
        parse_competition(text)


@pytest.mark.parametrize(
    "text",
    [
        "alexisbcook",
        " @alexisbcook ",
        "https://www.kaggle.com/alexisbcook",
        "kaggle.com/alexisbcook/",
        "https://kaggle.com/alexisbcook/competitions?tab=active",
        "<https://www.kaggle.com/alexisbcook>",
    ],
)
def test_user_name_is_parsed_from_name_or_profile_url(text: str) -> None:
    assert parse_user_name(text) == "alexisbcook"


def test_user_name_keeps_its_case() -> None:
    assert parse_user_name("SharpPixel_98-x") == "SharpPixel_98-x"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "@",
        "two words",
        "-x",
        "<@123>",
        "@everyone!",
        "del=0123456789abcdef",
        "https://www.kaggle.com/",
        "https://www.kaggle.com/competitions/titanic",
        "https://www.kaggle.com/code",
        "https://example.com/alexisbcook",
        "x" * 65,
    ],
)
def test_invalid_user_name_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(InvalidInput, match=r"alexisbcook for https://www\.kaggle\.com/alexisbcook"):
        parse_user_name(text)
