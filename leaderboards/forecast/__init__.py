"""Forecasts of ranks whose scores are left alone, from the history log.

`pace.py` counts from the log how many teams came in above a rank of late; `rank_forecast.py` says
what follows if that goes on. `docs/forecast.md` has the method, its limits and its measured errors.
"""
