"""The screens of announcements and of direct messages."""
