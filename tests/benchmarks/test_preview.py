"""From a slider to the picture on the screen, and the window while something heavy runs."""

import statistics
import time

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QEventLoop, QObject, QPoint, QTimer
from PySide6.QtTest import QTest

from latentstudio.core.progress import run
from latentstudio.document import commands, groups
from latentstudio.document.direction import DirectionSet, ModelKey
from latentstudio.engine.images import to_pixels
from latentstudio.exchange.presets import write_preset
from latentstudio.session.library import default_directions
from latentstudio.session.models import open_model
from latentstudio.store.densities import reference
from tests.benchmarks.random_model import random_stylegan2
from tests.e2e.hands import LEFT, rest, wait
from tests.toys.curved import grouped

GROUPS = "from-mine-groups"
MOST_OVER_BARE = 1.15
MOST_WHILE_LEARNING = 2.0
MOST_P99 = 16.0  # ms
ROUNDS = 40
APART = 60  # ms: bands have come by then, films have not begun


class Painted(QObject):
    """Waits until the canvas has painted a picture that it had not painted before."""

    def __init__(self, hands):
        super().__init__()
        self._item = hands.window.canvas.stage.after
        self._loop = QEventLoop()
        self._key = self._item.pixmap.cacheKey()
        self._at = 0.0
        hands.window.canvas.view.viewport().installEventFilter(self)

    def eventFilter(self, watched, event):
        key = self._item.pixmap.cacheKey()
        if event.type() == QEvent.Type.Paint and key != self._key:
            self._key = key
            watched.removeEventFilter(self)
            watched.event(event)  # the painting itself
            watched.installEventFilter(self)
            self._at = time.perf_counter()
            self._loop.quit()
            return True
        return False

    def wait(self):
        """When the painting ended, by `time.perf_counter`."""
        self._loop.exec()
        return self._at


def open_other(studio, path):
    """Open a model whose density and directions have been made beforehand."""
    generator = run(open_model(str(path)))
    run(reference(generator))
    run(default_directions(generator))
    studio.frame = None
    studio.window.opening.open(str(path))
    wait(lambda: studio.history.document.model == str(path), "the model")
    studio.ready()


def quiet(studio):
    """Wait until bands and films have come, so that nothing competes."""
    seen = []
    studio.client.previews.film_ready.connect(lambda *_: seen.append(time.monotonic()))
    studio.client.previews.bands_ready.connect(lambda *_: seen.append(time.monotonic()))
    began = time.monotonic()
    wait(lambda: time.monotonic() - max([began, *seen]) > 1.0, "quiet")


def forward_pass(generator, codes):
    """What a picture takes at least."""
    to_pixels(generator.synthesize(codes))


def shown_whole(studio):
    """Where pictures take long a coarse one comes first; the whole one must not compete later."""
    return studio.frame.picture == studio.picture and not studio.frame.coarse


def latencies(studio, rounds=ROUNDS, id="sefa-0", start=0, work=forward_pass):
    """Seconds from a slider's move to its painted picture, and of the bare work, in turns."""
    renderer = studio.client._engine.studio._model.renderer
    painted = Painted(studio)
    moves, bare, engine = [], [], []
    for step in range(rounds):
        began = time.perf_counter()
        studio.history.do(commands.set_amount(id, (start + step + 1) / 500, gesture=studio))
        moves.append(painted.wait() - began)
        wait(lambda: shown_whole(studio), "the frame's other listeners, and the whole picture")
        engine.append(studio.frame.milliseconds / 1000)
        codes = renderer.latents(studio.picture).codes
        rest(APART)
        began = time.perf_counter()
        work(renderer.generator, codes)
        bare.append(time.perf_counter() - began)
        rest(1)
    return moves, bare, engine


def report_latency(figure, name, studio, most=MOST_OVER_BARE, **given):
    quiet(studio)
    moves, bare, engine = (statistics.median(times) for times in latencies(studio, **given))
    figure(f"{name}: bare forward pass and conversion", bare * 1000, "ms")
    figure(f"{name}: slider to painted picture", moves * 1000, "ms")
    figure(f"{name}: of which the engine", engine * 1000, "ms")
    return figure(f"{name}: slider to picture, over bare", moves / bare, "×", most)


def test_a_slider_on_the_built_in_model(studio, figure):
    assert report_latency(figure, "portraits 64", studio)


def test_a_slider_on_a_model_of_256_pixels(studio, figure, tmp_path):
    random_stylegan2(tmp_path / "random-256.safetensors", 256)
    open_other(studio, tmp_path / "random-256.safetensors")
    assert report_latency(figure, "random 256", studio)


