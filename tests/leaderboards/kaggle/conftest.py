from multiprocessing import util

import pytest

from leaderboards.kaggle.process import CommandStarter
from tests.leaderboards.kaggle.kaggle_cli import STARTS, find_start


@pytest.fixture(scope="session", autouse=True)
def _multiprocessing_folder() -> None:
    """Create the folder of the fork server's socket before tests replace the temporary folder."""
    util.get_temp_dir()


@pytest.fixture(scope="module", params=STARTS)
def start(request: pytest.FixtureRequest) -> CommandStarter:
    """Start calls of the CLI in each of both ways."""
    return find_start(request.param)
