"""Channels, threads and forums: which ones take messages, permissions there, tags of posts."""
