"""Plots of leaderboards: specifications as plain values, and the PNGs drawn from them.

    from plots.specs import RankHistoryPlot, RankLine

    line = await asyncio.to_thread(RankLine.from_history, "ada", history)  # a TeamHistory
    plot = RankHistoryPlot("ada", "titanic", line, medals=True)
    png = await services.plot_renderer.render(plot, requester_id=user.id)

`PlotRenderer.render` (`plots.renderer`) returns the PNG of a specification (`plots.specs`), or logs
the error and returns None; the message is then sent without a picture. It draws in its own thread
and caches what it drew.

| plot                    | what it shows                                                          |
|-------------------------|------------------------------------------------------------------------|
| `RankHistoryPlot`       | one rank over time: medal zones, submissions, deadline                 |
| `ForecastPlot`          | the rank that a team will likely have, with its interval               |
| `ComparisonPlot`        | up to `MAX_COMPARED` rank lines in one plot                            |
| `ScoreDistributionPlot` | all scores of a board, and where one team is among them                |
| `TrendsPlot`            | a row for each team: name, small line, rank and change                 |
| `MovementPlot`          | climbers and fallers of a period                                       |
| `ShakeUpPlot`           | public against private ranks, members marked                           |
| `SeasonPlot`            | results of each member, by competition                                 |

A replay (`specs.Replay`), an animated picture of a whole competition, takes seconds:
`ReplayRenderer.render` (`plots.replay_renderer`) draws it in a process.

Plots are 1000 pixels wide (`plots/drawing/elements/canvas.py`) and have their own dark background.
Names are given as Kaggle gives them, and are cleaned and cut here. Fonts come from packages
(`plots/drawing/elements/fonts.py`), colours from `plots/colours.py`. Times are aware and in UTC.
"""
