"""Plays the recorded boards of a competition through the real bot in a web page."""
