"""From a slider to 8-bit pixels on the host, in every way that a device may be quick in."""

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
import torch
from torch import Tensor

from latentstudio.benchmark.measuring import Clock, Row
from latentstudio.benchmark.plain_stylegan2 import Plain
from latentstudio.benchmark.random_model import W, random_generator
from latentstudio.core.errors import AbilityError
from latentstudio.core.progress import Job, Step
from latentstudio.core.spaces import Space
from latentstudio.document.direction import Direction, Linear
from latentstudio.document.state import Edit, Picture
from latentstudio.engine.images import to_pixels
from latentstudio.engine.precision import FULL, in_precision, precisions
from latentstudio.generators.stylegan2.generator import StyleGAN2
from latentstudio.render.renderer import Renderer

Once = Callable[[int], object]
"""Makes the picture of a slider's place, given as a number; no two are the same."""


def measure_pictures(clock: Clock) -> Job[list[Row]]:
    """Every size and way; ``over_plain`` is the plain operations' time over that way's."""
    rows: list[Row] = []
    sizes = clock.plan.sizes
    for index, size in enumerate(sizes):
        yield Step(index / len(sizes), f"Pictures of {size} pixels")
        generator = random_generator(size, clock.plan.base, clock.plan.most).to(clock.device)
        plain: float | None = None
        for way, make in _ways(generator):
            row = clock.row(partial(_timed, clock, make), size=size, way=way)
            generator.network.to(memory_format=torch.contiguous_format)
            if way == "plain operations":
                plain = row.get("seconds")
            if plain and "seconds" in row:
                row["over_plain"] = plain / row["seconds"]
            rows.append(row)
            yield Step(index / len(sizes), f"Pictures of {size} pixels: {way}")
    return rows


def _timed(clock: Clock, make: Callable[[], Once]) -> Row:
    seconds = clock.median(make())
    return {"seconds": seconds, "per_second": 1 / seconds}


def _ways(generator: StyleGAN2) -> Iterator[tuple[str, Callable[[], Once]]]:
    yield "plain operations", lambda: _plain(generator)
    for name in ("float32", "float16", "bfloat16"):
        yield f"window, {name}", partial(_window, generator, name)
    yield "window, float32, channels last", lambda: _channels_last(generator)
    yield "CUDA graph, float32", lambda: _graph(generator)
    yield "torch.compile, float32", lambda: _compiled(generator)


def _window(generator: StyleGAN2, precision: str) -> Once:
    """The window's own path: renderer, walk, synthesis, pixels."""
    if precision not in precisions(generator.device):
        raise AbilityError(f"This device gains nothing by {precision}.")
    renderer = Renderer(in_precision(generator, precision))
    vector = np.zeros(W, np.float32)
    vector[0] = 1.0
    renderer.directions = {"one": Direction("one", "one", Space.W, Linear(vector), 1.0)}
    return lambda number: renderer.pixels(Picture(edits=(Edit("one", 0.01 * (number + 1)),)))


def _channels_last(generator: StyleGAN2) -> Once:
    generator.network.to(memory_format=torch.channels_last)
    return _window(generator, FULL)


def _plain(generator: StyleGAN2) -> Once:
    tensors = {name: one.to(generator.device) for name, one in generator.weights.tensors.items()}
    network = Plain(tensors, generator.info.resolution)
    return _bare(generator, network)


def _bare(generator: StyleGAN2, network: Callable[[Tensor], Tensor]) -> Once:
    """Codes, a network and pixels, without the window's path around it."""
    start = _codes(generator)

    @torch.inference_mode()
    def once(number: int) -> object:
        return to_pixels(network(start + 0.01 * (number + 1)))

    return once


def _graph(generator: StyleGAN2) -> Once:
    """The synthesis recorded once and played again: no launches from the host."""
    if generator.device.type != "cuda":
        raise AbilityError("Only CUDA devices record graphs.")
    given = _codes(generator).clone()
    with torch.inference_mode(), torch.cuda.device(generator.device):
        side = torch.cuda.Stream()  # type: ignore[no-untyped-call]
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(3):
                generator.synthesize(given)
        torch.cuda.current_stream().wait_stream(side)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            made = generator.synthesize(given)

    def played(codes: Tensor) -> Tensor:
        given.copy_(codes)
        graph.replay()
        return made

    return _bare(generator, played)


def _compiled(generator: StyleGAN2) -> Once:
    """Where it starts without a compiler on the machine; on processors it needs one."""
    if generator.device.type != "cuda" or generator.info.resolution > 256:
        raise AbilityError("Tried on GPUs and up to 256 pixels only.")
    return _bare(generator, torch.compile(generator.synthesize, dynamic=False))


@torch.inference_mode()
def _codes(generator: StyleGAN2) -> Tensor:
    return generator.broadcast(generator.map(generator.sample_z([0])))
