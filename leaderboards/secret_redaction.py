"""What nobody may be shown, and the one way to take it out of a text.

Each login is kept here by what first holds it. What Kaggle or Discord says passes `redact_secrets`
before it becomes a sentence, and every line of the log and every name that is shown once more.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

HIDDEN: Final = "[hidden]"

_SHORTEST: Final = 6
"""What is shorter is no secret, and would be found in many a word."""

_BEGINNING: Final = 12
"""By so many characters a secret is known, also where the rest of it was cut off."""

_secrets: set[str] = set()


def register_secret(secret: str) -> None:
    """Let a value be hidden from now on, also as it stands in an address."""
    if len(secret) >= _SHORTEST:
        _secrets.update((secret, quote(secret, safe="")))


def redact_secrets(text: str) -> str:
    """Take the secrets out of a text."""
    for beginning in {secret[:_BEGINNING] for secret in _secrets}:
        at = text.find(beginning)
        while at >= 0:
            end = at + max(_common(text[at:], secret) for secret in _secrets)
            text = text[:at] + HIDDEN + text[end:]
            at = text.find(beginning, at + len(HIDDEN))
    return text


def _common(text: str, secret: str) -> int:
    """Count the characters with which both begin."""
    count = 0
    while text[count : count + 1] == secret[count : count + 1] != "":
        count += 1
    return count
