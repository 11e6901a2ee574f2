import os
from functools import partial
from pathlib import Path

import pytest

from bot import behind


@pytest.mark.skipif(not hasattr(os, "SCHED_IDLE"), reason="only Linux knows of such processes")
def test_where_the_system_refuses_it_the_process_begins_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "sched_setscheduler", refuse)
    behind.start(behind.packed(partial(os.mkdir, tmp_path / "begun")))
    assert (tmp_path / "begun").is_dir()
