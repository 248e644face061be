"""Where in a model's pictures an attribute can be seen.

Over some of the model's own pictures: the squared correlation of the attribute with each place's
colours. A direction found for the mouth is then not called by glasses, whatever a predictor reads
off a picture that it was never shown the like of.
"""

import numpy as np
import torch
import torch.nn.functional as nnf
from numpy.typing import NDArray

from latentstudio.core.progress import Job, Step
from latentstudio.evaluate.predictor import Predictor, as_colour
from latentstudio.render.pipeline import Pipeline
from latentstudio.store import cache

SIDE = 16
"""Places in a row."""
PICTURES = 128
FIRST_SEED = 900_200
BATCH = 8
SHARE = 0.6
"""Of where an attribute is seen best, that a region must show of it."""
LEAST = 0.08
"""Squared correlation; by chance the largest of a map comes near it."""
_BEST, _INSIDE = 12, 4
"""So many places stand for the best of a map, and of a region."""

Maps = NDArray[np.float32]


def kept_places(
    pipeline: Pipeline, predictor: Predictor, report: cache.Report = lambda _: None
) -> Job[Maps]:
    """Maps of all attributes, (A, side, side); measured once for a model and a predictor."""
    path = cache.folder(pipeline.generator.info.fingerprint) / "attribute-places.safetensors"
    record = {"predictor": predictor.id, "names": [one.name for one in predictor.attributes]}
    found = cache.load(path, report)
    if found is not None and all(found[1].get(key) == value for key, value in record.items()):
        maps = found[0].get("maps")
        if maps is not None and maps.shape == (len(predictor.attributes), SIDE, SIDE):
            return maps.astype(np.float32)
    maps = yield from attribute_places(pipeline, predictor)
    cache.store(path, {"maps": maps.astype(np.float16)}, record)
    return maps


def attribute_places(pipeline: Pipeline, predictor: Predictor) -> Job[Maps]:
    """Squared correlations of attributes with places, (A, side, side), 0 to 1."""
    small: list[torch.Tensor] = []
    read: list[torch.Tensor] = []
    for start in range(0, PICTURES, BATCH):
        yield Step(start / PICTURES, "Seeing where attributes lie")
        seeds = range(FIRST_SEED + start, FIRST_SEED + start + BATCH)
        with torch.inference_mode():
            images = pipeline.images(pipeline.from_seeds(list(seeds)))
            read.append(predictor.read(as_colour(images)).float().cpu())
            small.append(nnf.adaptive_avg_pool2d(images, SIDE).float().cpu())
    pixels, values = _standard(torch.cat(small).numpy()), _standard(torch.cat(read).numpy())
    correlations = np.einsum("ncij,na->acij", pixels, values) / len(values)
    maps: Maps = np.square(correlations).max(1).astype(np.float32)
    return maps


def seen_in(maps: Maps, mask: NDArray[np.floating]) -> NDArray[np.bool_]:
    """Which attributes can be seen in a region: (A, side, side) and (H, W) -> (A,)."""
    small = nnf.adaptive_avg_pool2d(torch.from_numpy(mask.astype(np.float32))[None], SIDE)[0]
    weights = small.numpy().reshape(-1)
    inside = np.argsort(-weights)[: max(_INSIDE, int((weights > 0.5).sum()))]
    flat = maps.reshape(len(maps), -1)
    best = np.sort(flat, axis=1)[:, -_BEST:].mean(1)
    here = np.sort(flat[:, inside], axis=1)[:, -_INSIDE:].mean(1)
    seen: NDArray[np.bool_] = (here >= LEAST) & (here >= SHARE * best)
    return seen


def _standard(values: NDArray[np.floating]) -> NDArray[np.float32]:
    """(N, ...) with mean 0 and deviation 1 over N; what never changes stays 0."""
    centred = values - values.mean(0)
    deviation = centred.std(0)
    return np.where(deviation > 1e-4, centred / np.maximum(deviation, 1e-4), 0).astype(np.float32)
