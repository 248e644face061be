"""Derivatives, taps and the weights that read the code."""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from latentstudio.core.errors import AbilityError, OptionError
from latentstudio.core.spaces import Ability
from latentstudio.engine.generator import Halfway, HasHalfway, HasStyleWeights, HasTaps
from latentstudio.plugin_host.contract.case import Case, close, expect, refuses


def _has(case: Case, ability: Ability) -> bool:
    return ability in case.model.info.abilities


def reverse_gradient(case: Case) -> None:
    """Reverse-mode derivatives agree with forward-mode ones."""
    if not _has(case, Ability.GRADIENT):
        return
    codes = case.codes([6]).requires_grad_(True)
    (gradient,) = torch.autograd.grad(case.images(codes).square().sum(), codes)
    expect(float(gradient.abs().max()) > 0, "the gradient is zero")
    if _has(case, Ability.FORWARD_GRADIENT):
        direction = torch.from_numpy(np.random.RandomState(1).randn(*codes.shape)).float()
        pushed = torch.func.jvp(lambda c: case.images(c).square().sum(), (codes,), (direction,))[1]
        expect(torch.allclose((gradient * direction).sum(), pushed, rtol=1e-3), "they differ")


def forward_gradient(case: Case) -> None:
    """Forward-mode derivatives under vmap agree with central differences.

    In double precision, between two kinks of the network, where its `network` can be had.
    """
    if not _has(case, Ability.FORWARD_GRADIENT):
        return
    case = Case(case.open(), case.open)
    network = getattr(case.model, "network", None)
    double = isinstance(network, torch.nn.Module)
    step, tolerance = (1e-7, 1e-4) if double else (1e-2, 5e-2)
    codes = case.codes([6])
    if double:
        assert isinstance(network, torch.nn.Module)
        network.double()
        codes = codes.double()
    directions = torch.from_numpy(np.random.RandomState(0).randn(2, *codes.shape)).to(codes)

    def push(direction: Tensor) -> Tensor:
        pushed: Tensor = torch.func.jvp(case.images, (codes,), (direction,))[1]
        return pushed

    found = torch.func.vmap(push, chunk_size=1)(directions)
    ahead, behind = (case.images(codes + s * step * directions[1]) for s in (1, -1))
    expect(close((ahead - behind) / (2 * step), found[1], tolerance), "they differ")
    expect(not close(found[0], found[1]), "two directions have the same derivative")


def taps(case: Case) -> None:
    """Layers can be read and replaced by name."""
    if not _has(case, Ability.TAPS):
        return
    model, codes = case.model, case.codes([8])
    expect(isinstance(model, HasTaps), "features or synthesize_with is missing")
    image = case.images(codes)
    for tap in model.info.taps:
        features = model.features(codes, tap, case.classes(1))
        expect(features.shape[0] == 1 and features.ndim in (2, 4), f"odd features at {tap}")
        same = model.synthesize_with(codes, {tap: lambda x: x}, case.classes(1))
        expect(close(same, image), f"the picture changes though nothing at {tap} does")
        zero = model.synthesize_with(codes, {tap: lambda x: x * 0}, case.classes(1))
        expect(not close(zero, image), f"what is replaced at {tap} has no effect")
    missing = "no such layer"
    refuses(AbilityError, lambda: model.features(codes, missing), "an unknown layer")
    edit = {missing: lambda x: x}
    refuses(AbilityError, lambda: model.synthesize_with(codes, edit), "an unknown layer to edit")


def halfway(case: Case) -> None:
    """A synthesis stops at a layer, and goes on from there to the same picture, time and again."""
    model = case.model
    if not _has(case, Ability.TAPS) or not isinstance(model, HasHalfway):
        return
    codes, others, label = case.codes([8]), case.codes([9]), case.classes(1)
    taps: tuple[str, ...] = case.model.info.taps
    edit: dict[str, Callable[[Tensor], Tensor]] = {}
    since: Halfway | None = None
    for tap in taps:
        apart = model.halfway(codes, tap, {}, label).features
        expect(torch.equal(apart, model.features(codes, tap, label)), f"other features at {tap}")
        since = model.halfway(codes, tap, edit, label, since=since)
        edit[tap] = lambda x: 0.9 * x
        expected = model.synthesize_with(codes, edit, label)
        again = [model.onward(codes, since, edit, label) for _ in range(2)]
        expect(all(torch.equal(one, expected) for one in again), f"{tap} goes on elsewhere")
        behind = codes.clone()
        behind[:, model.layers_before(tap) :] = others[:, model.layers_before(tap) :]
        expected = model.synthesize_with(behind, edit, label)
        same = torch.equal(model.onward(behind, since, edit, label), expected)
        expect(same, f"more layers of the code are read before {tap} than is said")


def early_stop(case: Case) -> None:
    """Nothing after a tap is computed."""
    network = getattr(case.model, "network", None)
    if not _has(case, Ability.TAPS) or not isinstance(network, torch.nn.Module):
        return
    codes, ran = case.codes([8]), [0]

    def count(*_: object) -> None:
        ran[0] += 1

    hooks = [module.register_forward_hook(count) for module in network.modules()]
    try:
        case.model.features(codes, case.model.info.taps[0], case.classes(1))
        early, ran[0] = ran[0], 0
        case.images(codes)
    finally:
        for hook in hooks:
            hook.remove()
    expect(early < ran[0] / 2 or not ran[0], f"{early} of {ran[0]} layers ran for the first tap")


def style_weights(case: Case) -> None:
    """The rows that read the code can be had, layer by layer."""
    model = case.model
    if not isinstance(case.model, HasStyleWeights):
        expect(not _has(case, Ability.STYLE_WEIGHTS), "style_weights is missing")
        return
    layers = range(model.info.code_layers)
    each = [model.style_weights([layer]) for layer in layers]
    expect(all(rows.shape[1] == model.info.code_dim for rows in each), "rows of another length")
    together = model.style_weights(list(layers))
    expect(torch.equal(together, torch.cat(each)), "layers together are not layers one by one")
    beyond = model.info.code_layers
    refuses(OptionError, lambda: model.style_weights([beyond]), "a layer beyond the last")


CHECKS = (reverse_gradient, forward_gradient, taps, halfway, early_stop, style_weights)
