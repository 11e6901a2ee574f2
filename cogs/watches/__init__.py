"""Watches: what a member is told in direct messages."""
