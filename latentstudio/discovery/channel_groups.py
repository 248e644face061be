"""From how channels explain each other to groups of channels.

Li et al., ACM Multimedia 2021, section on channel subspaces; the clustering follows sparse and
low-rank subspace clustering (Elhamifar & Vidal 2013, Ji et al. 2017). Symbols here and there:

* S (C x C, zero diagonal): each channel as a mixture of the others, its sizes only: |S|;
* C = (S + S^T) / 2: how much two channels have to do with each other (`affinity`);
* K, d: number of groups, and dimension of one group's subspace (`groups`, `dimension`).
"""

import warnings

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]


def group_channels(
    s: Matrix, groups: int, *, keep: float = 0.5, dimension: int = 5, power: float = 3.0
) -> NDArray[np.int64]:
    """Labels 0 to groups - 1 of the channels.

    Args:
        s: S, (C, C).
        groups: K, 2 to C - 1.
        keep: Share of each row's sum that its largest entries make up, above 0 to 1.
        dimension: d, from 1.
        power: What affinities are raised to, from 1; larger separates more sharply.

    Returns:
        (C,).
    """
    kept = threshold(np.abs(s), keep)
    return cluster(affinity(kept, groups, dimension, power), groups)


def threshold(s: Matrix, keep: float) -> Matrix:
    """In each row keep the largest entries until their sum exceeds a share of the row's.

    (C, C) of entries from 0 -> (C, C), the others 0.
    """
    order = np.argsort(-s, axis=1, kind="stable")
    falling = np.take_along_axis(s, order, axis=1)
    before = np.cumsum(falling, axis=1) - falling
    kept = np.where(before <= keep * s.sum(axis=1, keepdims=True), falling, 0.0)
    out = np.zeros_like(s)
    np.put_along_axis(out, order, kept, axis=1)
    return out


def affinity(s: Matrix, groups: int, dimension: int, power: float) -> Matrix:
    """How much two channels belong together, from the thresholded S: (C, C), symmetric, 0 to 1.

    C = (S + S^T)/2, truncated SVD U Sigma V^T of rank min(dK + 1, C - 1), rows of U Sigma^(1/2)
    at unit length, Z = max(U U^T, 0), Z^power / max.
    """
    symmetric = (s + s.T) / 2
    rank = min(dimension * groups + 1, len(s) - 1)
    u, values, _ = np.linalg.svd(symmetric)
    rows = u[:, :rank] * np.sqrt(values[:rank])
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
    z = np.maximum(rows @ rows.T, 0) ** power
    z /= max(z.max(), 1e-12)
    return np.asarray((z + z.T) / 2)


def cluster(links: Matrix, groups: int) -> NDArray[np.int64]:
    """Spectral clustering of an affinity: (C, C) -> (C,) labels 0 to groups - 1."""
    from sklearn.cluster import SpectralClustering  # takes a second; only needed here

    with warnings.catch_warnings():
        # Groups without any link between them are what we hope for.
        warnings.simplefilter("ignore")
        method = SpectralClustering(
            groups, affinity="precomputed", assign_labels="discretize", random_state=0
        )
        return np.asarray(method.fit_predict(links), dtype=np.int64)
