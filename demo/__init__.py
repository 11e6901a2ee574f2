"""Plays a recorded season through the real bot in a web page."""
