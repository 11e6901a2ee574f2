import io
import json
import logging
import sys
import warnings

import pytest

from bot import logs
from cogs.framework.log_context import log_subject
from leaderboards.secret_redaction import register_secret


@pytest.fixture
def log() -> io.StringIO:
    stream = io.StringIO()
    for secret in ("tok.en", "tok.en-1", ""):
        register_secret(secret)
    logs.set_up("INFO", stream)
    return stream


def test_a_record_is_one_line_with_its_time_in_utc(log: io.StringIO) -> None:
    record = logging.makeLogRecord(
        {"name": "cogs.syncing.sync", "levelname": "INFO", "msg": "%s read", "args": ("titanic",)}
    )
    record.created = 1786296466.9
    logging.getLogger().handlers[0].handle(record)
    assert log.getvalue() == "2026-08-09 17:27:46Z INFO    cogs.syncing.sync: titanic read\n"


def test_line_breaks_in_messages_are_escaped(log: io.StringIO) -> None:
    logging.getLogger("any").warning("team %s", "a\n2026-01-01 ERROR\x1b[31m")
    assert log.getvalue().count("\n") == 1
    assert "\x1b" not in log.getvalue()


def test_secrets_are_hidden_in_message_arguments_and_exceptions(log: io.StringIO) -> None:
    logging.getLogger("discord.http").info("sent tok.en-1")
    logging.getLogger("x.y").info("sent %s", {"Authorization": "Bot tok.en-1"})
    try:
        raise ValueError("bad token tok.en-1")
    except ValueError:
        logging.getLogger("x").exception("failed with tok.en")
    text = log.getvalue()
    assert "tok" not in text.replace("bad token", "")
    assert "sent [hidden]\n" in text
    assert "ValueError: bad token [hidden]" in text


def test_warnings_and_uncaught_errors_are_logged(log: io.StringIO) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("odd tok.en-1", stacklevel=1)
    error = RuntimeError("tok.en-1 fell")
    sys.excepthook(RuntimeError, error, None)
    assert "UserWarning: odd [hidden]" in log.getvalue()
    assert "CRITICAL bot: Stopped by an error\nRuntimeError: [hidden] fell\n" in log.getvalue()


def test_requests_of_discord_py_are_not_logged_even_at_debug(log: io.StringIO) -> None:
    logs.set_up("DEBUG", log)
    logging.getLogger("discord.http").debug("every request")
    logging.getLogger("cogs").debug("a detail")
    assert "every request" not in log.getvalue()
    assert "a detail" in log.getvalue()


def test_lines_name_the_server_and_competition_that_they_are_about(log: io.StringIO) -> None:
    logger = logging.getLogger("any")
    with log_subject(server=5):
        with log_subject(competition="titanic"):
            logger.info("Kaggle answers again")
            logger.info("titanic was not synced")
        logger.info("Channel 7: the message waits")
        with log_subject(competition="ai"):
            logger.info("Channel 75 failed: ai-village, /main")
    logger.info("Stopped")
    assert [line.partition(": ")[2] for line in log.getvalue().splitlines()] == [
        "Kaggle answers again (server 5, titanic)",
        "titanic was not synced (server 5)",
        "Channel 7: the message waits (server 5)",
        "Channel 75 failed: ai-village, /main (server 5, ai)",
        "Stopped",
    ]


def test_json_has_an_object_a_line_without_secrets(log: io.StringIO) -> None:
    logs.set_up("INFO", log, logs.LogFormat.JSON)
    with log_subject(server=5, competition="titanic"):
        logging.getLogger("a.b").warning("team %s\nof tok.en-1", 'a "quoted" 🐍')
    try:
        raise ValueError("bad token tok.en-1")
    except ValueError:
        logging.getLogger("x").exception("failed")
    first, second = map(json.loads, log.getvalue().splitlines())
    assert first.pop("time").endswith("+00:00")
    assert first == {
        "level": "WARNING",
        "logger": "a.b",
        "message": 'team a "quoted" 🐍\nof [hidden]',
        "server": "5",
        "competition": "titanic",
    }
    assert "server" not in second
    assert second["exception"].endswith("ValueError: bad token [hidden]")
