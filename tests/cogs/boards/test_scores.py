"""`/scores`: where somebody is among all of a board."""

import csv
import io
import zipfile

from leaderboards.medals import MedalZone
from plots.specs import ScoreDistributionPlot
from tests.cogs.examples import crowd
from tests.cogs.world import World, build_zip, response_text


async def test_scores_in_words_and_in_a_plot(world: World) -> None:
    world.list_competition()
    world.serve("titanic", crowd(120))
    await world.follow()
    ada = world.server.ada
    assert "`/link`" in await world.ask(ada, "scores")
    await world.ask(ada, "link", username="user7")
    result = await world.run(ada, "scores")
    text = response_text(result)
    assert "**0.99930**\n#7 · top 6 %" in text
    for line in ("Best **0.99990**", "Middle of the board **0.99400**", "Last in 🥇 **0.99900**"):
        assert line in text
    assert "-# A medal takes a better score than that of the last team in its zone." in text
    assert result.response is not None
    (picture,) = result.response.message.attachments
    assert picture.filename == "scores.png"
    assert "is not on Titanic yet" in await world.ask(ada, "scores", username="nobody")
    elsewhere = world.add_server()
    ada_elsewhere = elsewhere.guild.add_member(ada.user)
    await world.follow(server=elsewhere)
    assert "`/link`" in await world.ask(ada_elsewhere, "scores"), "she linked it in one server"


def shift_ranks(data: bytes, first: int) -> bytes:
    """Return a board's zip in which every rank from `first` on is higher by ten."""
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        (member,) = file.namelist()
        header, *rows = csv.reader(io.StringIO(file.read(member).decode()))
    for row in rows:
        row[0] = str(int(row[0]) + 10 * (int(row[0]) >= first))
    text = io.StringIO()
    csv.writer(text).writerows([header, *rows])
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr(member, text.getvalue())
    return buffer.getvalue()


async def test_own_score_is_marked_where_ranks_are_missing(world: World) -> None:
    world.list_competition()
    world.kaggle.boards["titanic"] = shift_ranks(build_zip("titanic", crowd(120)), 20)
    await world.follow()
    drawn = world.record_plots()
    for user, score in (("user20", 0.998), ("user120", 0.988)):
        await world.ask(world.server.ada, "scores", username=user)
        plot = drawn.pop()
        assert isinstance(plot, ScoreDistributionPlot)
        assert plot.score == score
        # Nobody has rank 24, the last one of the silver zone; the last team in it has rank 19.
        assert plot.zone_edges == (
            (MedalZone.GOLD, 0.999),
            (MedalZone.SILVER, 0.9981),
            (MedalZone.BRONZE, 0.9962),
        )


async def test_zone_is_told_where_nobody_has_its_last_rank(world: World) -> None:
    world.list_competition()
    world.kaggle.boards["titanic"] = shift_ranks(build_zip("titanic", crowd(120)), 20)
    await world.follow()
    text = await world.ask(world.server.ada, "scores", username="user50")
    for line in ("Last in 🥇 **0.99900**", "Last in 🥈 **0.99810**", "Last in 🥉 **0.99620**"):
        assert line in text
    # Here the silver zone is ranks 4 to 7: nobody is in it.
    world.kaggle.boards["spaceship"] = shift_ranks(build_zip("spaceship", crowd(36)), 4)
    world.list_competition("spaceship")
    await world.follow("spaceship")
    text = await world.ask(world.server.ada, "scores", username="user30", competition="spaceship")
    assert "Last in 🥇 **0.99970**" in text
    assert "🥈" not in text
    assert "Last in 🥉 **0.99960**" in text
