from leaderboards.display_text import clean
from leaderboards.errors import KaggleFailed
from leaderboards.secret_redaction import HIDDEN, hide, keep

TOKEN = "KGAT_pl4nted/t0ken=0123456789abcdef"


def test_what_is_kept_is_hidden_wherever_it_stands() -> None:
    assert hide(TOKEN) == TOKEN
    keep(TOKEN)
    assert hide(f"{TOKEN} and {TOKEN}") == f"{HIDDEN} and {HIDDEN}"
    assert hide(f"http://{TOKEN.replace('/', '%2F').replace('=', '%3D')}@") == f"http://{HIDDEN}@"


def test_a_secret_that_was_cut_off_is_hidden() -> None:
    keep(TOKEN)
    assert hide(f"bad token {TOKEN[:20]!r}") == f"bad token '{HIDDEN}'"


def test_one_secret_that_begins_as_another_leaves_nothing_of_it() -> None:
    keep("secret-of-mine")
    keep("secret-of-mine-too")
    assert hide("secret-of-mine-too, secret-of-mine") == f"{HIDDEN}, {HIDDEN}"


def test_what_is_too_short_to_be_a_secret_changes_no_text() -> None:
    keep("")
    keep("none")
    assert hide("none of it") == "none of it"


def test_errors_and_names_hold_none() -> None:
    keep(TOKEN)
    assert str(KaggleFailed(f"It failed: {TOKEN}")) == f"It failed: {HIDDEN}"
    assert clean(f"Team\u200b {TOKEN[:15]}\u200b{TOKEN[15:]}") == f"Team {HIDDEN}"
