"""Where the time between a slider's move and its painted picture goes, by stages."""

import statistics
import time

from latentstudio.document import commands
from latentstudio.render import frames
from tests.benchmarks.test_preview import APART, Painted, forward_pass, quiet
from tests.e2e.hands import rest, wait

ROUNDS = 40
STAGES = ("request", "listeners", "engine begins", "pixels made", "told", "painted")
"""The engine begins while listeners are still being called."""


class Stamps(dict):
    """When each stage of the last move was reached, by `time.perf_counter`."""

    def before(self, name, call):
        """The call, with its beginning written down."""

        def stamped(*args, **kwargs):
            self[name] = time.perf_counter()
            return call(*args, **kwargs)

        return stamped


def stamped(studio, monkeypatch):
    """Stamps of the studio's moves from now on."""
    stamps, client = Stamps(), studio.client
    monkeypatch.setattr(client.previews, "show", stamps.before("request", client.previews.show))
    drawing = frames.frame

    def frame(*args, **kwargs):
        stamps["engine begins"] = time.perf_counter()
        job = drawing(*args, **kwargs)
        step = next(job)
        stamps["pixels made"] = time.perf_counter()
        yield step
        return (yield from job)

    monkeypatch.setattr(frames, "frame", frame)
    show = stamps.before("told", studio.window.canvas.show_drawn)
    client.previews.drawn.disconnect(studio.window.canvas.show_drawn)
    client.previews.drawn.connect(show)
    return stamps


def move(studio, stamps, painted, amount):
    """Milliseconds after the move at which each stage was reached."""
    began = time.perf_counter()
    studio.history.do(commands.set_amount("sefa-0", amount, gesture=studio))
    stamps["listeners"] = time.perf_counter()
    stamps["painted"] = painted.wait()
    return [(stamps[name] - began) * 1000 for name in STAGES]


def bare(studio, renderer):
    """Milliseconds of the pass alone."""
    codes = renderer.latents(studio.picture).codes
    rest(APART)
    began = time.perf_counter()
    forward_pass(renderer.generator, codes)
    return (time.perf_counter() - began) * 1000


def test_the_stages_of_a_move(studio, figure, monkeypatch):
    """What passes before and after the engine's work, and the work beside the pass alone."""
    quiet(studio)
    renderer = studio.client._engine.studio._model.renderer
    painted, stamps = Painted(studio), stamped(studio, monkeypatch)
    rows, alone = [], []
    for step in range(ROUNDS):
        rows.append(move(studio, stamps, painted, (step + 1) / 500))
        wait(lambda: studio.frame.picture == studio.picture, "the frame's other listeners")
        alone.append(bare(studio, renderer))
        rest(1)
    figure("bare forward pass and conversion", statistics.median(alone), "ms")
    for stage, values in zip(STAGES, zip(*rows, strict=True), strict=True):
        figure(f"after the move: {stage}", statistics.median(values), "ms")
    outside = [row[5] - (row[3] - row[2]) for row in rows]
    figure("of the move, outside the engine's work", statistics.median(outside), "ms")
