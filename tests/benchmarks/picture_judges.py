"""What might tell a broken picture from a sound one; a higher score says broken."""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from latentstudio.density.manifold import Manifold
from latentstudio.density.picture_judge import PictureJudge, how_far, inputs
from latentstudio.density.shell import Shell
from latentstudio.density.teaching import FRESH, SAMPLES, WALKED, Seen, fitted, ridge

Floats = NDArray[np.float64]
Arrays = dict[str, NDArray[Any]]
LOOKED_AT = 3
"""Inner layers, from the first on, beside the small picture."""


def scores(samples: Arrays, fresh: Arrays, training: Arrays, walks: Arrays) -> dict[str, Floats]:
    """Scores of every picture of the walks, by judge, each (n,)."""
    found = in_code(samples, walks)
    taps = [name for name in samples if name.startswith("tap ")]
    taps = [*taps[:-1][:LOOKED_AT], taps[-1]]
    for name in taps:
        found[f"Mahalanobis in {name[4:]}"] = mahalanobis(samples[name], walks[name])
    far = _far(samples, training)
    for name in taps:
        inputs = [x[name].astype(np.float32) for x in (samples, training, walks)]
        found[f"on shell against far, {name[4:]}"] = classifier(*inputs, far)
    small = Manifold(torch.from_numpy(samples["looks"][:SAMPLES].astype(np.float32)))
    for name in taps:
        found[f"taught realism, {name[4:]}"] = taught(small, name, fresh, training, walks)
    needle = taught_needle(samples, fresh, training, taps[1])
    found["the second needle"] = -needle.scores(needle_inputs(samples, walks, taps[1]))
    found["realism itself, fewer samples"] = -_realism(small, walks["looks"])
    return found


def taught_needle(samples: Arrays, fresh: Arrays, training: Arrays, tap: str) -> PictureJudge:
    """The product's own judge, from as many pictures as it draws."""
    parts = ((samples, SAMPLES), (training, WALKED), (fresh, FRESH))
    seen = [
        Seen(
            torch.from_numpy(some["looks"][:count].astype(np.float32)),
            needle_inputs(samples, some, tap)[:count],
        )
        for some, count in parts
    ]
    return fitted(tap, *seen)


def needle_inputs(samples: Arrays, asked: Arrays, tap: str) -> Floats:
    """What the product's judge reads, (n, K)."""
    shell = Shell(np.sort(np.linalg.norm(samples["round"].astype(float), axis=1)))
    radii = np.linalg.norm(asked["round"].astype(float), axis=1)
    if "layers" in asked:
        radii = worst_of_walk(asked, radii)
    beyond = np.array([how_far(shell, radius) for radius in radii])
    return inputs(asked[tap].astype(np.float64), beyond)


def worst_of_walk(walks: Arrays, score: Floats) -> Floats:
    """The worse of a picture's two codes where a walk changed some layers only."""
    first = np.flatnonzero(walks["kind"] < 0)
    start = first[np.searchsorted(first, np.arange(len(walks["kind"])), side="right") - 1]
    return np.where(walks["layers"] > 0.5, np.maximum(score, score[start]), score)


def in_code(samples: Arrays, walks: Arrays) -> dict[str, Floats]:
    """Judges that look at the code only; of a walk of some layers, the worse of its two codes."""

    def worse(score: Floats) -> Floats:
        return worst_of_walk(walks, score)

    radii = np.linalg.norm(samples["round"].astype(float), axis=1)
    own = np.linalg.norm(walks["round"].astype(float), axis=1)
    centre = samples["code"].astype(float).mean(0)
    euclid = np.linalg.norm(walks["code"] - centre, axis=1)
    known = torch.from_numpy(samples["round"].astype(np.float32))
    asked = torch.from_numpy(walks["round"].astype(np.float32))
    near = [torch.cdist(x, known).topk(3, largest=False).values[:, 2] for x in asked.split(500)]
    return {
        "shell: distance from its middle": worse(np.abs(own - np.median(radii))),
        "shell: radius, the worst layer": worse(own),
        "Euclidean distance from the mean": worse(euclid),
        "3rd neighbour in round coordinates": worse(torch.cat(near).double().numpy()),
        "Mahalanobis of the code": worse(mahalanobis(samples["code"], walks["code"])),
    }


def mahalanobis(samples: NDArray[Any], asked: NDArray[Any], floor: float = 1e-3) -> Floats:
    """Distance by the covariance of samples, eigenvalues floored at a share of their mean."""
    x, wanted = samples.astype(np.float64), asked.astype(np.float64)
    mean = x.mean(0)
    values, basis = np.linalg.eigh(np.cov((x - mean).T))
    deviations = np.sqrt(np.maximum(values, floor * values.mean()))
    distance: Floats = np.linalg.norm((wanted - mean) @ basis / deviations, axis=1)
    return distance


def taught(small: Manifold, tap: str, fresh: Arrays, training: Arrays, walks: Arrays) -> Floats:
    """Ridge regression of realism from pooled features of a layer: the product's, less distance."""
    parts = ((training, WALKED), (fresh, FRESH // 2))
    x = np.concatenate([some[tap][:count] for some, count in parts]).astype(np.float64)
    y = np.concatenate([np.log(_realism(small, some["looks"][:count])) for some, count in parts])
    weight, bias = ridge(inputs(x, np.zeros(len(x))), y)
    asked = walks[tap].astype(np.float64)
    return -(inputs(asked, np.zeros(len(asked))) @ weight + bias)


def classifier(
    samples: NDArray[Any], training: NDArray[Any], asked: NDArray[Any], far: NDArray[np.float32]
) -> Floats:
    """Chance that features are those of a far picture, by a small network."""
    torch.manual_seed(0)
    x = torch.from_numpy(np.concatenate([samples, training]))
    y = torch.from_numpy(np.concatenate([np.zeros(len(samples), np.float32), far]))
    mean, spread = x.mean(0), x.std(0).clamp_min(1e-4)
    x = (x - mean) / spread
    network = nn.Sequential(nn.Linear(x.shape[1], 64), nn.ReLU(), nn.Dropout(0.2), nn.Linear(64, 1))
    adam = torch.optim.AdamW(network.parameters(), 2e-3, weight_decay=0.05)
    loss, steps = nn.BCEWithLogitsLoss(), 600
    for step in range(steps):
        for group in adam.param_groups:
            group["lr"] = 2e-3 * (1 - step / steps)
        rows = torch.randint(0, len(x), (128,))
        adam.zero_grad()
        loss(network(x[rows])[:, 0], y[rows]).backward()
        adam.step()
    network.eval()
    with torch.no_grad():
        z: Tensor = network((torch.from_numpy(asked) - mean) / spread)
    return z[:, 0].double().numpy()


def _realism(manifold: Manifold, looks: NDArray[Any]) -> Floats:
    return manifold.judge(torch.from_numpy(looks.astype(np.float32)))[1].double().numpy()


def _far(samples: Arrays, training: Arrays) -> NDArray[np.float32]:
    """Which training pictures lie off the shell."""
    radii = np.linalg.norm(samples["round"].astype(float), axis=1)
    low, high = np.quantile(radii, [0.0005, 0.9995])
    own = np.linalg.norm(training["round"].astype(float), axis=1)
    return ((own < low) | (own > high)).astype(np.float32)
