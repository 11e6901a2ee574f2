"""Pictures of leaderboards: what is to be seen as plain values, and PNGs made of them.

    from plots.specs import RankHistory, RankLine

    line = await asyncio.to_thread(RankLine.of, "ada", history)  # leaderboards.history.TeamHistory
    png = await services.studio.draw(RankHistory("ada", "titanic", line, medals=True))

`Studio.draw` (`plots.renderer`) gives the PNG of any value of `plots.specs`, or None when it could
not be made, which is logged: the card then goes out without it. It draws in a thread of its own and
keeps what it drew, so that the same picture is made once until something in it changes.

| picture             | what it shows                                                              |
|---------------------|----------------------------------------------------------------------------|
| `RankHistory`       | one rank over time: medal zones, submissions, deadline                     |
| `Comparison`        | up to `MOST_COMPARED` of them in one plot                                  |
| `ScoreDistribution` | all scores of a board, and where one team is among them                    |
| `Trends`            | low: name, small line, rank and change of each team                        |
| `Movement`          | climbers and fallers of a period                                           |
| `ShakeUp`           | public against private ranks, members marked                               |
| `Season`            | points of each member, by competition                                      |

They are 1000 pixels wide on a dark ground of their own. Names are handed in as Kaggle gives them:
they are cleaned, cut and drawn here, with fonts that packages bring. Times are aware and in UTC.
"""
