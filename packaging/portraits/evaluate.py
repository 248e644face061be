"""Measure generators against held-out pictures: Fréchet distance, precision and recall.

    python evaluate.py --held HELD.rgb --train TRAIN.rgb --count 10000 [--truncation PSI] \
        NAME=GENERATOR_OR_CHECKPOINT ...

Features are those of EfficientNet-Lite0 (``features.py``). The floor is the distance between
training and held-out pictures; no generator can be expected below it. Precision is the share of
generated pictures within the held-out pictures' neighbourhoods (third nearest neighbour), recall
the share of held-out pictures within the generated ones'.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterable
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import numpy as np
import torch
from export import generator_of, read_generator
from features import Features, frames
from network import Generator
from torch import Tensor

FIRST_SEED = 5_000_000
NEIGHBOUR = 3


def load(path: Path) -> Generator:
    """A generator from its file or from a training checkpoint."""
    if path.suffix == ".safetensors":
        return read_generator(path)
    return generator_of(torch.load(path, map_location="cpu", weights_only=True))


@torch.no_grad()
def generated(generator: Generator, count: int, psi: float, batch: int = 64) -> Iterable[Tensor]:
    """Batches of generated 8-bit pictures, the same codes for every generator."""
    z_dim = generator.settings["z_dim"]
    rng = np.random.RandomState(FIRST_SEED)
    for start in range(0, count, batch):
        z = rng.randn(min(batch, count - start), z_dim)
        pictures = generator(torch.from_numpy(z).float(), psi=psi)
        yield (pictures * 127.5 + 128).clamp(0, 255).byte()


def frechet(a: np.ndarray, b: np.ndarray) -> float:
    """Fréchet distance between normal distributions fitted to two sets of features."""
    mean = a.mean(0, dtype=np.float64) - b.mean(0, dtype=np.float64)
    cov_a = np.cov(a.astype(np.float64), rowvar=False)
    cov_b = np.cov(b.astype(np.float64), rowvar=False)
    values, vectors = np.linalg.eigh(cov_a)
    root = (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T
    cross = np.linalg.eigvalsh(root @ cov_b @ root)
    trace = np.trace(cov_a) + np.trace(cov_b) - 2 * np.sqrt(np.maximum(cross, 0)).sum()
    return float(mean @ mean + trace)


def _radii(x: Tensor) -> Tensor:
    parts = [torch.cdist(p, x).kthvalue(NEIGHBOUR + 1, dim=1).values for p in x.split(500)]
    return torch.cat(parts)


def _covered(points: Tensor, centres: Tensor, radii: Tensor) -> float:
    parts = [(torch.cdist(p, centres) <= radii).any(1) for p in points.split(500)]
    return float(torch.cat(parts).float().mean())


def precision_recall(real: np.ndarray, fake: np.ndarray, limit: int) -> tuple[float, float]:
    """Share of ``fake`` near ``real``, and of ``real`` near ``fake``."""
    r, f = torch.from_numpy(real[:limit]), torch.from_numpy(fake[:limit])
    return _covered(f, r, _radii(r)), _covered(r, f, _radii(f))


def main() -> None:
    """Measure the named generators and print one JSON line each."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("generators", nargs="+", metavar="NAME=PATH")
    parser.add_argument("--held", type=Path, required=True)
    parser.add_argument("--train", type=Path, required=True)
    parser.add_argument("--size", type=int, default=64, help="of the frames in the files")
    parser.add_argument("--count", type=int, default=10000)
    parser.add_argument("--neighbours-of", type=int, default=5000, help="pictures for precision")
    parser.add_argument("--truncation", type=float, default=1.0)
    parser.add_argument("--feature-size", type=int, default=64)
    args = parser.parse_args()
    features = Features(args.feature_size)
    held = features.all(frames(args.held, args.size, args.count))
    train = features.all(frames(args.train, args.size, args.count))

    def report(name: str, found: np.ndarray) -> None:
        precision, recall = precision_recall(held, found, args.neighbours_of)
        line = {
            "name": name,
            "pictures": len(found),
            "frechet": round(frechet(found, held), 3),
            "precision": round(precision, 4),
            "recall": round(recall, 4),
        }
        print(json.dumps(line), flush=True)

    report("floor (training pictures)", train)
    for item in args.generators:
        name, _, path = item.partition("=")
        pictures = generated(load(Path(path)), args.count, args.truncation)
        report(name, features.all(pictures))


if __name__ == "__main__":
    main()
