from datetime import UTC, datetime, timedelta

from leaderboards.competition_info import CompetitionInfo
from leaderboards.news.new_competitions import MAX_SHOWN, NewCompetitionsMessage

NOW = datetime(2026, 8, 9, 12, tzinfo=UTC)


def message(*slugs: str, category: str = "Community") -> NewCompetitionsMessage:
    return NewCompetitionsMessage.from_list(
        [CompetitionInfo(slug, NOW, category) for slug in slugs]
    )


def test_messages_that_waited_are_one_with_the_most_important_first() -> None:
    many = message(*(f"homework-{n}" for n in range(8)))
    (merged,) = NewCompetitionsMessage.merge([many, message("prize", category="Featured")])
    assert [one.slug for one in merged.competitions][:2] == ["prize", "homework-0"]
    assert len(merged.competitions) == MAX_SHOWN
    assert len(merged.competitions) + merged.more == 9


def test_competition_that_ended_while_it_waited_is_left_out() -> None:
    running = NewCompetitionsMessage.from_list([CompetitionInfo("running"), *_ended()])
    left = running.filter_for_time(NOW)
    assert left is not None
    assert [one.slug for one in left.competitions] == ["running"]
    assert running.filter_for_time(NOW - timedelta(hours=1)) is running
    assert message("ended").filter_for_time(NOW) is None


def _ended() -> list[CompetitionInfo]:
    return [CompetitionInfo("ended", NOW)]
