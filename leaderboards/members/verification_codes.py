"""Codes that members put on Kaggle to verify their link."""

import secrets
import unicodedata
from datetime import timedelta
from enum import StrEnum

LIFETIME = timedelta(days=1)
"""A code expires after this time."""

_ALPHABET = "CDFHJKMNPQRTVWXY3479"
"""Without characters that look alike (0 and O; 1, I and L; 2 and Z; 5 and S; 6 and G; 8 and B) and
without vowels, so that no code is misread or a word."""
_LENGTH = 8


class VerificationMethod(StrEnum):
    """Place on Kaggle where a code was found."""

    TEAM = "team"
    """In the name of a team, which any of its members can change."""
    NOTEBOOK = "notebook"
    """In the title of a notebook, which only its author can change."""


def generate_code() -> str:
    """Return a random code with 34 bits of entropy."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))


def format_code(code: str) -> str:
    """Format a code in two halves, as people read it best."""
    return f"{code[: _LENGTH // 2]}-{code[_LENGTH // 2 :]}"


def contains_code(text: str, code: str) -> bool:
    """Check whether a name or a title contains a code, however it was typed.

    Case, blanks, hyphens and everything else that is neither a letter nor a digit is ignored.
    """
    folded = unicodedata.normalize("NFKD", text).upper()
    return code in "".join(filter(str.isalnum, folded))
