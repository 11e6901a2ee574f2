"""Ranks and rank histories of teams: `/rank`, `/history`, `/compare`."""
