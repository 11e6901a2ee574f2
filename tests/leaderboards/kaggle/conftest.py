from multiprocessing import util

import pytest


@pytest.fixture(scope="session", autouse=True)
def _multiprocessing_folder() -> None:
    """Create the folder of the fork server's socket before tests replace the temporary folder."""
    util.get_temp_dir()
