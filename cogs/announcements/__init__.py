"""Announcements: the outbox delivered to channels, digests, direct messages to members."""
