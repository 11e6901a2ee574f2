"""Search for teams by a part of their name, in the encoded columns of the boards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from records.competitions import NamedTeam
from storage.boards.board_rows import decode_column

SELECT_NAMES = (
    "SELECT n.data, t.data, r.data FROM encoded_columns n"
    " JOIN encoded_columns t ON t.board_id = n.board_id AND t.name = 'team_id'"
    " JOIN encoded_columns r ON r.board_id = n.board_id AND r.name = 'rank'"
    " WHERE n.board_id = ? AND n.name = 'team_name'"
)


@dataclass(frozen=True, slots=True)
class SearchWords:
    """Words that are looked for in names, compared without case."""

    words: Sequence[str]
    """A name must contain each of them."""
    whole: str
    """All words in their order, with a space between them."""

    def is_whole(self, name: str) -> bool:
        """Return whether a name is these words, in this order, and nothing else."""
        return " ".join(name.casefold().split()) == self.whole

    @classmethod
    def parse(cls, text: str) -> SearchWords:
        """Split a text into its words."""
        words = text.casefold().split()
        return cls(sorted(words, key=len, reverse=True), " ".join(words))


def find_on_board(
    competition_id: int, columns: Sequence[bytes], wanted: SearchWords, limit: int
) -> tuple[list[NamedTeam], int]:
    """Return the teams of a board whose name matches, and how many there are.

    Those of exactly that name come first, then the better rank; at most `limit` of each are
    returned. `columns` are those of `SELECT_NAMES`. A board of 100,000 teams takes some 60 ms:
    call it in a thread.
    """
    names, team_ids, ranks = (
        decode_column(name, data)
        for name, data in zip(("team_name", "team_id", "rank"), columns, strict=True)
    )
    longest, *others = wanted.words
    rows = [row for row, name in enumerate(names) if longest in name.casefold()]
    for word in others:
        rows = [row for row in rows if word in names[row].casefold()]
    exact = [row for row in rows if wanted.is_whole(names[row])]
    first = dict.fromkeys([*exact[:limit], *rows[:limit]])
    return [
        NamedTeam(competition_id, int(team_ids[row]), names[row], int(ranks[row])) for row in first
    ], len(rows)
