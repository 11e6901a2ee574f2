"""A server's set-up: settings, announcements, status, help."""
