"""The settings of a server: `/settings`, `/announcements`, channels, roles, time zones."""
