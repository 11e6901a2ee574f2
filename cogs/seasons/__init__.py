"""Seasons: `/season`, rankings of members over several competitions."""
