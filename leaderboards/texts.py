"""Columns of texts, of which some are read only when somebody asks for one."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Self

import numpy as np
from numpy.typing import NDArray

Texts = Sequence[str]


class TextsLater(Sequence[str]):
    """Texts that are read one by one; whoever rearranges them reads none."""

    __slots__ = ()

    @abstractmethod
    def take(self, indices: NDArray[np.int64]) -> Self:
        """Give the texts at these indices, in their order."""

    @abstractmethod
    def patch(self, places: NDArray[np.int64], texts: Texts) -> Self:
        """Give the same texts with others at these places."""


def taken(texts: Texts, indices: NDArray[np.int64]) -> Texts:
    """Give the texts at these indices, in their order."""
    if isinstance(texts, TextsLater):
        return texts.take(indices)
    return [texts[index] for index in indices.tolist()]


def patched(texts: Texts, places: NDArray[np.int64], others: Texts) -> Texts:
    """Give the same texts with others at these places."""
    if isinstance(texts, TextsLater):
        return texts.patch(places, others)
    whole = list(texts)
    for place, text in zip(places.tolist(), others, strict=True):
        whole[place] = text
    return whole
