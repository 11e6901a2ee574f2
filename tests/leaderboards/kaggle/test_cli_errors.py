"""Errors in the words of each version of the CLI: recorded from 2.2.4, 2.2.5 and 1.7.4.5."""

import pytest

from leaderboards.errors import (
    CliTooOld,
    CompetitionNotFound,
    Forbidden,
    KaggleError,
    KaggleFailed,
    NoNetwork,
    NotLoggedIn,
    RateLimited,
    RulesNotAccepted,
)
from leaderboards.kaggle.cli_errors import classify_failure
from leaderboards.kaggle.process import CommandResult

HINTS = {
    403: "\n\nYou don't have access to this resource.\nIf this is a competition, you may need to"
    " accept its rules first at\n  https://www.kaggle.com/competitions/<competition>/rules",
    404: "\n\nThe resource was not found. Check the spelling of the reference you passed.\n"
    "References are usually '<owner>/<slug>', which you can find in the resource's URL.\n"
    "To search for one, try 'kaggle search <query>'.",
    429: "\n\nYou have been rate limited. Wait a little while before retrying.",
    500: "\n\nThis is a problem on Kaggle's side, not with your command. Please try again later.",
}
"""What 2.2.5 prints after each error."""

OUTDATED = (
    "Warning: Looks like you're using an outdated `kaggle` version (installed: 2.2.4), please"
    " consider upgrading to the latest version (9.9.9)\n"
)
READABLE = (
    "Warning: Your Kaggle API key is readable by other users on this system! To fix this, you can"
    " run 'chmod 600 /home/ada/.kaggle/kaggle.json'\n"
)
PYTHON_WARNING = (
    "/lib/python3.11/site-packages/requests/__init__.py:113: RequestsDependencyWarning: urllib3"
    " (2.7.0) or chardet (None) doesn't match a supported version!\n  warnings.warn(\n\n"
)
DEBUG_HINT = (
    "\n\nIf this is unexpected, you can re-run with `kaggle --debug [command]` to see the full\n"
    "traceback. If you think this is a bug, please report it at https://github.com/Kaggle/kaggle-cli"
)

ERRORS = [
    (404, "Not found", CompetitionNotFound, KaggleFailed),
    (404, "404 Client Error: Not Found for url: http://x/y", CompetitionNotFound, KaggleFailed),
    (403, "Permission 'competitions.get' was denied", Forbidden, Forbidden),
    (403, "403 Client Error: Forbidden for url: http://x/y", Forbidden, Forbidden),
    (
        403,
        "You must accept this rules before you can go on.",
        RulesNotAccepted,
        Forbidden,
    ),
    (429, "429 Client Error: Too Many Requests for url: http://x/y", RateLimited, RateLimited),
    (429, "Too many requests", RateLimited, RateLimited),
    (500, "502 Server Error: Bad Gateway for url: http://x/y", KaggleFailed, KaggleFailed),
]

RULES = "accept the rules at https://www.kaggle.com/competitions/titanic/rules"


def failed(*, stdout: str = "", stderr: str = "") -> CommandResult:
    return CommandResult(1, stdout, stderr)


@pytest.mark.parametrize("before", ["", OUTDATED, READABLE + OUTDATED, PYTHON_WARNING])
@pytest.mark.parametrize("hint", [True, False])
@pytest.mark.parametrize(("status", "line", "of_board", "of_list"), ERRORS)
def test_error_is_recognised_wherever_it_stands(
    status: int,
    line: str,
    of_board: type[KaggleError],
    of_list: type[KaggleError],
    *,
    hint: bool,
    before: str,
) -> None:
    printed = f"{before}{line}{HINTS[status] if hint else ''}\n"
    for result in (failed(stdout=printed), failed(stderr=printed)):
        for slug, kind in (("titanic", of_board), (None, of_list)):
            error = classify_failure(result, slug)
            assert type(error) is kind
            assert "The Kaggle CLI failed" not in str(error)
            assert "kaggle search" not in str(error)
            assert "Warning" not in str(error)


@pytest.mark.parametrize("slug", ["titanic", None])
@pytest.mark.parametrize(
    ("status", "kind"),
    [(403, Forbidden), (404, CompetitionNotFound), (429, RateLimited), (500, KaggleFailed)],
)
def test_hint_tells_the_kind_of_an_error_in_unknown_words(
    status: int, kind: type[KaggleError], slug: str | None
) -> None:
    error = classify_failure(failed(stderr=f"Nothing to see.{HINTS[status]}\n"), slug)
    assert type(error) is (KaggleFailed if (status, slug) == (404, None) else kind)
    assert "The Kaggle CLI failed" not in str(error)


@pytest.mark.parametrize("on", ["stdout", "stderr"])
def test_unknown_error_is_told_without_warnings_and_hints(on: str) -> None:
    printed = f"{OUTDATED}{PYTHON_WARNING}ValueError: The moon is full{DEBUG_HINT}\n"
    error = classify_failure(failed(**{on: printed}), "titanic")
    assert str(error) == "The Kaggle CLI failed: The moon is full"


def test_unknown_error_on_one_output_is_not_hidden_by_a_warning_on_the_other() -> None:
    error = classify_failure(failed(stdout="The moon is full\n", stderr=PYTHON_WARNING), None)
    assert str(error) == "The Kaggle CLI failed: The moon is full"


def test_lists_tell_404_and_403_in_words() -> None:
    missing = classify_failure(failed(stderr="Not found\n"), None)
    assert str(missing).startswith("Kaggle found nothing under this name (404);")
    refused = classify_failure(failed(stderr="Permission 'kernels.list' was denied\n"), None)
    assert str(refused).startswith("Kaggle does not show this to the bot's account (403);")


def test_forbidden_names_both_possibilities() -> None:
    told = str(classify_failure(failed(stderr="Permission 'x' was denied\n"), "titanic"))
    assert "mistyped" in told
    assert "private" in told
    assert RULES in told


def test_network_errors_without_a_traceback_are_recognised() -> None:
    printed = f"ConnectionError: HTTPSConnectionPool(host='x'): Max retries exceeded{DEBUG_HINT}\n"
    assert type(classify_failure(failed(stderr=printed), "titanic")) is NoNetwork


def test_wrong_arguments_are_recognised_among_usage_lines() -> None:
    printed = "usage: kaggle [-h]\n\nkaggle: error: unrecognized arguments: --format json\n"
    assert type(classify_failure(failed(stderr=printed), None)) is CliTooOld


@pytest.mark.parametrize(
    ("printed", "has_login", "told"),
    [
        ("401 Unauthorized", True, "does not accept the bot's login"),
        ("401 Unauthorized", False, "has no Kaggle login"),
        ("Authentication required to call the Kaggle API.", False, "has no Kaggle login"),
        ("OSError: Could not find kaggle.json. Make sure", False, "has no Kaggle login"),
        (
            "Invalid credentials!\nAuthentication required to call the Kaggle API.",
            False,
            "does not accept the bot's login",
        ),
    ],
)
def test_missing_login_is_told_from_a_refused_one(
    printed: str, told: str, *, has_login: bool
) -> None:
    error = classify_failure(failed(stdout=printed), "titanic", has_login=has_login)
    assert type(error) is NotLoggedIn
    assert told in str(error)
