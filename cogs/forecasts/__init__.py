"""Forecasts of a rank without a submission, and of what a score would be worth."""
