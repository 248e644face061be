"""Facts, seeds, shapes, classes, noise and charts."""

import numpy as np
import torch

from latentstudio.core.errors import OptionError, ShapeError
from latentstudio.core.spaces import Ability, Prior, Space
from latentstudio.engine.generator import HasMean
from latentstudio.plugin_host.contract.case import SEEDS, Case, close, expect, refuses


def facts(case: Case) -> None:
    """Its facts agree with each other."""
    info = case.model.info
    expect(len(info.fingerprint) == 64, "the fingerprint is not the one that was handed over")
    expect(info.parameters > 0, "it has no weights")
    expect(next(iter(info.spaces)) is Space.Z, "the first space is not Z")
    sizes = [(space.dim, space.layers) for space in info.spaces.values()]
    expect(all(min(size) > 0 for size in sizes), "a space has no size")
    for ability, has in (
        (Ability.CLASSES, info.classes > 0),
        (Ability.MAPPING, Space.W in info.spaces),
        (Ability.TAPS, len(info.taps) > 0),
    ):
        expect((ability in info.abilities) == has, f"the ability '{ability}' contradicts the rest")


def seeds(case: Case) -> None:
    """Seeds are drawn as NumPy draws them."""
    z = case.model.sample_z(list(SEEDS))
    space = case.model.info.spaces[Space.Z]
    expect(z.shape == (3, space.dim), f"three seeds give {list(z.shape)}")
    expect(z.dtype == torch.float32, f"z is {z.dtype}")
    drawn = torch.from_numpy(np.random.RandomState(77).randn(space.dim).astype(np.float32))
    if space.prior in (Prior.NORMAL, Prior.NORMALISED):
        expect(torch.equal(z[2], drawn), "seed s is not RandomState(s).randn(1, dim)")
    if space.prior is Prior.TRUNCATED:
        inside = drawn.abs() < 2
        expect(torch.equal(z[2][inside], drawn[inside]), "what lies inside ±2 was drawn anew")
        many = case.model.sample_z(list(range(64)))
        expect(float(many.abs().max()) < 2, "z goes beyond ±2")
        half = case.model.sample_z(list(SEEDS), truncation=0.5)
        expect(torch.equal(half, z / 2), "truncation does not scale z")
    if space.prior is Prior.UNIFORM:
        expect(float(z.abs().max()) <= 1, "a uniform z goes beyond ±1")


def shapes(case: Case) -> None:
    """Codes and pictures have the promised shapes."""
    info, codes = case.model.info, case.codes(SEEDS)
    expect(codes.shape == (3, info.code_layers, info.code_dim), f"codes are {list(codes.shape)}")
    images = case.images(codes)
    wanted = (3, *info.image_shape)
    expect(images.shape == wanted, f"pictures are {list(images.shape)}, not {list(wanted)}")
    expect(images.dtype == torch.float32, f"pictures are {images.dtype}")
    expect(bool(images.isfinite().all()), "pictures hold NaN or infinity")
    expect(not images.requires_grad, "pictures want gradients though nobody asked")
    expect(float(images.std()) > 1e-3, "all pixels are the same")


def one_seed_one_picture(case: Case) -> None:
    """One seed is one picture, in any batch and order."""
    together, classes = case.images(case.codes(SEEDS)), case.classes(3)
    for place, seed in ((2, 77), (0, 5)):
        own = None if classes is None else classes[place : place + 1]
        code = case.model.broadcast(case.model.map(case.model.sample_z([seed]), own))
        alone = case.model.synthesize(code, own)
        expect(close(alone, together[place : place + 1]), f"seed {seed} alone looks different")
    expect(not close(together[:1], together[1:2]), "two seeds give the same picture")


def wrong_shapes(case: Case) -> None:
    """Wrong shapes get a sentence (ShapeError)."""
    model, info = case.model, case.model.info
    z_dim = info.spaces[Space.Z].dim
    wide = torch.zeros(1, info.code_layers, info.code_dim + 1)
    refuses(ShapeError, lambda: model.synthesize(wide), "a code that is too long")
    flat = torch.zeros(1, info.code_dim)
    refuses(ShapeError, lambda: model.synthesize(flat), "a code without layers")
    refuses(ShapeError, lambda: model.map(torch.zeros(1, z_dim + 1)), "a z that is too long")
    refuses(ShapeError, lambda: model.broadcast(wide), "a code to broadcast that has layers")


