"""Servers, their settings, channels, roles and seasons."""
