"""`/whatif`: what a score would be worth."""

import re
from datetime import timedelta

import pytest

from cogs.forecasts.forecast_screen import format_later_score
from leaderboards.forecast.medal_lines import MedalLine
from leaderboards.medals import MedalZone
from tests.cogs.examples import FINAL, SMALL, TEAMS, crowd
from tests.cogs.options.test_option_select import menu
from tests.cogs.steady_board import play, record_rushes
from tests.cogs.world import START, Server, Team, World, response_text

NO_BREAK = "\N{NO-BREAK SPACE}"


async def whatif(world: World, score: str, server: Server | None = None, **options: object) -> str:
    """Return the answer to Ada, with ordinary spaces."""
    text = await world.ask((server or world.server).ada, "whatif", score=score, **options)
    return text.replace(NO_BREAK, " ")


async def follow_crowd(world: World, count: int = 120) -> None:
    """Follow a board on which rank n has the score 1 - n / 10,000; Ada is user 50, Bob user 40."""
    world.list_competition()
    world.serve("titanic", crowd(count))
    await world.follow()
    await world.ask(world.server.ada, "link", username="user50")
    await world.ask(world.server.bob, "link", username="user40")


async def test_better_score_shows_rank_zone_and_whom_it_passes(world: World) -> None:
    await follow_crowd(world)
    text = await whatif(world, "0.99785")
    # 21 teams have 0.99790 and better; silver are the first 24 of 120.
    assert text.startswith(
        "# 🥈 #22\nif your team had **0.99785** · **top 19 %** of 120 teams\n"
        "**Next** 🥇 better than **0.99900** · 0.00115 away\n"
        f"**Passes** <@{world.server.bob.id}> #40\n"
    )
    assert "Your team now has **0.99500** and is #50: this is 28 places better." in text
    assert "public board" in text
    assert "higher is better" in text


