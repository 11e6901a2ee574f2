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
        "`titanic`",
        "[Titanic - Machine Learning from Disaster](https://www.kaggle.com/c/titanic)",
        "[Titanic](<https://www.kaggle.com/competitions/titanic/overview>)",
        "[https://www.kaggle.com/c/titanic](https://www.kaggle.com/competitions/titanic)",
        "Join us: https://www.kaggle.com/competitions/titanic!",
        "kaggle competitions download -c titanic",
        "`kaggle competitions download -c titanic`",
        "!kaggle competitions download -c Titanic -p data",
        "$ kaggle c download titanic",
        "kaggle competitions submit -f submission.csv -m 'first' --competition=titanic",
        "kaggle competitions leaderboard titanic --download --path .",
        "kaggle competitions download https://www.kaggle.com/c/titanic",
        "kaggle competitions submit titanic -f a.csv -m first",
        "kaggle competitions submit titanic -f a.csv -m 'tuned -c 3'",
        "kaggle competitions submit -c titanic -f a.csv -m 'with -c 3 now'",
        "kaggle competitions submit -f a.csv -m 'with -c 3 now' -c titanic",
        'kaggle competitions submit -f a.csv -m "it\'s -c 3" --competition=titanic',
        "kaggle competitions submit -f a.csv -m it's -c titanic",
        "-c titanic",
        "-c=titanic",
        "--competition 'titanic'",
        '"titanic"',
        "\N{LEFT DOUBLE QUOTATION MARK}Titanic\N{RIGHT DOUBLE QUOTATION MARK}",
        "titanic.",
        "**titanic**",
        "<titanic>",
        "titanic\N{ZERO WIDTH SPACE}",
        "competitions/titanic",
        "https://m.kaggle.com/c/titanic",
        "https://www.kaggle.com/competitions/titanic/code?competitionId=3136",
        "https://www.kaggle.com/competitions/titanic%20",
        "||https://www.kaggle.com/c/titanic||",
        "*https://www.kaggle.com/c/titanic*",
        "See https://www.kaggle.com/competitions/titanic\N{HORIZONTAL ELLIPSIS}",
    ],
)
def test_competition_is_parsed_from_slug_or_url(text: str) -> None:
    assert parse_competition(text) == "titanic"


def test_capitals_of_kaggles_own_names_are_understood() -> None:
    url = "https://www.kaggle.com/c/LANL-Earthquake-Prediction/data"
    assert parse_competition(url) == "lanl-earthquake-prediction"
    assert parse_competition("UBC-OCEAN") == "ubc-ocean"


@pytest.mark.parametrize(
    "text",
    [
        "https://www.kaggle.com/t/0123456789abcdef0123456789abcdef",
        "kaggle.com/t/0123456789abcdef",
        "Join us: <https://www.kaggle.com/t/0123456789abcdef>",
        "[our class](https://www.kaggle.com/t/0123456789abcdef)",
    ],
)
def test_invitation_is_answered_with_what_to_paste_instead(text: str) -> None:
    with pytest.raises(InvalidInput, match=r"Open it, join the competition, and give the address"):
        parse_competition(text)


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
        "Titanic - Machine Learning from Disaster",
        "/competition add titanic",
        "https://www.kaggle.com/titanic",
        "https://www.kaggle.com/code/someone/titanic",
        "https://www.kaggle.com/c/t\N{LATIN SMALL LETTER I WITH DIAERESIS}tanic",
        "https://www.kaggle.com/c/titanic%2Fx",
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
        "https://www.kaggle.com/c/titanic https://www.kaggle.com/c/digit-recognizer",
        "kaggle competitions list",
        "kaggle competitions list -s titanic",
        "kaggle competitions download",
        "kaggle datasets download -d titanic",
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
        "@alexisbcook\N{ZERO WIDTH SPACE}",
        "\N{FIRST STRONG ISOLATE}alexisbcook\N{POP DIRECTIONAL ISOLATE}",
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
