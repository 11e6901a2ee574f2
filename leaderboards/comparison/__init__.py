"""Comparison of a new board with the stored one: differences, mergers, anomalies, rescoring."""
