"""Settings from the environment and from `.env`."""

from __future__ import annotations

import io
import logging
import stat
import sys
from datetime import timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Final, Literal, Self
from urllib.parse import urlsplit

from dotenv.parser import parse_stream
from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    ModelWrapValidatorHandler,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.commands.errors import CommandError
from bot.logs import LogFormat
from leaderboards.kaggle.environment import TOKEN_PAGE
from leaderboards.secret_redaction import redact_secrets, register_secret
from records.limits import DEFAULT_LIMITS, Limits
from storage.boards.history_compaction import DEFAULT_RETENTION, Retention

# It warns of a line without the name of the file; `find_ignored_lines` says it better.
logging.getLogger("dotenv").setLevel(logging.ERROR)

_ENV_FILE: Final = Path(".env")
_EXAMPLE: Final = Path(".env.example")

_ENCODING: Final = "utf-8-sig"
"""Some editors on Windows save it so."""

_LIKENESS: Final = 0.8
"""How alike an unknown name and a setting's must be, from 0 to 1, for a slip of the pen."""

_MAX_SHOWN: Final = 20
"""Characters of a wrong value that is shown; every token and key is longer."""


def _to_upper(value: object) -> object:
    return value.upper() if isinstance(value, str) else value


def _to_lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


def _expand_home(value: object) -> object:
    try:
        return Path(value).expanduser() if isinstance(value, str) else value
    except RuntimeError as error:  # `~name` names no user of this machine.
        raise ValueError(str(error)) from error


def split_address(address: str) -> tuple[str, int]:
    """Split `host:port`, in which an IPv6 host stands in brackets; raise `ValueError`."""
    parts = urlsplit(f"//{address}")
    if parts.netloc != address or "@" in address or not parts.hostname or not parts.port:
        raise ValueError("an address and a port are needed")
    return parts.hostname, parts.port


def _check_address(address: str) -> str:
    split_address(address)
    return address


class SettingsWrong(CommandError):
    """Settings are missing or wrong."""

    def __init__(self, problems: list[str]) -> None:
        """`problems` has a sentence for each."""
        super().__init__("\n".join(problems))


class _WrongValues(Exception):
    """Some values are wrong, and `settings` has the others."""

    def __init__(self, values: dict[str, str], settings: Settings) -> None:
        super().__init__()
        self.values = values
        self.settings = settings


