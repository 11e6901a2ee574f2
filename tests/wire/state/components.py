"""The components of a message: what they hold, and their ids."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

ACTION_ROW, BUTTON, STRING_SELECT, TEXT_INPUT = 1, 2, 3, 4
CHANNEL_SELECT = 8
SELECTS = (3, 5, 6, 7, CHANNEL_SELECT)
SECTION, TEXT_DISPLAY, THUMBNAIL, MEDIA_GALLERY, FILE = 9, 10, 11, 12, 13
SEPARATOR, CONTAINER, LABEL = 14, 17, 18

Component = dict[str, Any]


def walk(components: Sequence[Component] | None) -> Iterator[Component]:
    """Yield every component in order, nested ones included."""
    for component in components or ():
        yield component
        yield from walk(component.get("components"))
        inner = [component.get("accessory"), component.get("component")]
        yield from walk([part for part in inner if part])


def text_of(components: Sequence[Component]) -> str:
    """Return the text of all text displays, one after another."""
    return "\n".join(part["content"] for part in walk(components) if part["type"] == TEXT_DISPLAY)


def ids_of(components: Sequence[Component]) -> list[int]:
    """Return the ids of the components, in order."""
    return [component["id"] for component in walk(components)]


def number(components: Sequence[Component]) -> None:
    """Assign the next free id to each component without one, as Discord does."""
    taken = {component["id"] for component in walk(components) if component.get("id")}
    following = 1
    for component in walk(components):
        if not component.get("id"):
            while following in taken:
                following += 1
            component["id"] = following
            taken.add(following)


def media_of(components: Sequence[Component]) -> Iterator[dict[str, Any]]:
    """Yield every picture or file that the components show."""
    for component in walk(components):
        if component["type"] == THUMBNAIL:
            yield component["media"]
        elif component["type"] == FILE:
            yield component["file"]
        elif component["type"] == MEDIA_GALLERY:
            yield from (item["media"] for item in component["items"])
