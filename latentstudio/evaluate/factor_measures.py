"""Measures of how well a set of directions takes known factors apart.

A representation is K numbers of each sample: how far its code lies along each direction (the
readout whose pattern the direction is). Factors are what a predictor reads. As the disentanglement
literature defines them, and as Khrulkov et al. (ICLR 2021) and DisCo (Ren et al., ICLR 2022) apply
them to directions of GANs:

* DCI disentanglement and completeness: Eastwood & Williams, ICLR 2018;
* MIG, the mutual information gap: Chen et al., NeurIPS 2018;
* SAP, separated attribute predictability: Kumar et al., ICLR 2018;
* FactorVAE score: Kim & Mnih, ICML 2018.

All lie between 0 and 1; 1 is best.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

BINS = 20
"""Of continuous values, as in the published implementations."""
_TREES, _DEPTH = 20, 8
_VOTES, _BATCH = 800, 32
_FLOOR = 1e-3
_TINY = 1e-12


@dataclass(frozen=True, slots=True)
class FactorMeasures:
    """What a set of directions reaches; see the module."""

    disentanglement: float
    completeness: float
    mig: float
    sap: float
    factor_vae: float


def represent(codes: Floats, vectors: Floats) -> Floats:
    """How far codes lie along directions: (N, dim), (K, dim) -> (N, K), deviation 1.

    The readout of direction a is b = (covariance)^-1 a: where others vary it stays.
    """
    apart = codes - codes.mean(0)
    covariance = apart.T @ apart / len(apart)
    floor = _FLOOR * np.trace(covariance) / len(covariance)
    seen = apart @ np.linalg.solve(covariance + floor * np.eye(len(covariance)), vectors.T)
    found: Floats = seen / np.maximum(seen.std(0), _TINY)
    return found


def measure(representation: Floats, factors: Floats, seed: int = 0) -> FactorMeasures:
    """All measures.

    Args:
        representation: (N, K).
        factors: (N, A); those that don't vary are left out.
        seed: Of the forests and the votes.

    Raises:
        ValueError: No factor varies.
    """
    factors = factors[:, factors.std(0) > 1e-6]
    if not factors.size:
        raise ValueError("no factor varies")
    importance = importances(representation, factors, seed)
    return FactorMeasures(
        disentanglement(importance),
        disentanglement(importance.T),
        gap(mutual_information(representation, factors), entropies(factors)),
        gap(squared_correlations(representation, factors)),
        factor_vae(representation, factors, seed),
    )


def importances(representation: Floats, factors: Floats, seed: int) -> Floats:
    """How much each number is needed to tell each factor, by random forests: (K, A)."""
    from sklearn.ensemble import ExtraTreesRegressor  # takes a second, and few commands need it

    columns = []
    for factor in factors.T:
        forest = ExtraTreesRegressor(_TREES, max_depth=_DEPTH, random_state=seed)
        columns.append(forest.fit(representation, factor).feature_importances_)
    return np.stack(columns, axis=1)


def disentanglement(importance: Floats) -> float:
    """1 less the entropy of each row over columns, weighted by the row's sum: (K, A) -> D.

    Of the transposed matrix it is the completeness.
    """
    sums = importance.sum(1)
    shares = importance / np.maximum(sums[:, None], _TINY)
    entropy = -(shares * np.log(np.maximum(shares, _TINY))).sum(1)
    apart = 1.0 - entropy / np.log(max(importance.shape[1], 2))
    return float((apart * sums).sum() / max(sums.sum(), _TINY))


def mutual_information(representation: Floats, factors: Floats) -> Floats:
    """Of binned values, in nats: (K, A)."""
    left = [_binned(column) for column in representation.T]
    right = [_binned(column) for column in factors.T]
    found = np.zeros((len(left), len(right)))
    for i, one in enumerate(left):
        for j, other in enumerate(right):
            joint = np.zeros((BINS, BINS))
            np.add.at(joint, (one, other), 1.0 / len(one))
            expected = np.outer(joint.sum(1), joint.sum(0))
            full = joint > 0
            found[i, j] = (joint[full] * np.log(joint[full] / expected[full])).sum()
    return found


def entropies(factors: Floats) -> Floats:
    """Of binned factors, in nats: (A,)."""
    found = []
    for column in factors.T:
        shares = np.bincount(_binned(column), minlength=BINS) / len(column)
        found.append(-(shares * np.log(np.maximum(shares, _TINY))).sum())
    return np.array(found)


def squared_correlations(representation: Floats, factors: Floats) -> Floats:
    """R^2 of predicting each factor from one number, (K, A)."""
    left, right = representation - representation.mean(0), factors - factors.mean(0)
    left = left / np.maximum(np.linalg.norm(left, axis=0), _TINY)
    right = right / np.maximum(np.linalg.norm(right, axis=0), _TINY)
    found: Floats = np.square(left.T @ right)
    return found


def gap(table: Floats, scale: Floats | None = None) -> float:
    """Mean over factors of the best less the second best number's value: (K, A) -> 0 to 1."""
    ordered = np.sort(table, axis=0)
    second = ordered[-2] if len(ordered) > 1 else 0.0
    gaps = ordered[-1] - second
    if scale is not None:
        gaps = gaps / np.maximum(scale, _TINY)
    return float(gaps.mean())


def factor_vae(representation: Floats, factors: Floats, seed: int) -> float:
    """Accuracy of a majority vote for the factor that was held, by the number that varied least.

    Representation (S, K), factors (S, F); 0 to 1.

    Half the votes make the table, half test it.
    """
    rng = np.random.default_rng(seed)
    bins = [_binned(column) for column in factors.T]
    spread = np.maximum(representation.var(0), _TINY)
    votes = []
    for _ in range(_VOTES):
        held = int(rng.integers(len(bins)))
        like = np.flatnonzero(bins[held] == rng.choice(bins[held]))
        rows = representation[rng.choice(like, _BATCH)]
        votes.append((int((rows.var(0) / spread).argmin()), held))
    table = np.zeros((representation.shape[1], len(bins)))
    half = len(votes) // 2
    for number, held in votes[:half]:
        table[number, held] += 1
    winner = table.argmax(1)
    return float(np.mean([winner[number] == held for number, held in votes[half:]]))


def _binned(values: Floats) -> NDArray[np.int64]:
    """Equally wide bins over the range of values, (N,) -> (N,)."""
    low, high = float(values.min()), float(values.max())
    place = (values - low) / max(high - low, _TINY) * BINS
    found: NDArray[np.int64] = np.minimum(place.astype(np.int64), BINS - 1)
    return found
