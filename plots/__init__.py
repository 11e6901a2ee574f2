"""Plots of leaderboards: specifications as plain values, and the PNGs drawn from them.

    from plots.specs import RankHistory, RankLine

    line = await asyncio.to_thread(RankLine.of, "ada", history)  # leaderboards.history.TeamHistory
    png = await services.studio.draw(RankHistory("ada", "titanic", line, medals=True))

`PlotRenderer.draw` (`plots.renderer`) returns the PNG of a specification (`plots.specs`), or logs
the error and returns None; the card is then sent without a picture. It draws in its own thread and
caches what it drew.

| picture             | what it shows                                                              |
|---------------------|----------------------------------------------------------------------------|
| `RankHistory`       | one rank over time: medal zones, submissions, deadline                     |
| `Comparison`        | up to `MOST_COMPARED` of them in one plot                                  |
| `ScoreDistribution` | all scores of a board, and where one team is among them                    |
| `Trends`            | low: name, small line, rank and change of each team                        |
| `Movement`          | climbers and fallers of a period                                           |
| `ShakeUp`           | public against private ranks, members marked                               |
| `Season`            | points of each member, by competition                                      |

Plots are 1000 pixels wide and have their own dark background. Names are given as Kaggle gives them,
and are cleaned and cut here. Fonts come from packages. Times are aware and in UTC.
"""
