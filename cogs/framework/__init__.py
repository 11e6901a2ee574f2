"""What every cog builds on: services, responses, errors, escaping, layout."""
