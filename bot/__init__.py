"""The process: command line, settings, logging, the Discord client."""