async def test_answer_is_short_enough_for_a_phone(world: World) -> None:
    """The answer comes first; all of it fits 24 lines of forty characters."""
    world.list_competition()
    await play(world, hours=13, an_hour=1)
    await world.ask(world.server.ada, "link", username="user700")
    text = await whatif(world, "0.99651")
    heads = ["# 🥈 #48", "if your team had", "**In 24 h** about", "**🥈 now", "**Next** 🥇"]
    assert [line[: len(head)] for line, head in zip(text.split("\n"), heads, strict=False)] == heads
    shown = re.sub(r"<t:\d+:\w>|\(https[^)]+\)|\*", "", text)
    assert sum(-(-len(line) // 40) for line in shown.split("\n")) <= 24


async def test_last_place_says_no_top_share(world: World) -> None:
    await follow_crowd(world)
    await world.ask(world.server.ada, "link", username="somebody_new")
    text = await whatif(world, "0.00001")
    assert " · the last of 121 teams\n" in text
    assert "top 100 %" not in text


async def test_medals_take_the_scores_of_their_last_teams(world: World) -> None:
    await follow_crowd(world)
    text = await whatif(world, "0.99785")
    assert "**To beat now** 🥇 **0.99900** · 🥈 **0.99760** ✓ · 🥉 **0.99520** ✓" in text


async def test_score_that_is_not_better_changes_nothing(world: World) -> None:
    await follow_crowd(world)
    for score, told in (
        ("0.995", "That is your score already: **#50**."),
        ("0.9", "**0.9** is worse than your **0.99500**: you stay **#50**."),
    ):
        text = await whatif(world, score)
        assert text.startswith(
            f"# No change\n{told}\n**top 42 %** of 120 teams\n**Next** 🥉 better than **0.99520** ·"
        )
        assert "if your team had" not in text
        assert "Passes" not in text
    assert "🥉 better than **0.99520** · 0.00020 away" in text


async def test_equal_score_comes_after_those_that_had_it_first(world: World) -> None:
    await follow_crowd(world)
    text = await whatif(world, "0.9980")
    assert "# 🥈 #21" in text
    assert "1 team with the same score would stay ahead: they had it first." in text


async def test_member_with_the_same_score_is_not_passed(world: World) -> None:
    await follow_crowd(world)
    assert "Passes" not in await whatif(world, "0.996")
    assert f"**Passes** <@{world.server.bob.id}> #40" in await whatif(world, "0.99601")


async def test_own_team_mates_are_not_passed(world: World) -> None:
    world.serve("titanic", [Team(1, "A", "0.9"), Team(2, "B", "0.8", "ada,bob")])
    await world.follow()
    await world.ask(world.server.ada, "link", username="ada")
    await world.ask(world.server.bob, "link", username="bob")
    text = await whatif(world, "0.95")
    assert "# #1\n" in text
    assert "Passes" not in text


async def test_absurd_scores_are_short(world: World) -> None:
    await follow_crowd(world)
    text = await world.ask(world.server.manager, "whatif", score="-9e300")
    assert "# #121\n" in text
    assert len(text) < 1000


async def test_best_score_of_all_is_asked_about(world: World) -> None:
    await follow_crowd(world)
    text = await whatif(world, "97.5")
    assert text.startswith(
        "**97.5** is better than every score on this board; the best is **0.99990**. Is it written"
    )
    assert "as the board shows scores?\n# 🥇 #1\n" in text
    assert "**To beat now** 🥇 **0.99900** · 🥈" in text
    assert "✓" not in text
    assert "**Next**" not in text
    # A ✓ for the zone that a team is in would say that the best score of all does not reach gold.
    await world.ask(world.server.bob, "link", username="user20")
    held = await world.ask(world.server.bob, "whatif", score="97.5")
    assert "is #20: this is 19 places better" in held
    assert "✓" not in held
    assert "✓" in await world.ask(world.server.bob, "whatif", score="0.9989")
    # An equal one is not better.
    text = await whatif(world, "0.9999")
    assert "# 🥇 #2\n" in text
    assert "better than every score" not in text
    assert "**To beat now** 🥇 **0.99900** ✓" in text
    # Where the rank stays, no places are counted.
    assert "Your team now has **0.99500** and is #50 too." in await whatif(world, "0.99501")


async def test_member_who_is_not_on_the_board_is_one_more_team(world: World) -> None:
    await follow_crowd(world)
    text = await world.ask(world.server.manager, "whatif", score="0.99")
    assert "# #101\n" in text
    assert "of 121 teams" in text
    assert "`/link` your Kaggle account" in text
    assert "Ahead of" not in text
    await world.ask(world.server.manager, "link", username="elsewhere")
    text = await world.ask(world.server.manager, "whatif", score="0.9955")
    assert "Your team is not on this board" in text
    assert f"**Ahead of** <@{world.server.ada.id}> #50" in text
    assert str(world.server.bob.id) not in text
    assert "No team would be behind it." in await world.ask(
        world.server.manager, "whatif", score="-3"
    )


async def test_lower_score_is_better_where_the_board_says_so(world: World) -> None:
    world.list_competition()
    world.serve("titanic", [Team(n, f"Team {n}", f"{n}.5", f"user{n}") for n in range(1, 51)])
    await world.follow()
    await world.ask(world.server.ada, "link", username="user20")
    text = await whatif(world, "7,25")
    assert "# 🥈 #7\nif your team had **7.25** · " in text
    assert "**Next** 🥇 better than **5.5** · 1.75 away" in text
    assert "lower is better" in text
    assert "**20.6** is worse than your **20.5**: you stay **🥉 #20**" in await whatif(
        world, "20.6"
    )


@pytest.mark.parametrize("typed", ["best", "inf", "nan", "1,234", "97 %", "@everyone"])
async def test_nonsense_is_refused_with_an_example_of_the_board(world: World, typed: str) -> None:
    await follow_crowd(world)
    text = await whatif(world, typed)
    assert "is not a score that I can read" in text
    assert "as this board shows scores, for example **0.99990**" in text
    assert "@everyone" not in text


async def test_no_zone_where_no_medals_are_awarded(world: World) -> None:
    world.serve("titanic", crowd(120))
    await world.follow()
    text = await whatif(world, "0.9985")
    assert "# #16\n" in text
    assert "medal" not in text
    assert not set("🥇🥈🥉") & set(text)


async def test_board_whose_direction_is_unknown_places_no_score(world: World) -> None:
    world.serve("titanic", [Team(1, "Alpha", "0.5", "ada")])
    await world.follow()
    assert "does not show yet whether the higher or the lower" in await whatif(world, "0.7")


async def test_board_before_its_first_sync_says_so(world: World) -> None:
    competition = await world.storage.competitions.add_for_owner("titanic")
    await world.storage.guilds.follow(
        world.server.guild.id, competition.id, None, 1, world.env.now(), None
    )
    assert "**Titanic** has not been read yet" in await whatif(world, "0.7")


async def test_competition_is_chosen_where_there_are_several(world: World) -> None:
    await follow_crowd(world)
    world.serve("spaceship", SMALL)
    await world.follow("spaceship")
    result = await world.run(world.server.ada, "whatif", score="0.945")
    assert "Which competition?" in response_text(result)
    shown = await world.server.ada.select(menu(result), values=["spaceship"])
    assert "# #2\nif your team had **0.945**" in response_text(shown)
    assert "# #2\n" in await whatif(world, "0.945", competition="spaceship")


async def test_forecast_is_that_of_the_rank_card(world: World) -> None:
    world.list_competition(deadline=START + timedelta(days=30))
    await play(world, hours=13, an_hour=2)
    await world.ask(world.server.ada, "link", username="user700")
    assert "# #726" in await world.ask(world.server.ada, "rank")
    # User 500 is on #526, of whom the card says the same.
    text = await whatif(world, "0.95001")
    assert "# #526" in text
    assert (
        "**In 24 h** about #573, likely #555 to #597, if your team submits nothing better" in text
    )
    assert "submits nothing better" not in await whatif(world, "0.9")
    assert "submits nothing better" in await whatif(world, "0.9999")
    assert "submits nothing better" not in await whatif(world, "99.99")


async def test_forecast_says_when_a_zone_is_likely_left(world: World) -> None:
    world.list_competition()
    await play(world, hours=13, an_hour=1)
    text = await whatif(world, "0.99651")
    assert "# 🥈 #48" in text
    leaves = int((START + timedelta(hours=13 + 3)).timestamp())
    assert f"**🥈 now, likely below it from <t:{leaves}:t> on**" in text
    assert "**🥈 now, in 24 h not sure: the zone ends near #51 then**" in await whatif(
        world, "0.99881"
    )
    assert "**🥉 now, in 24 h likely still 🥉**" in await whatif(world, "0.9960")
    assert "now, in 24 h" not in await whatif(world, "0.5")


async def test_medals_say_what_they_may_take_in_a_day(world: World) -> None:
    world.list_competition()
    await play(world, hours=13, an_hour=1)
    text = await whatif(world, "0.9")
    # Silver are the first 50, now down to user 37; about 24 teams more will be above it.
    assert "🥈 **0.99630** · 🥉" in text
    line = re.search(r"\*\*In 24 h perhaps\*\* 🥇 .+ · 🥈 (\S+) to (\S+) · 🥉 .+, or better", text)
    assert line is not None
    assert "the true score for gold was often outside this range" in text
    assert "This is about the public board. Medals come from the private board" in text
    assert 0.9963 < float(line[1]) < 0.9987 < float(line[2]) <= 0.9999
    young = "**To beat now** 🥇 **0.99900** ·"
    world.serve("spaceship", crowd(120))
    world.list_competition("spaceship")
    await world.follow("spaceship")
    text = await whatif(world, "0.9", competition="spaceship")
    assert young in text
    assert "perhaps" not in text.lower()


async def test_last_day_is_forecast_up_to_the_deadline(world: World) -> None:
    world.list_competition(deadline=START + timedelta(hours=13 + 10))
    await play(world, hours=13, an_hour=2)
    await record_rushes(world, 2)
    text = await whatif(world, "0.95001")
    assert "at the deadline" not in text.lower()
    told = "There is no forecast in the last 24 hours before the deadline: more teams submit"
    assert told in text
    text = await whatif(world, "0.9988")
    assert "**🥈 now, at the deadline not sure**" in text
    assert told in text
    await record_rushes(world, 3)
    text = await whatif(world, "0.95001")
    # As the rank card says of user 500, who has almost that score.
    assert ("**At the deadline** about #545 (public board), likely #538 to #") in text
    assert re.search(r"\*\*At the deadline perhaps\*\* 🥇 .+ · 🥈 .+", text)
    assert "in 24 h" not in text.lower()


async def test_zone_is_not_sure_where_the_last_day_begins_before(world: World) -> None:
    world.list_competition(deadline=START + timedelta(hours=13 + 40))
    await play(world, hours=13, an_hour=1)
    assert "**🥉 now, in 24 h not sure: more teams submit on the last day**" in await whatif(
        world, "0.9960"
    )


@pytest.mark.parametrize(
    ("at_deadline", "best", "worst", "told"),
    [
        (False, 0.97, 0.97, "in 24 h perhaps the same, perhaps a better score"),
        (False, 0.98, 0.98, "in 24 h perhaps 0.980, or better"),
        (False, 0.98, 0.97, "in 24 h perhaps 0.970 to 0.980, or better"),
        (False, 0.98, 0.96, "in 24 h perhaps 0.970 to 0.980, or better"),
        (False, 0.95, 0.98, "in 24 h perhaps 0.970 to 0.950, or better"),
        (True, 0.97, 0.97, "at the deadline perhaps the same, perhaps a better score"),
        (True, 0.98, 0.98, "at the deadline perhaps 0.980, or better"),
        (True, 0.98, 0.97, "at the deadline perhaps 0.970 to 0.980, or better"),
    ],
)
def test_later_score_of_a_medal_is_never_promised(
    at_deadline: bool, best: float, worst: float, told: str
) -> None:
    line = MedalLine(
        MedalZone.GOLD,
        rank=10,
        score=0.97,
        later_rank=10,
        later_score=best,
        best_score=best,
        worst_score=worst,
    )
    assert format_later_score(line, "0.970", at_deadline=at_deadline) == told


async def test_score_that_may_not_stay_in_its_zone_is_said(world: World) -> None:
    world.list_competition()
    await play(world, hours=13)
    text = await whatif(world, "0.99871")
    assert "# 🥈 #26" in text
    assert "**🥈 now, in 24 h not sure: the zone ends near #51 then**" in text


async def test_worse_score_is_not_said_to_change_nothing_where_scores_move(world: World) -> None:
    world.sync_every(minutes=60)
    for part in range(3):
        teams = [
            Team(n, f"Team {n}", f"{1000 - n + part / 10 * (n % 2):.1f}", f"user{n}")
            for n in range(1, 101)
        ]
        world.serve("titanic", teams)
        await world.follow() if not part else await world.pass_time(hours=1)
    await world.ask(world.server.ada, "link", username="user50")
    text = await whatif(world, "1")
    assert "**1** is not better than your team's own score, **950.0**." in text
    assert "No change" not in text


async def test_no_forecast_without_twelve_hours_of_boards(world: World) -> None:
    await follow_crowd(world)
    assert "In 24 h" not in await whatif(world, "0.998")


async def test_new_team_behind_all_others_has_no_forecast(world: World) -> None:
    world.list_competition()
    await play(world, hours=13)
    assert "submits nothing better" in await whatif(world, "0.95")
    assert "submits nothing better" not in await whatif(world, "0.1")


async def test_ended_competition_says_which_board_it_is(world: World) -> None:
    deadline = START + timedelta(hours=1)
    world.list_competition(deadline=deadline)
    world.sync_every(minutes=60)
    world.serve("titanic", TEAMS)
    await world.follow()
    await world.pass_time(hours=2)
    text = await whatif(world, "0.9995")
    assert "public board" in text
    assert "The deadline has passed. This is where the score would stand on the public" in text
    assert "The private board decides the medals, and I do not have it yet." in text
    assert "**To beat on the public board** 🥇" in text
    assert "**Next**" not in text
    world.serve_private("titanic", FINAL)
    await world.pass_time(hours=24)
    text = await whatif(world, "0.7985")
    assert "🏁 final private board" in text
    assert "# 🥇 #2\n" in text
    assert "The competition has ended: this is where the score would have stood." in text
    assert "**The scores to beat were** 🥇" in text
    assert "✓" in text


async def test_ended_competition_without_medals_promises_none(world: World) -> None:
    deadline = START + timedelta(hours=1)
    world.list_competition(deadline=deadline, category="Playground")
    world.serve("titanic", TEAMS)
    await world.follow()
    await world.pass_time(hours=2)
    text = await whatif(world, "0.9985")
    assert "The deadline has passed." in text
    assert "medal" not in text


async def test_members_of_other_servers_are_never_named(world: World) -> None:
    await follow_crowd(world)
    elsewhere = world.add_server()
    await world.follow(server=elsewhere)
    eve = elsewhere.guild.add_member(world.env.create_user("eve"))
    await world.ask(eve, "link", username="user60")
    # In this server Ada has no link.
    ada = elsewhere.guild.add_member(world.server.ada.user)
    text = await world.ask(ada, "whatif", score="0.9999")
    assert "`/link` your Kaggle account" in text
    assert f"**Ahead of** <@{eve.id}> #60" in text
    assert str(world.server.bob.id) not in text
    assert str(eve.id) not in await whatif(world, "0.9999")


async def test_nobody_else_is_named_in_direct_messages(world: World) -> None:
    await follow_crowd(world)
    ada = world.server.ada
    text = response_text(await ada.user.slash("whatif", score="0.9999"))
    assert "now has **0.99500** and is #50: this" in text
    assert "<@" not in text
