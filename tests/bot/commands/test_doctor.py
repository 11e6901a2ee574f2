import shutil
import sqlite3
import sys
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from bot.commands import dependencies, doctor
from bot.discord_login import Login
from demo.kaggle import CREDENTIALS, KaggleStandIn
from leaderboards.errors import NotLoggedIn
from leaderboards.kaggle.client import KaggleCli
from storage import migrations
from tests.bot.conftest import FIRST, CommandLine, build_zip

NEWEST = max(migrations.FOLDER.glob("*.sql")).stem


class Kaggle:
    """Stands for the Kaggle CLI."""

    logged_in = True

    def __init__(self, **_: object) -> None:
        pass

    async def check_version(self) -> None:
        pass

    async def load_version(self) -> str:
        return "2.2.4"

    async def check_login(self) -> None:
        if not self.logged_in:
            raise NotLoggedIn("Kaggle does not accept the login.")

    def close(self) -> None:
        pass


@pytest.fixture(autouse=True)
def world(monkeypatch: pytest.MonkeyPatch) -> None:
    async def log_in(token: str) -> Login:
        if token != "right":
            raise OSError(token)
        return Login("Podium#1", "https://discord.example/invite")

    monkeypatch.setattr(dependencies, "KaggleCli", Kaggle)
    monkeypatch.setattr(doctor, "log_in", log_in)
    monkeypatch.setattr(Kaggle, "logged_in", True)


def test_doctor_prints_ok_for_each_passed_check(
    podium: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "right")
    code, out, err = podium("doctor")
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        "ok    settings      complete",
        "ok    database      podium.db is made when the bot starts",
        "ok    Kaggle CLI    version 2.2.4",
        "ok    Kaggle login  accepted",
        "ok    Discord       logged in as Podium#1; invite it with https://discord.example/invite",
    ]
    assert not Path("podium.db").exists()


def test_doctor_mentions_oddities_of_the_env_file(
    podium: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "right")
    Path(".env").write_text("SYNC_MINTES=7\n")
    Path(".env").chmod(0o644)
    code, out, _ = podium("doctor")
    assert code == 0
    lines = out.splitlines()
    assert lines[0] == "ok    settings      complete"
    assert lines[1].startswith("warn  settings      SYNC_MINTES in .env is not a setting")
    if sys.platform != "win32":
        assert lines[2] == (
            "warn  settings      Others on this machine can read .env and its secrets:"
            " chmod 600 .env"
        )


def test_doctor_opens_an_existing_database(podium: CommandLine) -> None:
    Path("a.zip").write_bytes(build_zip(FIRST))
    podium("import", "titanic", "a.zip")
    assert (
        f"ok    database      podium.db, schema {NEWEST}, 0 competitions followed"
        in podium("doctor")[1]
    )
    Path("podium.db").write_text("no database" * 1000)
    assert "FAIL  database      The database podium.db is not" in podium("doctor")[1]


def test_doctor_names_a_database_that_cannot_be_upgraded(podium: CommandLine) -> None:
    Path("a.zip").write_bytes(build_zip(FIRST))
    podium("import", "titanic", "a.zip")
    with closing(sqlite3.connect("podium.db")) as database, database:
        database.execute("UPDATE migrations SET checksum = 'another'")
    out = podium("doctor")[1]
    assert "FAIL  database      The database podium.db was made by an earlier version" in out
    assert "use another file, and a new one is made." in out


