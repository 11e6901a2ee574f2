"""Sentences about a file that is not a roster."""

TOO_LARGE_TEXT = "The file is too large for a roster: 1 MB is the limit."
NO_TEXT_FILE_TEXT = "The file is not a text file: save the table as CSV and upload that."
WRONG_HEADER_TEXT = (
    "The first row must name two columns, discord and kaggle. Below it, each row has a member's"
    " Discord name or id and a Kaggle user name, for example ada.lovelace,adalovelace."
)
EMPTY_FILE_TEXT = f"The file is empty. {WRONG_HEADER_TEXT}"
NO_ROW_TEXT = (
    "There is no row below the header. Each row has a member's Discord name or id and a Kaggle user"
    " name, for example ada.lovelace,adalovelace."
)


def no_csv_text(reason: str) -> str:
    """Return that a file is not a CSV file, and why."""
    return f"The file is not a CSV file: {reason}."


def too_many_rows_text(count: int, limit: int) -> str:
    """Return that a file has too many rows, and what to do."""
    return f"There are {count:,} rows, and {limit} are the limit: split the file."
