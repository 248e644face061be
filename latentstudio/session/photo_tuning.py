"""Fitting the open model to a photo, around the code that a picture starts from."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import torch

from latentstudio.core.errors import FileError
from latentstudio.core.progress import Job, Step, changed, part
from latentstudio.document.assets import Assets
from latentstudio.document.start import Latent, without_tuning
from latentstudio.engine.device import memory_errors
from latentstudio.engine.generator import Generator
from latentstudio.engine.images import to_pixels
from latentstudio.engine.warmup import warm_up_derivatives
from latentstudio.inversion.chart import Chart
from latentstudio.inversion.options import TuningOptions
from latentstudio.inversion.problem import Problem
from latentstudio.inversion.tuning import TuningProgress, check_tunable, tune
from latentstudio.render.pipeline import Pipeline
from latentstudio.render.tuned import tuned_network
from latentstudio.session import kept_fit
from latentstudio.session.inverting import target_of, tools_of
from latentstudio.session.photo_messages import PhotoNews, PhotoStage, PhotoTuned, UsedPhoto

OTHER_SIZE = "The photo was cut for another model. Find its code again with this one."


def fit(
    generator: Generator,
    used: UsedPhoto,
    start: Latent,
    assets: Assets,
    options: TuningOptions,
    enough: Callable[[], bool],
    report: Callable[[str], None],
    *,
    go_on: bool = False,
) -> Job[PhotoTuned]:
    """Fit a copy of the model's weights to a photo's square; kept, to go on after a restart.

    Args:
        generator: The open model, in full precision.
        used: The photo.
        start: Found for it.
        assets: Where its latent is.
        options: Of the fit.
        enough: Asked before every step: whether to end with the best so far.
        report: Told when a damaged cache was moved aside.
        go_on: From what was kept of the same fit; where there is none it begins.

    Yields:
        Steps whose preview is a `PhotoNews` or None.

    Raises:
        AbilityError: The model's weights can't be fitted.
        NotANumberError: The loss is no number from the first step on.
        ResourceError: Memory ran out.
    """
    check_tunable(generator)
    warm_up_derivatives()
    if used.square.shape[:2] != generator.info.size:
        raise FileError(OTHER_SIZE)
    plain = without_tuning(start)
    assert isinstance(plain, Latent)
    mark = generator.info.fingerprint
    key = kept_fit.key_of(mark, plain, options)
    since = kept_fit.state(mark, key) if go_on else None
    with memory_errors("Fitting the model to this photo"):
        problem, v = yield from part(_problem(generator, used, plain, assets, report), 0.0, 0.1)
        before = _measured(problem, v, generator, 0.0)
        tuning = kept_fit.keeper(mark, plain, options).kept(
            tune(problem, v, options, enough, since, key)
        )
        job = changed(tuning, lambda step: _told(step, options.steps))
        found = yield from part(job, 0.1, 0.95)
        packed = np.frombuffer(found.difference.packed(), np.uint8)
        after = _measured(problem, v, tuned_network(generator, packed), found.seconds)
    return PhotoTuned(plain, packed, before, after, found.notes, mark)


@torch.no_grad()
def _problem(
    generator: Generator,
    used: UsedPhoto,
    start: Latent,
    assets: Assets,
    report: Callable[[str], None],
) -> Job[tuple[Problem, torch.Tensor]]:
    """The picture to be drawn, and round coordinates of its code, (1 or layers, dim)."""
    tools = tools_of(generator, report)
    label = (start.label or 0) if generator.info.classes else None
    density = yield from tools.density(label)
    target = target_of(used.square, generator.info, generator.device)
    problem = Problem(generator, target, Chart(generator, density), tools.features, label)
    classes = None if label is None else [label]
    pipeline = Pipeline(generator)
    given = pipeline.from_array(
        assets.get(start.codes)[None], start.space, classes, start.truncation
    )
    return problem, problem.chart.round(given.codes[0])


@torch.no_grad()
def _measured(problem: Problem, v: torch.Tensor, network: Generator, seconds: float) -> PhotoStage:
    image = network.synthesize(problem.codes(v), problem.classes(1), problem.noise)
    error = float(problem.feature_loss(image.clamp(-1, 1)))
    return PhotoStage("tune", to_pixels(image)[0], error, seconds)


def _told(step: Step, steps: int) -> Step:
    news = step.preview
    if not isinstance(news, TuningProgress):
        return step
    plain = PhotoNews("tune", news.step, steps, news.pixels, news.psnr, news.error)
    return replace(step, preview=plain)
