"""Announcements: the outbox delivered to channels, digests, and notes to members."""
