"""The lists that the Kaggle CLI prints as JSON."""

from __future__ import annotations

import json
import re
from typing import Any

from leaderboards.errors import KaggleFailed
from leaderboards.kaggle.environment import INSTALL


def parse_list(printed: str) -> list[dict[str, Any]]:
    """Give the entries of a printed list; raises `ValueError` where none is printed."""
    # Warnings and the token of the next page stand before the list.
    start = re.search(r"^\[", printed, re.MULTILINE)
    entries: list[dict[str, Any]] = json.loads(printed[start.start() :] if start else "")
    return entries


def parse_notebook_titles(printed: str, user_name: str) -> list[str]:
    """Give the titles of a user's own notebooks from what `kaggle kernels list` printed."""
    if re.search(r"^Not found$", printed, re.MULTILINE):
        return []
    try:
        return [
            str(notebook["title"])
            for notebook in parse_list(printed)
            if notebook["ref"].partition("/")[0].casefold() == user_name.casefold()
        ]
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise KaggleFailed(
            f"The Kaggle CLI lists notebooks in a way that is not understood; {INSTALL}"
        ) from error
