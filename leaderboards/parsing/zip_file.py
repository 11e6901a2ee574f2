"""Kaggle's zip files: one CSV each, read in memory and never unpacked to disk."""

from __future__ import annotations

import hashlib
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from leaderboards.board import BoardKind
from leaderboards.errors import NotALeaderboard

MAX_BYTES = 64 * 2**20
"""Largest CSV, unpacked, and largest saved file; a board of 100,000 teams has about 8 MiB."""
_MAX_RATIO = 100
"""Real boards shrink to a third or a quarter, one where all teams are alike to a fiftieth."""
_MIN_SIZE_LIMIT = 2**20
"""Bytes that are allowed whatever the ratio, for tiny boards."""

_MAX_FILES = 1000
"""Files in a zip; zipfile takes 400 bytes of memory for each."""

_SIGNATURE = b"PK"
_DIRECTORY_SIGNATURE = b"PK\1\2"
"""What a zip's directory has for each file."""
_HEADER_BYTES = 30
"""Length of the local file header in a zip, without the name and the extra field."""
_NAME_LENGTHS = struct.Struct("<HH")
_NAME_LENGTHS_OFFSET = 26
"""Offset in the local file header of the lengths of the name and of the extra field."""
_ENCRYPTED_FLAG = 0x1
_BOUNDED_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""The methods that zipfile decompresses in chunks; others it decompresses at once."""
_DAMAGE_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
    IndexError,
)
"""What zipfile raises for bytes that are not a zip, or a broken one."""

_KIND = re.compile(r"(?:(?P<slug>[a-z0-9][a-z0-9_-]*?)[-_])?(?P<kind>public|private)_?leaderboard")
_TIME = re.compile(r"leaderboard-(\d{4}-\d\d-\d\d)t(\d\d)[:_-](\d\d)[:_-](\d\d)")


@dataclass(frozen=True, slots=True)
class FileLabel:
    """The parts of a leaderboard file's name."""

    slug: str | None
    kind: BoardKind
    taken_at: datetime | None


class ZippedCsv:
    """The one leaderboard CSV of a zip file, not yet unpacked."""

    def __init__(self, data: bytes, zip_file: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
        self._data = data
        self._zip_file = zip_file
        self._member = member
        self.label = parse_file_name(_base_name(member.filename))

    def checksum(self) -> bytes:
        """Return a SHA-256 that is the same for the same CSV, compressed in the same way."""
        member = self._member
        with _refuse_damage():
            lengths = _NAME_LENGTHS.unpack_from(
                self._data, member.header_offset + _NAME_LENGTHS_OFFSET
            )
        start = member.header_offset + _HEADER_BYTES + sum(lengths)
        sha256 = hashlib.sha256(f"{member.compress_type} {member.file_size} ".encode())
        sha256.update(memoryview(self._data)[start : start + member.compress_size])
        sha256.update(f" {member.CRC}".encode())
        return sha256.digest()

    def unpack(self) -> bytes:
        """Decompress the CSV, but no more bytes than a leaderboard can have.

        Raises `NotALeaderboard` beyond that limit, whatever size the zip declares.
        """
        limit = min(MAX_BYTES, max(_MIN_SIZE_LIMIT, _MAX_RATIO * len(self._data)))
        with _refuse_damage(), self._zip_file.open(self._member) as file:
            csv = file.read(limit + 1)
        if len(csv) > limit:
            raise NotALeaderboard("The zip file's CSV is larger than a leaderboard can be.")
        return csv


def open_zip(data: bytes) -> ZippedCsv:
    """Find the one leaderboard CSV of a zip without decompressing it.

    Raises `NotALeaderboard` where there is none.
    """
    if looks_like_web_page(data):
        raise NotALeaderboard("This is a web page instead of a leaderboard's zip file.")
    if not is_zip(data):
        raise NotALeaderboard("This is no leaderboard: it is not a zip file.")
    if data.count(_DIRECTORY_SIGNATURE) > _MAX_FILES:
        raise NotALeaderboard(f"The zip file holds more than {_MAX_FILES:,} files.")
    with _refuse_damage():
        zip_file = zipfile.ZipFile(io.BytesIO(data))
        return ZippedCsv(data, zip_file, _find_leaderboard(zip_file))


def looks_like_web_page(data: bytes) -> bool:
    """Check whether these bytes start like HTML."""
    start = data[:512].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return start.startswith((b"<!doctype html", b"<html", b"<head", b"<!--"))


def is_zip(data: bytes) -> bool:
    """Check whether these bytes start like a zip."""
    return data.startswith(_SIGNATURE)


def parse_file_name(name: str) -> FileLabel:
    """Parse slug, kind and time from a leaderboard file's name."""
    name = name.lower()
    found = _KIND.match(name)
    time = _TIME.search(name)
    return FileLabel(
        slug=found["slug"] if found else None,
        kind=BoardKind(found["kind"]) if found else BoardKind.PUBLIC,
        taken_at=_parse_time(time) if time else None,
    )


def _parse_time(time: re.Match[str]) -> datetime | None:
    date, hour, minute, second = time.groups()
    try:
        return datetime.fromisoformat(f"{date}T{hour}:{minute}:{second}").replace(tzinfo=UTC)
    except ValueError:
        return None


def _find_leaderboard(zip_file: zipfile.ZipFile) -> zipfile.ZipInfo:
    members = [
        member
        for member in zip_file.infolist()
        if _is_leaderboard(_base_name(member.filename).lower())
    ]
    if not members:
        raise NotALeaderboard("The zip file holds no leaderboard CSV.")
    if len(members) > 1:
        raise NotALeaderboard(
            f"The zip file holds {len(members)} leaderboard CSVs, where one is expected."
        )
    if members[0].flag_bits & _ENCRYPTED_FLAG:
        raise NotALeaderboard("The leaderboard's zip file is encrypted.")
    if members[0].compress_type not in _BOUNDED_METHODS:
        raise NotALeaderboard(
            "The leaderboard's zip file is compressed in a way that Kaggle never uses."
        )
    return members[0]


def _is_leaderboard(name: str) -> bool:
    # Beside each file of a zip macOS adds one that begins with "._".
    return "leaderboard" in name and name.endswith(".csv") and not name.startswith("._")


@contextmanager
def _refuse_damage() -> Iterator[None]:
    try:
        yield
    except _DAMAGE_ERRORS as error:
        raise NotALeaderboard("The leaderboard's zip file is damaged.") from error


def _base_name(name: str) -> str:
    return name.replace("\\", "/").rpartition("/")[2]
