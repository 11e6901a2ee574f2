"""What holds for all tests."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from leaderboards import secrecy

# How long an example takes is no matter of right or wrong; what fails on a submission must fail
# again on the next run of it.
settings.register_profile(
    "podium",
    deadline=None,
    max_examples=60,
    derandomize="CI" in os.environ,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("podium")


@pytest.fixture(autouse=True)
def _other_tests_show_what_is_secret_in_this_one() -> Iterator[None]:
    yield
    secrecy._secrets.clear()
