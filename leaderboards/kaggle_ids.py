"""Competition slugs and Kaggle user names, as people type or paste them."""

import re
import shlex
import unicodedata
from itertools import pairwise
from urllib.parse import unquote

from leaderboards.errors import InvalidInput

_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,99}")
_CODE = re.compile(r"(?:[a-z]?\d+)+[a-z]?")
"""A word of a slug such as s6e8, v2 or 3d."""
_PATH = re.compile(r"/?(?:competitions|c)/([^/?#\s]+)(?:[/?#]\S*)?", re.IGNORECASE)
_COMPETITION_URL = re.compile(
    r"(?<![\w.-])(?:[a-z0-9-]+\.)?kaggle\.com/(?:competitions|c)/([^/?#\s()<>\[\]`\"']+)",
    re.IGNORECASE,
)
_INVITATION_URL = re.compile(r"(?<![\w.-])(?:[a-z0-9-]+\.)?kaggle\.com/t/\w", re.IGNORECASE)
_CLI_CALL = re.compile(
    r"[!$%#>]*\s*kaggle\s+(?:competitions|c)\s+[a-z-]+\s+(.*)", re.IGNORECASE | re.DOTALL
)
_SURROUNDING = " \t\n`\"'<>()[]*_~|.,;:!?\u201c\u201d\u2018\u2019\u2026"
"""Characters around a slug or URL: quotes, a sentence's marks, Discord's markdown."""
_USER_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_USER_URL = re.compile(
    r"(?:https?://)?(?:[a-z0-9-]+\.)?kaggle\.com/([^/?#\s]+)(?:[/?#]\S*)?", re.IGNORECASE
)
_BRACKETED_URL = re.compile(r"<https?://\S+>", re.IGNORECASE)
_KAGGLE_SECTIONS = frozenset(
    [
        "account",
        "benchmarks",
        "c",
        "code",
        "competitions",
        "contact",
        "datasets",
        "discussion",
        "discussions",
        "docs",
        "host",
        "kernels",
        "learn",
        "models",
        "organizations",
        "progression",
        "rankings",
        "search",
        "settings",
        "static",
        "work",
    ]
)


def is_user_name(text: str) -> bool:
    """Check whether a text can be a Kaggle user name.

    What boards show in place of a deleted account is none.
    """
    return _USER_NAME.fullmatch(text) is not None


def is_slug(text: str) -> bool:
    """Check whether a text can be a competition's slug."""
    return _SLUG.fullmatch(text) is not None


def is_address(text: str) -> bool:
    """Check whether a text is meant as an address, of Kaggle or of any other site."""
    return "://" in text or "kaggle.com" in text.casefold()


def competition_address(slug: str) -> str:
    """Return the address of a competition on Kaggle."""
    return f"https://www.kaggle.com/competitions/{slug}"


def readable_slug(slug: str) -> str:
    """Return a slug as a title: "Playground Series S6E8" for playground-series-s6e8."""
    words = filter(None, slug.split("-"))
    return " ".join(word.upper() if _CODE.fullmatch(word) else word.capitalize() for word in words)


def parse_competition(text: str) -> str:
    """Return the slug of a competition from its slug, or from a text with its kaggle.com URL.

    A command of the Kaggle CLI that names the competition will do, too. Raises `InvalidInput` for
    any other text.
    """
    text = _drop_format_characters(text)
    slugs = _find_slugs(text)
    if len(slugs) == 1 and is_slug(slug := slugs.pop()):
        return slug
    if _INVITATION_URL.search(text):
        raise InvalidInput(
            "An invitation does not name its competition. Open it, join the competition, and give"
            " the address that the browser shows then, as"
            " https://www.kaggle.com/competitions/titanic."
        )
    raise InvalidInput(
        "That is not a Kaggle competition. Give its slug or its address, for example"
        " titanic or https://www.kaggle.com/competitions/titanic."
    )


def _find_slugs(text: str) -> set[str]:
    urls = {unquote(slug).rstrip(_SURROUNDING).lower() for slug in _COMPETITION_URL.findall(text)}
    if urls:
        return urls
    # The quotes of a command's arguments stay: the text of a message may look like an option.
    text = text.strip(" \t\n`")
    if command := _CLI_CALL.fullmatch(text):
        named = _find_argument(command[1])
    elif text.startswith("-"):
        named = _find_argument(text)
    else:
        path = _PATH.fullmatch(text.strip(_SURROUNDING))
        named = path[1] if path else text
    return {named.strip(_SURROUNDING).lower()}


def _find_argument(arguments: str) -> str:
    """Return the competition in the arguments of a CLI command; empty if none names one."""
    try:
        words = shlex.split(arguments)
    except ValueError:  # A quotation mark is not closed.
        words = arguments.split()
    for word, following in pairwise([*words, ""]):
        option, _, value = word.partition("=")
        if option in {"-c", "--competition"}:
            return value or following
    return next(iter(words), "")


def parse_user_name(text: str) -> str:
    """Return the user name from a Kaggle user name, @name or profile URL.

    Raises InvalidInput for any other text.
    """
    text = _unwrap(_drop_format_characters(text))
    url = _USER_URL.fullmatch(text)
    name = url[1] if url else text
    name = name.removeprefix("@")
    if not _USER_NAME.fullmatch(name) or (url and name.lower() in _KAGGLE_SECTIONS):
        raise InvalidInput(
            "That is not a Kaggle user name. Give the name from the profile's address, for example"
            " alexisbcook for https://www.kaggle.com/alexisbcook."
        )
    return name


def find_user_name(text: str) -> str | None:
    """Return the user name as `parse_user_name` does; None for any other text."""
    try:
        return parse_user_name(text)
    except InvalidInput:
        return None


def _drop_format_characters(text: str) -> str:
    """Remove invisible characters that are copied along with a text, such as zero-width spaces."""
    return "".join(character for character in text if unicodedata.category(character) != "Cf")


def _unwrap(text: str) -> str:
    """Remove outer blanks, and the `<>` that suppress Discord's preview of a URL."""
    text = text.strip()
    return text[1:-1] if _BRACKETED_URL.fullmatch(text) else text
