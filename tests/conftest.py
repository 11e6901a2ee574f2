"""What holds for all tests."""

import os

from hypothesis import HealthCheck, settings

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
