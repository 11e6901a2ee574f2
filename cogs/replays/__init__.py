"""Replays: `/replay`, an animated picture of a server's teams through a competition."""
