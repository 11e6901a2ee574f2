import sys
from pathlib import Path

import pytest
from dotenv import dotenv_values

from bot.settings import (
    Settings,
    SettingsWrong,
    find_ignored_lines,
    find_missing,
    load,
    split_address,
)
from records.limits import DEFAULT_LIMITS
from storage.boards.history_compaction import DEFAULT_RETENTION

ROOT = Path(__file__).parent.parent.parent


def test_without_settings_only_the_token_is_missing() -> None:
    settings = load()
    assert settings.database_path == Path("podium.db")
    assert settings.sync_minutes == 5
    assert settings.quiet_sync_minutes is None
    assert settings.kaggle_timeout_seconds == 120
    assert settings.kaggle_concurrency == 2
    assert settings.retention() == DEFAULT_RETENTION
    assert settings.limits() == DEFAULT_LIMITS
    assert find_missing(settings) == [
        (
            "DISCORD_TOKEN is not set: make one at https://discord.com/developers/applications, Bot"
            " → Reset Token, and put it into .env."
        )
    ]
    assert find_missing(settings, discord=False) == []


def test_blank_values_count_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("DISCORD_TOKEN=\nSYNC_MINUTES=\nDEV_GUILD_ID=  \n")
    monkeypatch.setenv("KAGGLE_KEY", "   ")
    settings = load()
    assert settings.discord_token is None
    assert settings.kaggle_key is None
    assert settings.dev_guild_id is None
    assert settings.sync_minutes == 5


def test_env_file_is_read_as_editors_on_windows_save_it() -> None:
    Path(".env").write_bytes(
        b"\xef\xbb\xbfDISCORD_TOKEN='abc.def'\r\nLOG_LEVEL=debug\r\nOTHER=1\r\n"
    )
    settings = load()
    assert settings.secrets() == ["abc.def"]
    assert settings.log_level == "DEBUG"


def test_names_that_are_much_like_a_setting_are_named() -> None:
    Path(".env").write_text(
        "SYNC_MINTES=7\nkaggle_token=secret\nloglevel=debug\nMAX_COMPETITION=\n"
        "SYNC_MINUTES=5\nLOG_FORMAT=json\nHTTPS_PROXY=http://proxy\nKAGGLE_CONFIG_DIR=/a\nTZ=UTC\n"
    )
    found = find_ignored_lines()
    assert found[0] == (
        "SYNC_MINTES in .env is not a setting and has no effect: if you mean SYNC_MINUTES, correct"
        " the name."
    )
    assert [text.split()[0] for text in found] == ["SYNC_MINTES", "kaggle_token", "loglevel"]
    assert "secret" not in "".join(found)


@pytest.mark.parametrize("line", ["this is no assignment", 'LOG_LEVEL="DEBUG', "= 5"])
def test_line_that_cannot_be_read_is_named(line: str, caplog: pytest.LogCaptureFixture) -> None:
    Path(".env").write_text(f"# Mine\nSYNC_MINUTES=7\n{line}\n")
    assert load().sync_minutes == 7
    assert find_ignored_lines() == [
        ("Line 3 of .env has no effect: write it as NAME=value, and close every quotation mark.")
    ]
    assert caplog.text == ""


def test_misspelt_names_are_named_with_what_is_wrong() -> None:
    Path(".env").write_text("DISCORD_TOKN=a\nSYNC_MINUTES=0\n")
    with pytest.raises(SettingsWrong) as raised:
        load(discord=True)
    names = [sentence.split()[0] for sentence in str(raised.value).splitlines()]
    assert names == ["DISCORD_TOKEN", "SYNC_MINUTES", "DISCORD_TOKN"]