def classes_checked(case: Case) -> None:
    """Classes that do not fit get a sentence (OptionError)."""
    model = case.model
    z = model.sample_z([0])

    def use(classes: torch.Tensor | None) -> None:
        model.synthesize(model.broadcast(model.map(z, classes)), classes)

    if model.info.classes:
        refuses(OptionError, lambda: use(torch.tensor([model.info.classes])), "an unknown class")
        refuses(OptionError, lambda: use(None), "no class")
    else:
        refuses(OptionError, lambda: use(torch.tensor([0])), "a class")


def broadcasting(case: Case) -> None:
    """Broadcasting repeats the code for every layer."""
    model = case.model
    code = model.map(model.sample_z([1, 2]), case.classes(2))
    wide = model.broadcast(code)
    expect(wide.shape == (2, model.info.code_layers, model.info.code_dim), "a wrong shape")
    same = all(torch.equal(wide[:, layer], code) for layer in range(wide.shape[1]))
    expect(same, "the layers differ")


def noise(case: Case) -> None:
    """Noise inputs are constant, off, or drawn from a seed."""
    codes = case.codes([3])
    constant, off = case.images(codes), case.images(codes, noise="none")
    first, second = case.images(codes, noise=1), case.images(codes, noise=2)
    expect(torch.equal(first, case.images(codes, noise=1)), "a seed of noise is not one picture")
    if Ability.NOISE in case.model.info.abilities:
        expect(not torch.equal(constant, off), "noise makes no difference")
        expect(not torch.equal(first, second), "two seeds of noise make no difference")
    else:
        alike = torch.equal(constant, off) and torch.equal(first, second)
        expect(alike, "noise makes a difference, but the ability is missing")


def truncation(case: Case) -> None:
    """Truncation pulls toward the mean, where there is a mapping."""
    model = case.model
    if not isinstance(case.model, HasMean):
        expect(Ability.MAPPING not in model.info.abilities, "a mapping without mean_code")
        return
    classes = case.classes(2)
    z, mean = model.sample_z([1, 2]), model.mean_code(classes)
    full, half, none = (model.map(z, classes, psi) for psi in (1.0, 0.5, 0.0))
    expect(torch.allclose(half - mean, (full - mean) / 2, atol=1e-5), "0.5 is not halfway")
    expect(torch.allclose(none, mean.expand_as(none), atol=1e-6), "0 is not the mean")
    expect(not torch.allclose(full, half, atol=1e-3), "truncation makes no difference")


def radius(case: Case) -> None:
    """The radius of z has no effect exactly where the prior is normalised."""
    z, classes = case.model.sample_z([4]), case.classes(1)
    near, far = (case.model.map(z * scale, classes) for scale in (0.5, 2.0))
    normalised = case.model.info.spaces[Space.Z].prior is Prior.NORMALISED
    expect(close(near, far) == normalised, "the prior says otherwise")


def chart(case: Case) -> None:
    """The normal chart leads there and back."""
    codes, model = case.codes(range(20)), case.model
    p = model.to_normal(codes)
    expect(p.shape == codes.shape, "the chart changes the shape")
    expect(torch.allclose(model.from_normal(p), codes, atol=1e-5), "back is not where it began")
    if model.info.spaces[model.info.code_space].prior is Prior.MAPPED:
        # The last leaky ReLU squeezes one side: undone, both sides weigh about the same.
        expect(float((p < 0).float().mean()) > 0.2, "one side of the chart is nearly empty")
        expect(float(p.min()) < 2 * float(codes.min()), "the chart does not undo the mapping")


def moving(case: Case) -> None:
    """Moving to a device gives the same generator back."""
    expect(case.model.to(torch.device("cpu")) is case.model, "`to` gives another object")
    expect(case.model.device == torch.device("cpu"), "it does not know where it is")


CHECKS = (
    facts,
    seeds,
    shapes,
    one_seed_one_picture,
    wrong_shapes,
    classes_checked,
    broadcasting,
    noise,
    truncation,
    radius,
    chart,
    moving,
)
