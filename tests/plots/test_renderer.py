"""Pictures are made beside the event loop, each once, and a failure costs only the picture."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import get_args

import pytest

from plots import drawing
from plots.renderer import PictureCache, PlotRenderer
from plots.specs import Plot, RankHistoryPlot, RankLine
from tests.plots.pixels import Pixels, history

ADA, BOB = 1, 2


@pytest.fixture
def renderer() -> Iterator[PlotRenderer]:
    renderer = PlotRenderer()
    yield renderer
    renderer.close()


def picture(rank: int) -> RankHistoryPlot:
    return RankHistoryPlot(
        "ada", "titanic", RankLine.from_history("ada", history([90, rank])), medals=False
    )


async def test_plot_is_a_png(renderer: PlotRenderer) -> None:
    renderer.warm_up()
    assert Pixels(await renderer.render(picture(50), ADA)).size == (1000, 750)


async def test_equal_plots_are_drawn_once_in_one_other_thread(
    renderer: PlotRenderer, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[tuple[Plot, threading.Thread]] = []

    def draw(picture: Plot) -> bytes:
        drawn.append((picture, threading.current_thread()))
        return b"png %d" % len(drawn)

    monkeypatch.setattr(drawing, "render_plot", draw)
    asked = [picture(50), picture(60), picture(50), picture(50)]
    assert await asyncio.gather(*(renderer.render(one, ADA) for one in asked)) == [
        b"png 1",
        b"png 2",
        b"png 1",
        b"png 1",
    ]
    assert [one for one, _ in drawn] == [picture(50), picture(60)]
    assert len({thread for _, thread in drawn} - {threading.main_thread()}) == 1


async def test_plots_of_one_requester_do_not_delay_those_of_another(
    renderer: PlotRenderer, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[Plot] = []
    all_wait = threading.Event()

    def draw(picture: Plot) -> bytes:
        assert all_wait.wait(20)
        drawn.append(picture)
        return b"png"

    monkeypatch.setattr(drawing, "render_plot", draw)
    many = [asyncio.create_task(renderer.render(picture(rank), ADA)) for rank in range(1, 151)]
    other = asyncio.create_task(renderer.render(picture(151), BOB))
    await asyncio.sleep(0)
    all_wait.set()
    assert await other == b"png"
    assert drawn.index(picture(151)) <= 2
    assert await asyncio.gather(*many) == [b"png"] * 150


async def test_plot_that_is_no_longer_wanted_is_skipped(
    renderer: PlotRenderer, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[Plot] = []

    def draw(picture: Plot) -> bytes:
        drawn.append(picture)
        return b"png"

    monkeypatch.setattr(drawing, "render_plot", draw)
    tasks = [asyncio.create_task(renderer.render(picture(rank), ADA)) for rank in (1, 2, 3)]
    await asyncio.sleep(0)
    tasks[1].cancel()
    first, second, third = await asyncio.gather(*tasks, return_exceptions=True)
    assert (first, third) == (b"png", b"png")
    assert isinstance(second, asyncio.CancelledError)
    assert drawn == [picture(1), picture(3)]
    assert await renderer.render(picture(4), ADA) == b"png"


async def test_failed_plot_is_logged(
    renderer: PlotRenderer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_: Plot) -> bytes:
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(drawing, "render_plot", fail)
        assert await renderer.render(picture(50), ADA) is None
    assert "Could not draw a RankHistoryPlot" in caplog.text
    assert await renderer.render(picture(50), ADA) is not None


async def test_closed_renderer_returns_none(caplog: pytest.LogCaptureFixture) -> None:
    renderer = PlotRenderer()
    renderer.close()
    assert await renderer.render(picture(50), ADA) is None
    assert "Could not draw" in caplog.text


def test_cache_drops_the_least_recently_used() -> None:
    cache = PictureCache(10)
    cache.put(b"a", b"1234")
    cache.put(b"b", b"1234")
    assert cache.get(b"a") == b"1234"
    cache.put(b"c", b"1234")
    assert cache.get(b"b") is None
    assert cache.get(b"a") == cache.get(b"c") == b"1234"
    cache.put(b"d", b"12345678901")
    assert [cache.get(key) for key in (b"a", b"c", b"d")] == [None, None, None]
    cache.put(b"e", b"1234567890")
    assert cache.get(b"e") == b"1234567890"


def test_renderer_does_not_import_matplotlib() -> None:
    code = "import sys, plots.renderer; sys.exit('matplotlib' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603


def test_every_specification_has_a_drawing_function() -> None:
    assert set(get_args(Plot)) == set(drawing._DRAW)
