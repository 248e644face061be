"""A renderer of the built-in model with a few directions that nobody named."""

import numpy as np

from latentstudio.core.spaces import Space
from latentstudio.document.direction import Direction, Linear
from latentstudio.render.renderer import Renderer


def with_directions(generator, density, names, seed):
    """Random unit vectors in W under some names, walked from -4 to +4."""
    made = Renderer(generator)
    made.densities = {None: density}
    rng = np.random.default_rng(seed)
    for name in names:
        vector = rng.standard_normal(128).astype(np.float32)
        vector /= np.linalg.norm(vector)
        found = Direction(name, name, Space.W, Linear(vector), 1.0, low=-4, high=4)
        made.directions = {**made.directions, name: found}
    return made
