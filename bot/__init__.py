"""The process: command line, settings, logging, the Discord client."""

__version__ = "0.9.0"
