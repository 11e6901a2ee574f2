"""The process: command line, settings, logging, the Discord client, the board worker, metrics."""

__version__ = "0.9.0"
