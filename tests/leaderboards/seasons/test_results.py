"""What members have won: one result of each competition, the best medals first."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from leaderboards.medals import MedalZone
from leaderboards.seasons.member_rank import MemberRank
from leaderboards.seasons.results import collect_results


def final_rank(user_id: int, competition_id: int, rank: int, **more: object) -> MemberRank:
    """Build a final rank among a hundred teams: 10 gold medals, 20 silver, 40 bronze."""
    base = MemberRank(
        user_id, competition_id, competition_id, rank, rank, 100, "Featured", final=True
    )
    return replace(base, **more)  # type: ignore[arg-type]


def test_only_final_boards_count_and_only_some_award_medals() -> None:
    running = final_rank(1, 1, 1, final=False)
    knowledge = final_rank(1, 2, 2, category="Playground")
    told_by_kaggle = final_rank(1, 3, 15, category="Playground", awards_points=True)
    last = final_rank(1, 4, 100)
    (member,) = collect_results([last, running, told_by_kaggle, knowledge])
    assert member.medals == [told_by_kaggle]
    assert member.others == [knowledge, last]
    assert member.medal_counts == {MedalZone.SILVER: 1}
    assert collect_results([running]) == []


def test_better_team_of_a_member_counts() -> None:
    better, worse = final_rank(1, 1, 3), final_rank(1, 1, 30)
    for ranks in ([better, worse], [worse, better]):
        (member,) = collect_results(ranks)
        assert member.medals == [better]
        assert member.others == []


def test_gold_counts_before_any_number_of_other_medals_and_ranks_decide_a_tie() -> None:
    ranks = [
        final_rank(1, 1, 11),
        final_rank(1, 2, 11),
        final_rank(2, 1, 10),
        final_rank(3, 1, 9),
        final_rank(4, 1, 80),
        final_rank(5, 1, 70),
    ]
    assert [member.user_id for member in collect_results(ranks)] == [3, 2, 1, 5, 4]


@given(
    st.lists(
        st.builds(
            final_rank,
            st.integers(1, 4),
            st.integers(1, 4),
            st.integers(1, 100),
            final=st.booleans(),
            category=st.sampled_from(["Featured", "Playground", None]),
        )
    )
)
def test_each_member_has_the_best_rank_of_each_competition_once(ranks: list[MemberRank]) -> None:
    best: dict[tuple[int, int], int] = {}
    for one in ranks:
        if one.final:
            key = (one.user_id, one.competition_id)
            best[key] = min(best.get(key, 100), one.rank)
    found = {
        (member.user_id, result.competition_id): result.rank
        for member in collect_results(ranks)
        for result in (*member.medals, *member.others)
    }
    assert found == best
    for member in collect_results(ranks):
        assert all(result.medal_zone for result in member.medals)
        assert not any(result.medal_zone for result in member.others)
        assert len({r.competition_id for r in (*member.medals, *member.others)}) == len(
            [*member.medals, *member.others]
        )