@pytest.fixture
def with_groups(studio, portraits, tmp_path):
    """The studio with a direction that works through groups of the layer that is the default."""
    taps = portraits.info.taps
    direction = grouped(portraits, "groups", off=(0,), tap=taps[(len(taps) - 1) // 2])
    preset = tmp_path / "mine.lpreset"
    write_preset(DirectionSet(ModelKey.of(portraits.info), (direction,), "Mine"), preset)
    studio.client.directions.import_directions(str(preset))
    wait(lambda: studio.board.direction(GROUPS) is not None, "the preset's direction")
    return studio


def test_a_slider_of_groups(with_groups, figure):
    assert report_latency(figure, "groups of channels", with_groups, id=GROUPS)


def test_a_plain_slider_beside_groups(with_groups, figure):
    """Both codes change, so the layers before the groups have to run twice."""
    with_groups.history.do(commands.set_amount(GROUPS, 2.0))
    tap = groups.layer(with_groups.board.direction(GROUPS))

    def needed(generator, codes):
        generator.features(codes, tap)
        forward_pass(generator, codes)

    assert report_latency(figure, "plain beside groups", with_groups, most=None)
    name = "plain beside groups, bare with those layers twice"
    assert report_latency(figure, name, with_groups, start=ROUNDS, work=needed)


def test_a_hundred_places_dragged_fast(studio, figure):
    """A mouse tells 100 places as fast as it can; what was overtaken is never rendered."""
    quiet(studio)
    renderer = studio.client._engine.studio._model.renderer
    slider = studio.slider("sefa-0")
    quiet(studio)
    middle, track = slider.height() // 2, slider.track()
    start, end = round(track.x(0)), round(track.x(track.high))
    before, began = renderer.pictures.made, time.perf_counter()
    QTest.mousePress(slider, LEFT, pos=QPoint(start, middle))
    for place in np.linspace(start, end, 100):
        QTest.mouseMove(slider, QPoint(round(place), middle))
    QTest.mouseRelease(slider, LEFT, pos=QPoint(end, middle))
    studio.settle()
    spent = time.perf_counter() - began
    made = renderer.pictures.made - before
    bare = statistics.median(latencies(studio, 10)[1])
    figure("100 places at once: pictures rendered", made, "")
    assert figure("100 places at once: rendered, over what fits", made / (spent / bare + 2), "×", 1)


def test_dragging_as_a_hand_does(studio, figure):
    """Places 10 ms apart for a second and more: how often a new picture is shown."""
    quiet(studio)
    slider = studio.slider("sefa-0")
    quiet(studio)
    bare = statistics.median(latencies(studio, 10)[1])
    middle, track = slider.height() // 2, slider.track()
    at = round(track.x(slider.amount))
    QTest.mousePress(slider, LEFT, pos=QPoint(at, middle))
    frames, began = studio.frames, time.perf_counter()
    for step in range(150):
        QTest.mouseMove(slider, QPoint(at + step % 60, middle))
        rest(10)
    spent = time.perf_counter() - began
    shown = studio.frames - frames
    QTest.mouseRelease(slider, LEFT, pos=QPoint(at + 50, middle))
    figure("dragging: pictures a second", shown / spent, "/s")
    figure("dragging: time for a picture, over bare", spent / shown / bare, "×")


def test_the_event_loop_while_ganspace_runs(studio, figure):
    quiet(studio)
    ended = []
    studio.client.job_changed.connect(
        lambda job: ended.append(job) if job.state in ("done", "failed") else None
    )
    late = []
    last = [time.perf_counter()]

    def tick():
        now = time.perf_counter()
        late.append((now - last[0]) * 1000 - 5)
        last[0] = now

    timer = QTimer(interval=5)
    timer.setTimerType(timer.timerType().PreciseTimer)
    timer.timeout.connect(tick)
    studio.client.directions.discover("ganspace")
    last[0] = time.perf_counter()
    timer.start()
    loop = QEventLoop()
    studio.client.job_changed.connect(lambda job: loop.quit() if ended else None)
    loop.exec()
    timer.stop()
    assert [job.state for job in ended] == ["done"]
    figure("GANSpace runs: seconds", (len(late) * 5 + sum(late)) / 1000, "s")
    figure("GANSpace runs: event loop late, median", np.median(late), "ms")
    figure("GANSpace runs: event loop late, worst", np.max(late), "ms")
    assert figure("GANSpace runs: event loop late, p99", np.percentile(late, 99), "ms", MOST_P99)


def moves(studio, painted, rounds, start=0):
    """Seconds from a slider's move to its painted picture, for a few moves."""
    taken = []
    for step in range(rounds):
        began = time.perf_counter()
        studio.history.do(commands.set_amount("sefa-0", (start + step + 1) / 500, gesture=studio))
        painted.wait()
        taken.append(time.perf_counter() - began)
        rest(30)
    return taken


@pytest.mark.parametrize("method", ["dp-lase", "voynov-babenko", "warpedganspace"])
def test_a_slider_while_a_run_learns(studio, figure, method):
    """In turns with the same run paused, so that other work on the machine matters little."""
    quiet(studio)
    painted = Painted(studio)
    news = []
    studio.client.runs.run_stepped.connect(lambda ticket, said: news.append(said))
    ticket = studio.client.runs.start_run(method, {"count": 8, "steps": 100_000}, 0)
    wait(lambda: len(news) > 3, "the run")
    idle, busy = [], []
    for turn in range(10):
        busy.append(moves(studio, painted, 6, 12 * turn))
        studio.client.runs.pause(ticket)
        rest(700)  # its step ends, and the sliders' films are made
        idle.append(moves(studio, painted, 6, 12 * turn + 6))
        studio.client.runs.resume(ticket)
        rest(300)
    studio.client.cancel(ticket)
    middle = [[statistics.median(turn) * 1000 for turn in turns] for turns in (idle, busy)]
    figure(f"{method} paused: slider to picture", statistics.median(middle[0]), "ms")
    figure(f"{method} runs: slider to picture", statistics.median(middle[1]), "ms")
    figure(f"{method} runs: slider to picture, worst", max(map(max, busy)) * 1000, "ms")
    ratio = statistics.median(b / i for i, b in zip(*middle, strict=True))
    name = f"{method} runs: slider to picture, over paused"
    assert figure(name, ratio, "×", MOST_WHILE_LEARNING)
