from hypothesis import given
from hypothesis import strategies as st

from leaderboards.members.verification_codes import contains_code, format_code, generate_code

CODE = "CDFH7934"
NOISE = st.text("-_ .~*`<@!>#\u200b\u202e\u0301\u2014\n", max_size=3)


def test_codes_differ_and_can_be_typed() -> None:
    codes = {generate_code() for _ in range(1_000)}
    assert len(codes) == 1_000
    assert not set("".join(codes)) & set("01258ABEGILOSUZ")
    assert format_code(CODE) == "CDFH-7934"


@given(st.text(), st.lists(NOISE, min_size=8, max_size=8), st.text(), st.booleans())
def test_code_is_found_however_it_is_typed(
    before: str, noise: list[str], after: str, small: bool
) -> None:
    typed = "".join(character + more for character, more in zip(CODE, noise, strict=True))
    assert contains_code(f"{before} {typed.lower() if small else typed} {after}", CODE)
    assert contains_code("ＣＤＦＨ－７９３４", CODE)  # noqa: RUF001 - as Japanese keyboards type it


@given(st.text())
def test_name_without_the_code_does_not_match(name: str) -> None:
    assert not contains_code(name, generate_code())


def test_parts_and_mixtures_of_codes_do_not_match() -> None:
    for name in ["CDFH", "CDFH-793", "7934-CDFH", "CDFH-7O34", "C D F H 7 9 3", "", "CDFH x 7934"]:
        assert not contains_code(name, CODE)
