"""Generated zip files around a CSV, correct and corrupt."""

from __future__ import annotations

import io
import struct
import zipfile
from random import Random

from tests.fuzz.tables import NEW, damage, generate_large_table, generate_table

_NAMES = (
    *("titanic-publicleaderboard-2026-08-09T17:27:46.csv",) * 12,
    "titanic-privateleaderboard-2026-13-39T27-61-61.csv",
    "titanic_public_leaderboard.csv",
    "publicleaderboard.csv",
    "../../../etc/titanic-publicleaderboard.csv",
    "C:\\x\\leaderboard.csv",
    "/leaderboard.csv/",
    "leaderboard.csv\0.txt",
    "__MACOSX/._titanic-publicleaderboard.csv",
    "ünï-publicleaderboard-9999-99-99T99:99:99.csv",
    "LEADERBOARD.CSV",
    "readme.txt",
    "a" * 3000 + "leaderboard.csv",
    "leaderboard" * 5000,
    "",
)
_METHODS = (
    *(zipfile.ZIP_DEFLATED,) * 12,
    zipfile.ZIP_STORED,
    zipfile.ZIP_BZIP2,
    zipfile.ZIP_LZMA,
)


def generate_zip(random: Random) -> bytes:
    """Generate a zip file, in about one case of three as Kaggle packs it."""
    if random.random() < 0.02:
        return random.choice((b"", b"PK", b"PK\x05\x06" + b"\0" * 18, b"PK\x03\x04" * 9)) + (
            random.randbytes(random.randrange(200))
        )
    count = random.choice((*(1,) * 12, 0, 2, 3))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", random.choice(_METHODS)) as file:
        for number in range(count):
            member = zipfile.ZipInfo(random.choice(_NAMES))
            if member.filename in file.namelist():
                member = zipfile.ZipInfo(f"{number}/{member.filename}")
            file.writestr(member, _generate_member(random), compress_type=file.compression)
    data = buffer.getvalue()
    match random.randrange(12):
        case 0 | 1:
            data = damage(random, data)
        case 2:
            data = _corrupt_headers(random, data)
        case 3:
            data = data[: random.randrange(len(data) + 1)]
        case 4:
            data = random.choice((b"MZ", b"<html>", b"PK", b"\n")) + data
        case _:
            pass
    return data


def _generate_member(random: Random) -> bytes:
    chance = random.random()
    if chance < 0.0005:
        return generate_large_table(random)
    if chance < 0.002:
        start = random.choice((b"", f"{','.join(NEW)}\n".encode()))
        repeated = random.choice((b"0", b"\n", b"\r\n", b'"', b",", b"1,"))
        return start + repeated * random.randrange(2**20, 2**25)
    if chance < 0.01:
        return generate_zip(random)
    return generate_table(random)


def _corrupt_headers(random: Random, data: bytes) -> bytes:
    """Corrupt sizes, methods, flags or offsets in the headers."""
    changed = bytearray(data)
    headers = [
        at
        for signature in (b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06")
        for at in _find_all(data, signature)
    ]
    for _ in range(random.randrange(1, 4)):
        at = random.choice(headers) + random.randrange(4, 46, 2)
        value = random.choice((0, 1, 8, 9, 12, 14, 99, 0x7FFF, 0xFFFF, random.randrange(0x10000)))
        if at + 2 <= len(changed):
            changed[at : at + 2] = struct.pack("<H", value)
    return bytes(changed)


def _find_all(data: bytes, signature: bytes) -> list[int]:
    found, at = [], data.find(signature)
    while at >= 0:
        found.append(at)
        at = data.find(signature, at + 1)
    return found
