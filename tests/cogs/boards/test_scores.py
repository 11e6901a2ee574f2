"""`/scores`: where somebody is among all of a board."""

from leaderboards.kaggle.cli_output import CompetitionInfo
from tests.cogs.examples import crowd
from tests.cogs.world import World, response_text


async def test_scores_in_words_and_in_a_plot(world: World) -> None:
    world.kaggle.listed["titanic"] = CompetitionInfo("titanic", None, "Featured")
    world.serve("titanic", crowd(120))
    await world.follow()
    ada = world.server.ada
    assert "`/link`" in await world.ask(ada, "scores")
    await world.ask(ada, "link", username="user7")
    result = await world.run(ada, "scores")
    text = response_text(result)
    assert "**0.99930**\n#7 · top 6 %" in text
    for line in ("Best **0.99990**", "Middle of the board **0.99400**", "🥇 from **0.99900**"):
        assert line in text
    assert result.response is not None
    (picture,) = result.response.message.attachments
    assert picture.filename == "scores.png"
    assert "is not on titanic yet" in await world.ask(ada, "scores", username="nobody")
    elsewhere = world.add_server()
    ada_elsewhere = elsewhere.guild.add_member(ada.user)
    await world.follow(server=elsewhere)
    assert "`/link`" in await world.ask(ada_elsewhere, "scores"), "she linked it in one server"
