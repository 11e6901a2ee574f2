"""What is taken from a zip file, and what is refused before it can do harm."""

import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaderboards.board import BoardKind
from leaderboards.errors import LeaderboardError, NotALeaderboard
from leaderboards.parsing.zip_file import FileLabel, open_zip, parse_file_name

CSV = b"Rank,TeamId,TeamName,LastSubmissionDate,Score,SubmissionCount,TeamMemberUserNames\n"
NAME = "titanic-publicleaderboard-2026-08-09T17:27:46.csv"
TITANIC = Path(__file__).parents[2] / "boards" / "titanic.zip"


def build_zip(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as opened:
        for name, content in members:
            opened.writestr(name, content)
    return buffer.getvalue()


ZIP = build_zip((NAME, CSV))


def test_zip_gives_csv_slug_kind_and_time() -> None:
    zipped = open_zip(ZIP)
    assert zipped.label == FileLabel(
        slug="titanic",
        kind=BoardKind.PUBLIC,
        taken_at=datetime(2026, 8, 9, 17, 27, 46, tzinfo=UTC),
    )
    assert zipped.unpack() == CSV


@pytest.mark.parametrize(
    ("name", "slug", "kind", "timed"),
    [
        ("playground-series-s6e8-publicleaderboard-2026-08-09T17:27:46.csv", 0, "public", True),
        ("playground-series-s6e8-publicleaderboard-2026-08-09T17-27-46.csv", 0, "public", True),
        ("playground-series-s6e8-privateleaderboard-2026-08-09T17:27:46.csv", 0, "private", True),
        ("playground-series-s6e8-publicleaderboard.csv", 0, "public", False),
        ("playground-series-s6e8-publicleaderboard (1).csv", 0, "public", False),
        ("Playground-Series-S6E8_private_leaderboard.CSV", 0, "private", False),
        ("playground-series-s6e8-publicleaderboard-2026-13-09T17:27:46.csv", 0, "public", False),
        ("publicleaderboard.csv", 1, "public", False),
        ("leaderboard.csv", 1, "public", False),
    ],
)
def test_file_names_of_all_years_are_parsed(
    name: str, slug: int, kind: str, *, timed: bool
) -> None:
    label = parse_file_name(name)
    assert label.slug == ("playground-series-s6e8", None)[slug]
    assert label.kind == kind
    assert label.taken_at == (datetime(2026, 8, 9, 17, 27, 46, tzinfo=UTC) if timed else None)


def test_old_file_name_with_underscores_is_parsed() -> None:
    label = parse_file_name("titanic_public_leaderboard.csv")
    assert (label.slug, label.kind, label.taken_at) == ("titanic", BoardKind.PUBLIC, None)


@pytest.mark.parametrize("folder", ["../../", "/etc/", "C:\\temp\\", "a/b/"])
def test_folder_of_a_zip_member_is_ignored(folder: str, tmp_path: Path) -> None:
    assert open_zip(build_zip((folder + NAME, CSV))).label.slug == "titanic"
    assert not list(tmp_path.iterdir())


def test_other_files_in_the_zip_are_ignored() -> None:
    members = [("readme.txt", b"x"), (NAME, CSV), ("__MACOSX/._" + NAME, b"x")]
    assert open_zip(build_zip(*members)).unpack() == CSV


def refusal(data: bytes) -> str:
    with pytest.raises(NotALeaderboard) as caught:
        open_zip(data).unpack()
    return str(caught.value)


def test_two_leaderboards_are_refused() -> None:
    two = build_zip((NAME, CSV), (NAME.replace("public", "private"), CSV))
    assert refusal(two) == "The zip file holds 2 leaderboard CSVs, where one is expected."


@pytest.mark.parametrize("name", ["train.csv", "leaderboard.txt", "leaderboard.csv/x"])
def test_zip_without_leaderboard_is_refused(name: str) -> None:
    assert refusal(build_zip((name, CSV))) == "The zip file holds no leaderboard CSV."
    assert refusal(build_zip()) == "The zip file holds no leaderboard CSV."


@pytest.mark.parametrize(
    "page", [b"<!DOCTYPE html><html>", b"\n <html lang=en>", b"\xef\xbb\xbf<!doctype HTML>"]
)
def test_web_page_is_refused(page: bytes) -> None:
    assert "a web page instead of a leaderboard" in refusal(page)


@pytest.mark.parametrize("data", [b"", b"{}", CSV, b"\x1f\x8b\x08"])
def test_other_bytes_are_refused(data: bytes) -> None:
    assert refusal(data) == "This is no leaderboard: it is not a zip file."


def test_truncated_zip_is_refused() -> None:
    whole = TITANIC.read_bytes()
    assert refusal(whole[: len(whole) // 2]) == "The leaderboard's zip file is damaged."


def test_zip_with_a_flipped_bit_is_refused() -> None:
    data = bytearray(TITANIC.read_bytes())
    data[len(data) // 2] ^= 1
    assert refusal(bytes(data)) == "The leaderboard's zip file is damaged."


def test_encrypted_zip_is_refused() -> None:
    data = bytearray(build_zip((NAME, CSV)))
    data[data.index(b"PK\x03\x04") + 6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert refusal(bytes(data)) == "The leaderboard's zip file is encrypted."


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_compression_method_without_a_bound_is_refused(method: int) -> None:
    assert "in a way that Kaggle never uses" in refusal(build_zip((NAME, CSV), method=method))


def test_too_large_csv_is_refused() -> None:
    bomb = build_zip((NAME, bytes(65 * 2**20)))
    assert refusal(bomb) == "The zip file's CSV is larger than a leaderboard can be."


def test_too_high_compression_ratio_is_refused() -> None:
    bomb = build_zip((NAME, bytes(8 * 2**20)))
    assert len(bomb) < 10_000
    assert refusal(bomb) == "The zip file's CSV is larger than a leaderboard can be."


def test_false_declared_size_is_refused() -> None:
    size = 8 * 2**20
    bomb = build_zip((NAME, bytes(size))).replace(
        size.to_bytes(4, "little"), (10).to_bytes(4, "little")
    )
    assert refusal(bomb) == "The leaderboard's zip file is damaged."


def test_checksum_depends_on_the_csv_alone() -> None:
    checksum = open_zip(build_zip((NAME, CSV))).checksum()
    later = NAME.replace("17:27", "17:32")
    assert open_zip(build_zip(("readme.txt", b"x"), (later, CSV))).checksum() == checksum
    assert open_zip(build_zip((NAME, CSV + b"1"))).checksum() != checksum
    assert open_zip(build_zip((NAME, CSV), method=zipfile.ZIP_STORED)).checksum() != checksum


@given(st.integers(0, len(ZIP) - 1), st.integers(1, 255))
def test_checksum_differs_for_another_csv(at: int, flipped: int) -> None:
    changed = bytearray(ZIP)
    changed[at] ^= flipped
    try:
        zipped = open_zip(bytes(changed))
        csv, checksum = zipped.unpack(), zipped.checksum()
    except LeaderboardError:
        return
    assert csv == CSV or checksum != open_zip(ZIP).checksum()


@given(st.binary(max_size=400), st.booleans())
def test_any_bytes_are_read_or_refused(data: bytes, signed: bool) -> None:
    with pytest.raises(LeaderboardError):
        open_zip(b"PK\x03\x04" + data if signed else data).unpack()


@given(st.integers(0, 200), st.binary(min_size=1, max_size=4), st.integers(0, 250))
def test_any_damage_is_refused_or_harmless(at: int, bytes_: bytes, cut: int) -> None:
    whole = build_zip((NAME, CSV))
    damaged = whole[:at] + bytes_ + whole[at + len(bytes_) :]
    for data in (damaged, whole[:cut] + whole[cut + 1 :]):
        try:
            open_zip(data).unpack()
        except LeaderboardError:
            continue


def test_zips_of_endless_names_or_files_are_refused() -> None:
    endless = [(f"{number}{'leaderboard' * 5000}.csx", b"") for number in range(40)]
    with pytest.raises(NotALeaderboard, match=r"^The zip file holds no leaderboard CSV\.$"):
        open_zip(build_zip(*endless, method=zipfile.ZIP_STORED)).unpack()
    files = [(str(number), b"") for number in range(1001)]
    with pytest.raises(NotALeaderboard, match=r"^The zip file holds more than 1,000 files\.$"):
        open_zip(build_zip(*files, (NAME, CSV), method=zipfile.ZIP_STORED)).unpack()
