"""Forecasts of ranks whose scores are left alone, from the history log.

`pace.py` counts from the log how many teams came in above a rank lately; `rank_forecast.py` says
what follows if that goes on. `obstacles.py` lists the reasons for which there is no forecast;
`cogs/ranks/forecast_data.py` decides whether one of them applies. `docs/forecast.md` has the
method, its limits and its measured errors.
"""