class Settings(BaseSettings):
    """All settings; a description says where to find a value or what it may be."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_file_encoding=_ENCODING,
        env_ignore_empty=True,
        str_strip_whitespace=True,
        extra="ignore",
        hide_input_in_errors=True,
        validate_default=False,
    )

    discord_token: SecretStr | None = Field(
        None,
        description="make one at https://discord.com/developers/applications, Bot → Reset Token",
    )
    kaggle_api_token: SecretStr | None = Field(
        None,
        description=f"make one at {TOKEN_PAGE}, Generate New Token",
    )
    kaggle_username: str | None = Field(
        None,
        description="take your Kaggle user name, as it is in kaggle.json",
    )
    kaggle_key: SecretStr | None = Field(
        None,
        description=f"take the key from kaggle.json, made at {TOKEN_PAGE}, Create Legacy API Key",
    )
    database_path: Annotated[Path, BeforeValidator(_expand_home)] = Field(
        Path("podium.db"),
        description="give the path of a file",
    )
    backup_folder: Annotated[Path | None, BeforeValidator(_expand_home)] = Field(
        None,
        description="give the path of a folder",
    )
    sync_minutes: int = Field(
        5,
        ge=1,
        le=1440,
        description="give whole minutes from 1 to 1440",
    )
    quiet_sync_minutes: int | None = Field(
        None,
        ge=1,
        le=1440,
        description="give whole minutes from 1 to 1440",
    )
    feed_minutes: int = Field(
        60,
        ge=10,
        le=1440,
        description="give whole minutes from 10 to 1440",
    )
    kaggle_timeout_seconds: float = Field(
        120,
        gt=0,
        le=3600,
        allow_inf_nan=False,
        description="give seconds, more than 0 and at most 3600",
    )
    kaggle_concurrency: int = Field(
        2,
        ge=1,
        le=16,
        description="give a whole number from 1 to 16",
    )
    keep_every_sync_days: int = Field(
        DEFAULT_RETENTION.every_sync.days,
        ge=1,
        le=36500,
        description="give whole days from 1 to 36500",
    )
    keep_hourly_days: int = Field(
        DEFAULT_RETENTION.hourly.days,
        ge=1,
        le=36500,
        description="give whole days from 1 to 36500",
    )
    keep_unfollowed_days: int = Field(
        DEFAULT_LIMITS.keep_unfollowed.days,
        ge=1,
        le=36500,
        description="give whole days from 1 to 36500",
    )
    max_competitions: int = Field(
        DEFAULT_LIMITS.competitions,
        ge=1,
        le=100_000,
        description="give a whole number from 1 to 100000",
    )
    adds_per_hour: int = Field(
        DEFAULT_LIMITS.adds_per_hour,
        ge=1,
        le=10_000,
        description="give a whole number from 1 to 10000",
    )
    log_level: Annotated[
        Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(_to_upper)
    ] = Field(
        "INFO",
        description="give DEBUG, INFO, WARNING or ERROR",
    )
    log_format: Annotated[LogFormat, BeforeValidator(_to_lower)] = Field(
        LogFormat.TEXT,
        description="give text or json",
    )
    metrics_address: Annotated[str | None, AfterValidator(_check_address)] = Field(
        None,
        description="give an address of this machine and a port, for example 127.0.0.1:9464",
    )
    dev_guild_id: int | None = Field(
        None,
        gt=0,
        lt=1 << 63,
        description="give the server's id: in Discord with developer mode on, right-click the"
        " server → Copy Server ID",
    )

    @model_validator(mode="wrap")
    @classmethod
    def _drop_blank_values(
        cls, values: dict[str, object], handler: ModelWrapValidatorHandler[Self]
    ) -> Self:
        """Remove blank values; raise `_WrongValues` with the values as they were given."""
        given = {name: value for name, value in values.items() if str(value).strip()}
        try:
            return handler(given)
        except ValidationError as error:
            names = dict.fromkeys(str(item["loc"][0]) for item in error.errors())
        wrong = {name: str(given.pop(name)).strip() for name in names}
        raise _WrongValues(wrong, handler(given))

    def kaggle_credentials(self) -> dict[str, str]:
        """Return the variables with which the Kaggle CLI logs in; empty if it finds its own."""
        if self.kaggle_api_token is not None:
            return {"KAGGLE_API_TOKEN": self.kaggle_api_token.get_secret_value().strip()}
        if self.kaggle_username is not None and self.kaggle_key is not None:
            return {
                "KAGGLE_USERNAME": self.kaggle_username,
                "KAGGLE_KEY": self.kaggle_key.get_secret_value().strip(),
            }
        return {}

    def retention(self) -> Retention:
        """Return how long the history is kept in which detail."""
        return Retention(
            every_sync=timedelta(days=self.keep_every_sync_days),
            hourly=timedelta(days=self.keep_hourly_days),
        )

    def limits(self) -> Limits:
        """Return the limits for what servers can make the bot keep and do."""
        return Limits(
            adds_per_hour=self.adds_per_hour,
            competitions=self.max_competitions,
            keep_unfollowed=timedelta(days=self.keep_unfollowed_days),
        )

    def secrets(self) -> list[str]:
        """Return the values that must never be shown."""
        fields = (self.discord_token, self.kaggle_api_token, self.kaggle_key)
        return [field.get_secret_value().strip() for field in fields if field is not None]


def load(env_file: Path = _ENV_FILE, *, discord: bool = False) -> Settings:
    """Load the settings and register their secrets for redaction.

    Raise `SettingsWrong` if any has a wrong value. It then names what `find_missing` and
    `find_ignored_lines` find, too.
    """
    try:
        settings = Settings(_env_file=env_file)  # type: ignore[call-arg]
    except _WrongValues as error:
        _register_secrets(error.settings)
        problems = find_missing(error.settings, discord=discord)
        problems += [_describe_wrong(name, value) for name, value in error.values.items()]
        problems += find_ignored_lines(env_file)
        raise SettingsWrong(problems) from None
    except UnicodeDecodeError:
        raise SettingsWrong([f"{env_file} is not saved as UTF-8: save it as UTF-8."]) from None
    except PermissionError as error:
        reason = f"{error.strerror}; it must belong to the user that runs this"
        raise SettingsWrong([f"{env_file} cannot be read: {reason}."]) from None
    except OSError as error:
        raise SettingsWrong([f"{env_file} cannot be read: {error.strerror}."]) from None
    _register_secrets(settings)
    return settings


def find_warnings() -> list[str]:
    """Return a sentence for each oddity of `.env` with which the bot runs nevertheless."""
    found = find_ignored_lines()
    if is_readable_by_others():
        found.append(f"Others on this machine can read {_ENV_FILE} and its secrets: chmod 600 .env")
    return found


def is_readable_by_others(env_file: Path = _ENV_FILE) -> bool:
    """Return whether other users of this machine may read the file with the secrets."""
    if sys.platform == "win32":
        return False
    try:
        return bool(env_file.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH))
    except OSError:
        return False


def find_missing(settings: Settings, *, discord: bool = True) -> list[str]:
    """Return a sentence for each missing setting; `discord` says if the bot's token is needed."""
    found: list[str] = []
    if discord and settings.discord_token is None:
        found.append(_describe_missing("discord_token"))
    if settings.kaggle_api_token is None:
        for name, other in (
            ("kaggle_username", settings.kaggle_key),
            ("kaggle_key", settings.kaggle_username),
        ):
            if getattr(settings, name) is None and other is not None:
                found.append(_describe_missing(name))
    # Only a clone has the example: in a container the settings come from the environment.
    if found and _EXAMPLE.exists() and not _ENV_FILE.exists():
        copy = "copy" if sys.platform == "win32" else "cp"
        found.insert(0, f"There is no .env here yet: {copy} {_EXAMPLE} {_ENV_FILE}, then edit it.")
    return found