def test_environment_overrides_the_env_file(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("SYNC_MINUTES=7\nDATABASE_PATH=~/a.db\n")
    monkeypatch.setenv("SYNC_MINUTES", "9")
    settings = load()
    assert settings.sync_minutes == 9
    assert settings.database_path == Path.home() / "a.db"


def test_each_wrong_value_is_named_and_shown_if_it_is_short() -> None:
    Path(".env").write_text(
        "SYNC_MINUTES= often \nQUIET_SYNC_MINUTES=0\nKAGGLE_CONCURRENCY=99\n"
        "KAGGLE_TIMEOUT_SECONDS=nan\nLOG_LEVEL=loud\nLOG_FORMAT=xml\nDEV_GUILD_ID=-1\n"
        "METRICS_ADDRESS=9464\nDATABASE_PATH=~nobody-of-this-name/podium.db\n"
    )
    with pytest.raises(SettingsWrong) as raised:
        load()
    assert str(raised.value).splitlines() == [
        "DATABASE_PATH has a wrong value: give the path of a file.",
        "SYNC_MINUTES is 'often': give whole minutes from 1 to 1440.",
        "QUIET_SYNC_MINUTES is '0': give whole minutes from 1 to 1440.",
        "KAGGLE_TIMEOUT_SECONDS is 'nan': give seconds, more than 0 and at most 3600.",
        "KAGGLE_CONCURRENCY is '99': give a whole number from 1 to 16.",
        "LOG_LEVEL is 'loud': give DEBUG, INFO, WARNING or ERROR.",
        "LOG_FORMAT is 'xml': give text or json.",
        (
            "METRICS_ADDRESS is '9464': give an address of this machine and a port, for example"
            " 127.0.0.1:9464."
        ),
        (
            "DEV_GUILD_ID is '-1': give the server's id: in Discord with developer mode on,"
            " right-click the server → Copy Server ID."
        ),
    ]


def test_missing_and_wrong_settings_are_named_together() -> None:
    Path(".env").write_text("SYNC_MINUTES=five\nKAGGLE_KEY=k\n")
    with pytest.raises(SettingsWrong) as raised:
        load(discord=True)
    assert [line.split(":")[0] for line in str(raised.value).splitlines()] == [
        "DISCORD_TOKEN is not set",
        "KAGGLE_USERNAME is not set",
        "SYNC_MINUTES is 'five'",
    ]
    with pytest.raises(SettingsWrong) as raised:
        load()
    assert "DISCORD_TOKEN" not in str(raised.value)


def load_wrong(name: str) -> str:
    """Load `.env`, in which this setting is wrong; return what is said of it."""
    with pytest.raises(SettingsWrong) as raised:
        load()
    assert f"{name} has a wrong value: give" in str(raised.value)
    return str(raised.value).lower()


NAMES = ["SYNC_MINUTES", "LOG_LEVEL", "LOG_FORMAT", "METRICS_ADDRESS"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("setting", ["DISCORD_TOKEN", "KAGGLE_API_TOKEN", "KAGGLE_KEY"])
def test_secret_in_the_line_of_another_setting_is_not_shown(name: str, setting: str) -> None:
    Path(".env").write_text(f"{setting}=Sec@ret7890\n{name}=Sec@ret7890\n")
    assert "sec@ret" not in load_wrong(name)


@pytest.mark.parametrize("name", NAMES)
def test_secret_that_is_only_in_the_line_of_another_setting_is_not_shown(name: str) -> None:
    """Every token and key is longer than the values that are shown."""
    Path(".env").write_text(f"{name}=Sec@ret7890Sec@ret7890\n")
    assert "sec@ret" not in load_wrong(name)


@pytest.mark.parametrize(("platform", "copy"), [("linux", "cp"), ("win32", "copy")])
def test_missing_env_file_is_named_where_there_is_an_example(
    monkeypatch: pytest.MonkeyPatch, platform: str, copy: str
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    Path(".env.example").touch()
    first, second = find_missing(load())
    assert first == f"There is no .env here yet: {copy} .env.example .env, then edit it."
    assert second.startswith("DISCORD_TOKEN is not set")
    Path(".env").touch()
    assert find_missing(load()) == [second]


@pytest.mark.parametrize(
    ("address", "parts"),
    [
        ("127.0.0.1:9464", ("127.0.0.1", 9464)),
        ("[::1]:9464", ("::1", 9464)),
        ("localhost:65535", ("localhost", 65535)),
        *(
            (wrong, None)
            for wrong in (
                "127.0.0.1",
                ":9464",
                "127.0.0.1:0",
                "127.0.0.1:65536",
                "127.0.0.1:port",
                "http://127.0.0.1:9464",
                "127.0.0.1:9464/metrics",
                "me@127.0.0.1:9464",
                "::1:9464",
                "[::1:9464",
            )
        ),
    ],
)
def test_metrics_address_is_a_host_and_a_port(
    monkeypatch: pytest.MonkeyPatch, address: str, parts: tuple[str, int] | None
) -> None:
    monkeypatch.setenv("METRICS_ADDRESS", address)
    if parts is None:
        with pytest.raises(SettingsWrong, match=r"^METRICS_ADDRESS (is|has)"):
            load()
    else:
        assert split_address(load().metrics_address or "") == parts


def test_half_of_a_kaggle_login_asks_for_the_other_half() -> None:
    Path(".env").write_text("KAGGLE_USERNAME=ada\n")
    assert [problem.split(":")[0] for problem in find_missing(load(), discord=False)] == [
        "KAGGLE_KEY is not set"
    ]
    Path(".env").write_text("KAGGLE_KEY=k\n")
    assert [problem.split(":")[0] for problem in find_missing(load(), discord=False)] == [
        "KAGGLE_USERNAME is not set"
    ]
    Path(".env").write_text("KAGGLE_KEY=k\nKAGGLE_API_TOKEN=t\n")
    assert find_missing(load(), discord=False) == []


def test_kaggle_credentials_are_a_token_or_a_name_and_a_key() -> None:
    Path(".env").write_text("KAGGLE_USERNAME= ada \nKAGGLE_KEY='k '\n")
    settings = load()
    assert settings.kaggle_credentials() == {"KAGGLE_USERNAME": "ada", "KAGGLE_KEY": "k"}
    assert settings.secrets() == ["k"]
    Path(".env").write_text("KAGGLE_API_TOKEN=t\nKAGGLE_USERNAME=ada\nKAGGLE_KEY=k\n")
    assert load().kaggle_credentials() == {"KAGGLE_API_TOKEN": "t"}
    Path(".env").write_text("")
    assert load().kaggle_credentials() == {}


def test_repr_of_settings_has_no_secrets() -> None:
    Path(".env").write_text("DISCORD_TOKEN=s3cret\nKAGGLE_KEY=s3cret\nKAGGLE_API_TOKEN=s3cret\n")
    assert "s3cret" not in repr(load())


def test_env_file_of_another_user_says_who_can_read_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("bot.settings.Settings.__init__", refuse)
    with pytest.raises(SettingsWrong, match=r"^\.env cannot be read.*belong to the user that runs"):
        load()


def test_unreadable_env_file_is_named() -> None:
    Path(".env").write_bytes(b"DISCORD_TOKEN=\xff\xfe\n")
    with pytest.raises(SettingsWrong, match=r"^\.env is not saved as UTF-8"):
        load()


def test_env_example_names_every_setting_with_its_default() -> None:
    example = dotenv_values(ROOT / ".env.example")
    assert list(example) == [name.upper() for name in Settings.model_fields]
    defaults = {name.upper(): field.default for name, field in Settings.model_fields.items()}
    assert example == {
        name: "" if default is None else str(default) for name, default in defaults.items()
    }
