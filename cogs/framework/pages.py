"""Long lists in pages, and the buttons that turn them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, Self, TypeVar

from discord import ui

from cogs.framework import format as fmt
from cogs.framework.controls import ErrorHandlingItem
from cogs.framework.layout import Item

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list."""

    items: Sequence[T]
    number: int
    """The first is 1."""
    count: int
    """How many pages the list has."""

    def number_line(self) -> str:
        """Return the line that says which page it is; empty for a list of one page."""
        if self.count == 1:
            return ""
        return f"-# Page {fmt.number(self.number)} of {fmt.number(self.count)}"


def select_page(
    items: Sequence[T],
    number: int,
    *,
    max_characters: int,
    length: Callable[[T], int],
    max_items: int | None = None,
) -> Page[T]:
    """Return the page of a number, or the last one; `length` gives the characters of an item."""
    pages: list[list[T]] = [[]]
    size = 0
    for item in items:
        characters = length(item) + 1
        if pages[-1] and (size + characters > max_characters or len(pages[-1]) == max_items):
            pages.append([])
            size = 0
        pages[-1].append(item)
        size += characters
    number = min(max(number, 1), len(pages))
    return Page(pages[number - 1], number, len(pages))


def build_page_template(name: str) -> str:
    """Return the template of the buttons below the list of that name."""
    return rf"page:{name}:(?P<number>[1-9][0-9]{{0,3}}):(?P<argument>.{{0,70}})"


class PageButton(
    ErrorHandlingItem, ui.DynamicItem[ui.Button[Any]], template=build_page_template("")
):
    """Button that shows another page of a list.

    Subclass it for each list and show page `number` in `on_use`; `argument` is what else is needed,
    such as a season's id.
    """

    list_name: ClassVar[str] = ""

    def __init__(
        self, number: int, argument: str = "", label: str = "", *, disabled: bool = False
    ) -> None:
        custom_id = f"page:{self.list_name}:{number}:{argument}"
        super().__init__(ui.Button(label=label, custom_id=custom_id, disabled=disabled))
        self.number = number
        self.argument = argument

    @classmethod
    def read(cls, _item: ui.Item[Any], match: re.Match[str]) -> Self:
        """Build the button from its custom_id."""
        return cls(int(match["number"]), match["argument"])

    @classmethod
    def build_rows(cls, page: Page[Any], argument: str = "") -> list[list[Item]]:
        """Build the row of buttons below a page; none for a list of one page."""
        if page.count == 1:
            return []
        number = page.number
        return [
            [
                cls(max(number - 1, 1), argument, "◀", disabled=number == 1),
                cls(number + 1, argument, "▶", disabled=number == page.count),
            ]
        ]
