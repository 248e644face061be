"""Strips of local edits, for `docs/local-paths.md`: straight, with feedback, refined, and blended.

    python -m tests.benchmarks.local_strips --output docs/figures/local-paths.png
    python -m tests.benchmarks.local_strips --blends --output docs/figures/blends.png

Each row goes from where the change inside is about 0.25 of a range of 2 on the side of minus to the
same on the side of plus. With `--blends`: without the edit, the whole edit, kept to the mask by
pixels, and by features from three layers on.
"""

import argparse
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from latentstudio.core.progress import run
from latentstudio.discovery.sampling import code_moments
from latentstudio.discovery.sefa import UNIT_SAMPLES
from latentstudio.engine.feature_blend import FeatureBlend, blended_by_features
from latentstudio.engine.images import to_pixels
from latentstudio.engine.jacobian import jacobian
from latentstudio.region.leak import measure
from latentstudio.region.masks import box_mask
from latentstudio.region.resefa import ResefaOptions
from latentstudio.render.mask_images import feathered
from latentstudio.render.pipeline import Move, Pipeline
from latentstudio.session.local_walks import LEVEL
from latentstudio.session.models import open_model
from latentstudio.session.regions import chosen_layers
from tests.benchmarks.local_leaks import REGIONS, Case

SHOWN = ((401, "eyes"), (16, "mouth"))
BLENDED = ((401, "eyes"), (403, "hair"), (405, "nose"))
TAPS = ("b8.conv0", "b16.conv0", "b32.conv0")
ENLARGED = 2


def case_of(generator, spread, seed, region):
    """The picture and its mask, and the straight direction that leaks least."""
    size = generator.info.size
    latents = Pipeline(generator).from_seeds([seed])
    derived = run(jacobian(generator, latents.codes, layers=chosen_layers("auto", generator.info)))
    x, y, w, h = REGIONS[region]
    box = (round(x * size[1]), round(y * size[0]), round(w * size[1]), round(h * size[0]))
    case = Case(generator, spread, latents, box_mask(size, *box))
    found = case.solved(derived, ResefaOptions())
    return case, found[int(np.argmin(case.leaks(found)))]


def amount_at(case, direction, sign):
    """Where the change inside reaches the level, and the leak there."""
    pipeline = Pipeline(case.generator)
    still = pipeline.images(case.latents)
    for amount in np.arange(0.25, 24, 0.25):
        moved = pipeline.apply(case.latents, [Move(direction, float(sign * amount))])
        change = (pipeline.images(moved) - still).abs().mean(0).numpy()
        if measure(change, case.mask).strength >= LEVEL:
            break
    return sign * amount, measure(change, case.mask).ratio


def strip(case, direction):
    """Nine pictures from one end to the other."""
    pipeline = Pipeline(case.generator)
    (low, below), (high, above) = (amount_at(case, direction, sign) for sign in (-1, 1))
    print(f"  leak at the ends {below:.2f}, {above:.2f}")  # noqa: T201
    amounts = [*np.linspace(low, 0, 5)[:-1], *np.linspace(0, high, 5)]
    moved = [pipeline.apply(case.latents, [Move(direction, float(one))]) for one in amounts]
    return np.concatenate([to_pixels(pipeline.images(one))[0] for one in moved], axis=1)


def blends(case, direction):
    """One edit, kept to its mask in all ways."""
    pipeline, generator = Pipeline(case.generator), case.generator
    moved = pipeline.apply(
        case.latents, [Move(direction, float(amount_at(case, direction, -1)[0]))]
    )
    still, whole = pipeline.images(case.latents), pipeline.images(moved)
    mask = feathered(torch.from_numpy(case.mask).float(), 0.02 * max(generator.info.size))
    row = [still, whole, torch.lerp(still, whole, mask.expand_as(still))]
    for tap in TAPS:
        edit = [FeatureBlend(moved.codes, mask, tap)]
        row.append(blended_by_features(generator, case.latents.codes, edit))
    return np.concatenate([to_pixels(one)[0] for one in row], axis=1)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--blends", action="store_true")
    parser.add_argument("--output", type=Path, required=True)
    given = parser.parse_args()
    generator = run(open_model("portraits", "cpu"))
    spread = run(code_moments(generator, 0, UNIT_SAMPLES)).covariance()
    rows = []
    for seed, region in BLENDED if given.blends else SHOWN:
        case, straight = case_of(generator, spread, seed, region)
        print(seed, region)  # noqa: T201
        if given.blends:
            rows.append(blends(case, straight))
            continue
        bent = (case.along_path(straight, path) for path in ("feedback", "refined"))
        rows += [strip(case, way) for way in (straight, *bent)]
    made = Image.fromarray(np.concatenate(rows, axis=0))
    size = (made.width * ENLARGED, made.height * ENLARGED)
    made.resize(size, Image.Resampling.LANCZOS).save(given.output, optimize=True)


if __name__ == "__main__":
    main()