def test_doctor_says_what_an_upgrade_would_do_and_does_nothing(
    podium: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("a.zip").write_bytes(build_zip(FIRST))
    podium("import", "titanic", "a.zip")
    folder = tmp_path / "migrations"
    shutil.copytree(migrations.FOLDER, folder)
    (folder / "9999_next.sql").write_text("DROP TABLE key_values;")
    monkeypatch.setattr(migrations.load_schema_state, "__defaults__", (folder,))
    before = Path("podium.db").read_bytes()
    assert (
        f"ok    database      podium.db, schema {NEWEST}; the next start upgrades it to"
        " 9999_next and keeps a copy as podium-before-9999_next.db" in podium("doctor")[1]
    )
    assert Path("podium.db").read_bytes() == before


def test_doctor_checks_the_folder_of_backups(
    podium: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BACKUP_FOLDER", "backups")
    no_folder = "FAIL  backups       backups does not exist: make it, or change BACKUP_FOLDER.\n"
    assert no_folder in podium("doctor")[1]
    Path("backups").touch()
    no_folder = "FAIL  backups       backups is not a folder: change BACKUP_FOLDER.\n"
    assert no_folder in podium("doctor")[1]
    Path("backups").unlink()
    Path("backups").mkdir()
    assert "ok    backups       backups, none yet" in podium("doctor")[1]
    for day in (1, 2):
        Path(f"backups/podium-2026-01-0{day}.db").touch()
    assert "ok    backups       backups, the newest is podium-2026-01-02.db" in podium("doctor")[1]


def test_doctor_names_an_empty_file(podium: CommandLine) -> None:
    Path("podium.db").touch()
    assert "FAIL  database      The database podium.db is an empty file" in podium("doctor")[1]
    assert Path("podium.db").read_bytes() == b""


def test_doctor_names_a_database_that_cannot_be_looked_for(
    podium: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"{'long' * 70}.db"
    monkeypatch.setenv("DATABASE_PATH", name)
    code, out, _ = podium("doctor")
    assert code == 1
    assert f"FAIL  database      The database {name} cannot be opened: File name too long." in out
    assert "Discord" in out  # The other checks go on.


def test_doctor_prints_one_line_per_failure(
    podium: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Kaggle, "logged_in", False)
    monkeypatch.setenv("KAGGLE_KEY", "k")
    monkeypatch.setenv("DATABASE_PATH", "no/folder/podium.db")
    code, out, err = podium("doctor")
    assert (code, err) == (1, "")
    lines = out.splitlines()
    assert lines[0].startswith("FAIL  settings      DISCORD_TOKEN is not set: make one at")
    assert lines[1].startswith("FAIL  settings      KAGGLE_USERNAME is not set: ")
    assert lines[2:] == [
        (
            "FAIL  database      no/folder/podium.db cannot be made: its folder is missing; make"
            " it, or change DATABASE_PATH."
        ),
        "ok    Kaggle CLI    version 2.2.4",
        "FAIL  Kaggle login  Kaggle does not accept the login.",
        "FAIL  Discord       not tried without a token",
    ]


def test_doctor_tells_a_missing_login_from_a_refused_one(
    podium: CommandLine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path))
    for name in ("KAGGLE_CONFIG_DIR", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    with KaggleStandIn().in_thread() as kaggle:
        cli = partial(KaggleCli, environment=kaggle.environment)
        monkeypatch.setattr(dependencies, "KaggleCli", cli)
        page = "https://www.kaggle.com/settings/api"
        way_on = ", put it into .env as KAGGLE_API_TOKEN, then run doctor again.\n"
        assert (
            f"FAIL  Kaggle login  The bot has no Kaggle login; make a token at {page}{way_on}"
            in (podium("doctor")[1])
        )
        kaggle.logged_in = False
        for name, value in CREDENTIALS.items():
            monkeypatch.setenv(name, value)
        assert (
            "FAIL  Kaggle login  Kaggle does not accept the bot's login; make a new token at"
            f" {page}{way_on}" in podium("doctor")[1]
        )


def test_doctor_reports_unreachable_discord_without_the_token(
    podium: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "s3cret")
    code, out, _ = podium("doctor")
    assert code == 1
    assert "FAIL  Discord       Discord cannot be reached: look at the network" in out
    assert "s3cret" not in out


def test_doctor_stops_at_wrong_settings(
    podium: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SYNC_MINUTES", "0")
    monkeypatch.setenv("LOG_LEVEL", "loud")
    code, out, _ = podium("doctor")
    assert code == 1
    assert [line[:32] for line in out.splitlines()] == [
        "FAIL  settings      DISCORD_TOKE",
        "FAIL  settings      SYNC_MINUTES",
        "FAIL  settings      LOG_LEVEL is",
    ]
