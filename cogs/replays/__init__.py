"""Replays: `/replay`, an animated picture of a server's teams through a competition.

The message with a replay after the end is queued by `storage/news/news_writer.py`, with the
announcement of that end, and sent by the announcer.
"""
