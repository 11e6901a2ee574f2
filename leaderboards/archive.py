"""The archive that Kaggle sends: one CSV in a zip, read in memory and never unpacked to disk."""

from __future__ import annotations

import hashlib
import io
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime

from leaderboards.board import Kind
from leaderboards.errors import NotALeaderboard

MAX_BYTES = 64 * 2**20
"""A board of 100,000 teams has about 8 MiB."""
_MAX_RATIO = 100
"""Real boards shrink to a third or a quarter, one where all teams are alike to a fiftieth."""
_ALWAYS_ALLOWED = 2**20
"""So that the ratio does not refuse a tiny board."""

_SIGNATURE = b"PK"
_ENCRYPTED = 0x1
_BOUNDED_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""The methods that zipfile decompresses piece by piece; the others it inflates at once."""
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
    IndexError,
)
"""What zipfile raises for bytes that are no archive, or a broken one."""

_CSV_NAME = re.compile(r".*leaderboard.*\.csv", re.IGNORECASE)
_KIND = re.compile(r"(?:(?P<slug>[a-z0-9][a-z0-9_-]*?)[-_])?(?P<kind>public|private)_?leaderboard")
_TIME = re.compile(r"leaderboard-(\d{4}-\d\d-\d\d)T(\d\d)[:_-](\d\d)[:_-](\d\d)")


@dataclass(frozen=True, slots=True)
class Label:
    """What the name of a leaderboard file tells."""

    slug: str | None
    kind: Kind
    taken_at: datetime | None


@dataclass(frozen=True, slots=True)
class Download:
    """A leaderboard's CSV with what its name tells."""

    slug: str | None
    kind: Kind
    taken_at: datetime | None
    csv: bytes


def read_archive(data: bytes) -> Download:
    """Take the one leaderboard CSV out of a zip's bytes."""
    if looks_like_web_page(data):
        raise NotALeaderboard("Kaggle answered with a web page instead of a leaderboard archive.")
    if not data.startswith(_SIGNATURE):
        raise NotALeaderboard("The answer is no leaderboard: it is not a zip archive.")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            member = _leaderboard_member(archive)
            csv = _bounded(archive, member, len(data))
    except _DAMAGED as error:
        raise NotALeaderboard("The leaderboard archive is damaged.") from error
    label = label_of(_base_name(member.filename))
    return Download(label.slug, label.kind, label.taken_at, csv)


def looks_like_web_page(data: bytes) -> bool:
    """Tell whether these bytes begin as HTML does."""
    start = data[:512].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return start.startswith((b"<!doctype html", b"<html", b"<head", b"<!--"))


def is_archive(data: bytes) -> bool:
    """Tell whether these bytes begin as a zip does."""
    return data.startswith(_SIGNATURE)


def label_of(name: str) -> Label:
    """Read slug, kind and time from a leaderboard file's name."""
    name = name.lower()
    found = _KIND.match(name)
    time = _TIME.search(name.upper().replace("LEADERBOARD", "leaderboard"))
    return Label(
        slug=found["slug"] if found else None,
        kind=Kind(found["kind"]) if found else Kind.PUBLIC,
        taken_at=_utc(time) if time else None,
    )


def digest(csv: bytes) -> bytes:
    """Give the fingerprint by which the same bytes are known again."""
    return hashlib.sha256(csv).digest()


def _utc(time: re.Match[str]) -> datetime | None:
    date, hour, minute, second = time.groups()
    try:
        return datetime.fromisoformat(f"{date}T{hour}:{minute}:{second}").replace(tzinfo=UTC)
    except ValueError:
        return None


def _leaderboard_member(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    members = [
        member
        for member in archive.infolist()
        if _CSV_NAME.fullmatch(_base_name(member.filename))
        # What macOS adds beside each file of an archive.
        and not _base_name(member.filename).startswith("._")
    ]
    if not members:
        raise NotALeaderboard("The archive holds no leaderboard CSV.")
    if len(members) > 1:
        raise NotALeaderboard(
            f"The archive holds {len(members)} leaderboard CSVs, where one is expected."
        )
    if members[0].flag_bits & _ENCRYPTED:
        raise NotALeaderboard("The leaderboard archive is encrypted.")
    if members[0].compress_type not in _BOUNDED_METHODS:
        raise NotALeaderboard(
            "The leaderboard archive is compressed in a way that Kaggle never uses."
        )
    return members[0]


def _bounded(archive: zipfile.ZipFile, member: zipfile.ZipInfo, archive_bytes: int) -> bytes:
    """Decompress no more than a leaderboard can have, whatever the archive says of itself."""
    limit = min(MAX_BYTES, max(_ALWAYS_ALLOWED, _MAX_RATIO * archive_bytes))
    with archive.open(member) as file:
        csv = file.read(limit + 1)
    if len(csv) > limit:
        raise NotALeaderboard("The archive's CSV is larger than a leaderboard can be.")
    return csv


def _base_name(name: str) -> str:
    return name.replace("\\", "/").rpartition("/")[2]
