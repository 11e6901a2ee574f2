"""The codes by which people prove on Kaggle who they are."""

import secrets
import unicodedata
from datetime import timedelta
from enum import StrEnum

LIFETIME = timedelta(days=1)
"""How long a code can be used."""

_ALPHABET = "CDFHJKMNPQRTVWXY3479"
"""Neither characters that look alike (0 and O; 1, I and L; 2 and Z; 5 and S; 6 and G; 8 and B) nor
vowels: no code can be misread, and none is a word."""
_LENGTH = 8


class VerificationMethod(StrEnum):
    """Where on Kaggle a code turned up."""

    TEAM = "team"
    """In the name of a team: any of its members may have put it there."""
    NOTEBOOK = "notebook"
    """In the title of a notebook: nobody but its author could."""


def new_code() -> str:
    """Make a code that nobody can guess: 34 bits of chance."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))


def format_code(code: str) -> str:
    """Write a code as people read it best, in two halves."""
    return f"{code[: _LENGTH // 2]}-{code[_LENGTH // 2 :]}"


def contains_code(text: str, code: str) -> bool:
    """Tell whether a name or a title holds a code, however it was typed.

    Case, blanks, hyphens and everything else that is neither a letter nor a digit is ignored.
    """
    folded = unicodedata.normalize("NFKD", text).upper()
    return code in "".join(filter(str.isalnum, folded))
