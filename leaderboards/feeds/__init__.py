"""Feeds: new competitions, topics and notebooks, and which of them a channel wants."""
