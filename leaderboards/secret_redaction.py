"""Registration of secrets, and their removal from texts.

Settings register each credential here as soon as they are loaded. Output of Kaggle and Discord
passes `redact_secrets` before it becomes an error text, and so does every log line and every name
that is shown.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

HIDDEN: Final = "[hidden]"

_MIN_LENGTH: Final = 6
"""Shorter values are not treated as secrets: they would match parts of ordinary words."""

_PREFIX_LENGTH: Final = 12
"""Characters by which a secret is recognised, so that one that was cut off is redacted too."""

_secrets: set[str] = set()


def register_secret(secret: str) -> None:
    """Register a value to be redacted, also in its URL-encoded form."""
    if len(secret) >= _MIN_LENGTH:
        _secrets.update((secret, quote(secret, safe="")))


def redact_secrets(text: str) -> str:
    """Replace the secrets in a text by `HIDDEN`."""
    for prefix in {secret[:_PREFIX_LENGTH] for secret in _secrets}:
        at = text.find(prefix)
        while at >= 0:
            end = at + max(_common_prefix_length(text[at:], secret) for secret in _secrets)
            text = text[:at] + HIDDEN + text[end:]
            at = text.find(prefix, at + len(HIDDEN))
    return text


def _common_prefix_length(text: str, secret: str) -> int:
    """Return the length of the common prefix."""
    count = 0
    while text[count : count + 1] == secret[count : count + 1] != "":
        count += 1
    return count
