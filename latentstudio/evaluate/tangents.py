"""Which way a direction leads, as a subspace: a line, or all the ways that a curved path takes.

Without torch, since the window compares directions.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from latentstudio.document.direction import CurvedPath, Direction

POINTS = 16
"""Latents at which the tangents of a path are taken."""
SHARE = 0.9
"""Share of the tangents' squared length that a path's subspace must hold."""

Floats = NDArray[np.float64]


def axes(direction: Direction) -> Floats:
    """Orthonormal rows that span the ways a direction leads, (r, n).

    A straight direction has one, its unit vector (of all layers in W+). A path has as many as
    its tangents need: one where it hardly bends.
    """
    payload = direction.payload
    rows = np.asarray(payload.vector.reshape(1, -1), np.float64)
    if isinstance(payload, CurvedPath):
        rows = tangents(payload, direction.unit)
    if len(rows) == 1:
        length = float(np.linalg.norm(rows))
        return rows / length if length else rows
    squares, left = np.linalg.eigh(rows @ rows.T)  # of few rows: faster than their SVD
    energy = np.cumsum(squares[::-1])
    if not energy[-1] > 0:
        return np.zeros((1, rows.shape[1]))
    needed = int(np.searchsorted(energy, SHARE * energy[-1])) + 1
    found: Floats = (left[:, ::-1][:, :needed] / np.sqrt(squares[::-1][:needed])).T @ rows
    return found


def tangents(path: CurvedPath, unit: float) -> Floats:
    """Unit tangents of a path at draws from around its support vectors, (P, dim).

    Support vectors come in pairs about the middle of their space, and the unit is a deviation
    there, so the draws are latents as the model sees them. The gradient is that of
    `engine.paths.rbf_gradient`, written as one matrix product.
    """
    parts = (path.support, path.alphas, path.gammas)
    support, alphas, gammas = (np.asarray(part, np.float64) for part in parts)
    fits = support.ndim == 2 and alphas.shape == support.shape[:1] and gammas.size
    if not fits or support.shape[1] != path.vector.shape[-1]:
        return np.asarray(path.vector, np.float64).reshape(1, -1)
    points = support.mean(axis=0) + unit * _draws(support.shape[1])
    squares = (points**2).sum(1)[:, None] + (support**2).sum(1) - 2 * points @ support.T
    exponent = gammas * squares
    # A common factor has no say in a direction; without it far points have nothing left.
    weights = alphas * gammas * np.exp(exponent.min(axis=1, keepdims=True) - exponent)  # (P, M)
    gradients = weights @ support - weights.sum(axis=1, keepdims=True) * points
    lengths = np.linalg.norm(gradients, axis=1, keepdims=True)
    found: Floats = np.divide(gradients, lengths, out=np.zeros_like(gradients), where=lengths > 0)
    return found


@cache
def _draws(dim: int) -> Floats:
    """The same draws from a standard normal every time, (P, dim)."""
    return np.random.default_rng(0).standard_normal((POINTS, dim))
