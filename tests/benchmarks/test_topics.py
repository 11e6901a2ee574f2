import importlib
from pathlib import Path

import pytest

from benchmarks import TOPICS, topics


def test_every_topic_has_its_module() -> None:
    (folder,) = topics.__path__
    modules = {path.stem for path in Path(folder).glob("*.py")} - {"__init__"}
    assert modules == set(TOPICS)


@pytest.mark.parametrize("topic", TOPICS)
def test_every_topic_has_a_function_that_measures(topic: str) -> None:
    assert callable(importlib.import_module(f"benchmarks.topics.{topic}").figures)
