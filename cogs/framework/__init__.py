"""Shared base of all cogs: services, responses, errors, escaping, layout."""