def find_ignored_lines(env_file: Path = _ENV_FILE) -> list[str]:
    """Return a sentence for each line that has no effect: no assignment, or a misspelt name.

    A name that is like no setting's may be there for another program.
    """
    try:
        text = env_file.read_text(_ENCODING)
    except OSError:
        return []
    found: list[str] = []
    for line in parse_stream(io.StringIO(text)):
        name = (line.key or "").lower()
        if line.error:
            found.append(
                f"Line {line.original.line} of {env_file} has no effect: write it as NAME=value,"
                " and close every quotation mark."
            )
        elif name not in Settings.model_fields and (line.value or "").strip():
            found += [
                f"{line.key} in {env_file} is not a setting and has no effect: if you mean"
                f" {meant.upper()}, correct the name."
                for meant in get_close_matches(name, Settings.model_fields, 1, _LIKENESS)
            ]
    return found


def hint(name: str) -> str:
    """Return where to find a setting's value, or what it may be."""
    return f"{Settings.model_fields[name].description}, and put it into .env"


def _register_secrets(settings: Settings) -> None:
    for secret in settings.secrets():
        register_secret(secret)


def _describe_missing(name: str) -> str:
    return f"{name.upper()} is not set: {hint(name)}."


def _describe_wrong(name: str, value: str) -> str:
    """Describe a wrong value, unless it may be a secret that was put into the wrong line."""
    description = Settings.model_fields[name].description
    if len(value) > _MAX_SHOWN or redact_secrets(value) != value:
        return f"{name.upper()} has a wrong value: {description}."
    return f"{name.upper()} is {value!r}: {description}."
