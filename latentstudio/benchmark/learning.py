"""Steps a second of each learning method, against the plain published loop in the same run."""

from collections.abc import Callable
from functools import partial

import torch

from latentstudio.benchmark.measuring import Clock, Row
from latentstudio.benchmark.plain_methods import (
    COUNT,
    DIPOLES,
    LASE_BATCH,
    WARPED_BATCH,
    Once,
    ours,
    plain_dp_lase,
    plain_voynov,
    plain_warped,
)
from latentstudio.benchmark.random_model import random_generator
from latentstudio.core.progress import Job, Step, run
from latentstudio.discovery import dp_lase, voynov_babenko, warpedganspace
from latentstudio.discovery.dp_lase import DpLaseOptions
from latentstudio.discovery.latents import LatentSpace, survey
from latentstudio.discovery.voynov_babenko import VoynovOptions
from latentstudio.discovery.warpedganspace import WarpedOptions
from latentstudio.engine.early_pictures import early_pictures
from latentstudio.generators.builtin import find_model
from latentstudio.generators.registry import open_generator


def measure_learning(clock: Clock) -> Job[list[Row]]:
    """On the built-in model: seconds of a step, and how many times as fast as the plain loop."""
    yield Step(0.0, "Learning methods")
    generator = yield from open_generator(find_model("portraits"))
    latents = yield from survey(generator.to(clock.device), "auto", "all")
    rows: list[Row] = []
    for index, (method, sides) in enumerate(_sides(latents).items()):
        found: dict[str, float] = {}
        for side, make in sides.items():
            yield Step(index / 4, f"Learning: {method}, {side}")
            row = clock.row(partial(_timed, clock, make), method=method, side=side)
            if "seconds" in row:
                found[side] = row["seconds"]
            if "seconds" in row and "published" in found:
                row["over_plain"] = found["published"] / row["seconds"]
            rows.append(row)
    size = clock.plan.sizes[-1]
    yield Step(0.9, f"Learning at {size} pixels")
    named = {"method": voynov_babenko.METHOD[0], "side": "ours, small pictures read early"}
    rows.append(clock.row(partial(_early, clock, size), size=size, **named))
    return rows


def _early(clock: Clock, size: int) -> Row:
    """A judge of small pictures on a large model."""
    generator = random_generator(size, clock.plan.base, clock.plan.most).to(clock.device)
    options = VoynovOptions(count=COUNT, batch=WARPED_BATCH, looks_at="early")
    latents = run(clock.in_time(survey(generator, options.space, options.layers)))
    look = run(clock.in_time(early_pictures(generator)))
    task = voynov_babenko.build(latents, options, 0, look)
    return _timed(clock, lambda: ours(task, voynov_babenko.METHOD[0], options, latents))


def _timed(clock: Clock, make: Callable[[], Once]) -> Row:
    seconds = clock.median(make(), clock.plan.steps)
    return {"seconds": seconds, "steps_per_second": 1 / seconds}


def _sides(latents: LatentSpace) -> dict[str, dict[str, Callable[[], Once]]]:
    tap = latents.generator.info.taps[(len(latents.generator.info.taps) - 1) // 2]
    warped = WarpedOptions(count=COUNT, dipoles=DIPOLES, batch=WARPED_BATCH)
    voynov = VoynovOptions(count=COUNT, batch=WARPED_BATCH)
    lase = DpLaseOptions(count=COUNT, batch=LASE_BATCH, layer=tap)
    styles = DpLaseOptions(count=COUNT, batch=LASE_BATCH, layer=dp_lase.STYLES)
    return {
        "warpedganspace": {
            "published": _on(latents, lambda: plain_warped(latents)),
            "ours": lambda: ours(
                warpedganspace.build(latents, warped, 0), "warpedganspace", warped, latents
            ),
        },
        "voynov-babenko": {
            "published": _on(latents, lambda: plain_voynov(latents)),
            "ours": lambda: ours(
                voynov_babenko.build(latents, voynov, 0), "voynov-babenko", voynov, latents
            ),
        },
        "dp-lase": {
            "published": _on(latents, lambda: plain_dp_lase(latents, tap)),
            "ours, inner layer": lambda: ours(
                dp_lase.DpLase(latents, lase, 0), "dp-lase", lase, latents
            ),
            "ours, styles": lambda: ours(
                dp_lase.DpLase(latents, styles, 0), "dp-lase", styles, latents
            ),
        },
    }


def _on(latents: LatentSpace, make: Callable[[], Once]) -> Callable[[], Once]:
    """What a plain loop makes without saying where is made on the model's device."""

    def made() -> Once:
        with torch.device(latents.generator.device):
            plain = make()

        def once(step: int) -> None:
            with torch.device(latents.generator.device):
                plain(step)

        return once

    return made
