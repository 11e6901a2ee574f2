from leaderboards.display_text import clean
from leaderboards.errors import KaggleFailed
from leaderboards.secret_redaction import HIDDEN, redact_secrets, register_secret

TOKEN = "KGAT_pl4nted/t0ken=0123456789abcdef"


def test_registered_secret_is_redacted_everywhere() -> None:
    assert redact_secrets(TOKEN) == TOKEN
    register_secret(TOKEN)
    assert redact_secrets(f"{TOKEN} and {TOKEN}") == f"{HIDDEN} and {HIDDEN}"
    assert (
        redact_secrets(f"http://{TOKEN.replace('/', '%2F').replace('=', '%3D')}@")
        == f"http://{HIDDEN}@"
    )


def test_truncated_secret_is_redacted() -> None:
    register_secret(TOKEN)
    assert redact_secrets(f"bad token {TOKEN[:20]!r}") == f"bad token '{HIDDEN}'"


def test_secrets_with_a_common_prefix_are_redacted_whole() -> None:
    register_secret("secret-of-mine")
    register_secret("secret-of-mine-too")
    assert redact_secrets("secret-of-mine-too, secret-of-mine") == f"{HIDDEN}, {HIDDEN}"


def test_too_short_secret_changes_no_text() -> None:
    register_secret("")
    register_secret("none")
    assert redact_secrets("none of it") == "none of it"


def test_errors_and_names_contain_no_secret() -> None:
    register_secret(TOKEN)
    assert str(KaggleFailed(f"It failed: {TOKEN}")) == f"It failed: {HIDDEN}"
    assert clean(f"Team\u200b {TOKEN[:15]}\u200b{TOKEN[15:]}") == f"Team {HIDDEN}"
