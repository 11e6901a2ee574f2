"""Seasons: what members reach, in one competition and over several."""
