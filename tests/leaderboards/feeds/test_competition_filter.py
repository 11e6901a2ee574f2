import pytest

from leaderboards.competition_info import CompetitionInfo
from leaderboards.feeds.competition_filter import (
    DEFAULT_CATEGORIES,
    CompetitionFilter,
    FeedCategory,
    find_categories,
    split_words,
)

FEATURED = CompetitionInfo("llm-prize", category="Featured", title="LLM Prize")
COMMUNITY = CompetitionInfo("homework-3", category="Community", title="Homework 3")
NAMELESS = CompetitionInfo("odd")


@pytest.mark.parametrize(
    ("category", "tags", "found"),
    [
        ("Featured", (), {FeedCategory.FEATURED}),
        ("Getting Started", (), {FeedCategory.GETTING_STARTED}),
        ("gettingStarted", (), {FeedCategory.GETTING_STARTED}),
        ("Featured", ("Simulations",), {FeedCategory.FEATURED, FeedCategory.SIMULATIONS}),
        ("Simulation", (), {FeedCategory.SIMULATIONS}),
        ("Hackathons", ("nlp",), {FeedCategory.HACKATHONS}),
        ("Analytics", (), {FeedCategory.OTHER}),
        ("", (), {FeedCategory.OTHER}),
        (None, (), {FeedCategory.OTHER}),
    ],
)
def test_categories_of_a_competition(
    category: str | None, tags: tuple[str, ...], found: set[FeedCategory]
) -> None:
    assert find_categories(CompetitionInfo("any", category=category, tags=tags)) == found


def test_without_a_choice_all_but_community_competitions_pass() -> None:
    assert CompetitionFilter().select([COMMUNITY, NAMELESS, FEATURED]) == [FEATURED, NAMELESS]
    assert set(FeedCategory) - DEFAULT_CATEGORIES == {FeedCategory.COMMUNITY}


def test_one_of_the_words_is_in_the_title_or_the_slug() -> None:
    everything = frozenset(FeedCategory)
    found = CompetitionFilter(everything, ("llm", "work-3")).select([NAMELESS, COMMUNITY, FEATURED])
    assert found == [FEATURED, COMMUNITY]


def test_words_are_split_at_blanks_and_commas() -> None:
    assert split_words(" LLM, vision;LLM  audio,") == ("llm", "vision", "audio")
    assert split_words(" , ") == ()
    assert len(split_words(" ".join(map(str, range(50))))) == 10
