"""What every generator promises, whatever its family; see `engine.generator`."""

import numpy as np
import pytest
import torch

from latentstudio.core.errors import AbilityError, OptionError, ShapeError
from latentstudio.core.spaces import Ability, Prior, Space
from latentstudio.engine.generator import HasMean, HasStyleWeights, HasTaps
from tests.contract.generators import MODELS, open_model

SEEDS = [5, 0, 77]


@pytest.fixture(scope="module", params=sorted(MODELS))
def model(request):
    return open_model(request.param)


def classes_for(model, count):
    return torch.arange(count) % model.info.classes if model.info.classes else None


def codes_for(model, seeds, truncation=1.0):
    classes = classes_for(model, len(seeds))
    return model.broadcast(model.map(model.sample_z(seeds, truncation), classes, truncation))


def make(model, codes, **more):
    return model.synthesize(codes, classes_for(model, len(codes)), **more)


def close(a, b, tolerance=1e-4):
    return float((a - b).abs().max()) <= tolerance * max(1.0, float(b.std()))


def test_facts(model):
    info = model.info
    assert len(info.fingerprint) == 64
    assert info.parameters > 0
    assert next(iter(info.spaces)) is Space.Z
    assert all(space.dim > 0 and space.layers > 0 for space in info.spaces.values())
    assert (Ability.CLASSES in info.abilities) == (info.classes > 0)
    assert (Ability.MAPPING in info.abilities) == (Space.W in info.spaces)
    assert (Ability.TAPS in info.abilities) == (len(info.taps) > 0)


def test_seeds_are_numpy_s(model):
    z = model.sample_z(SEEDS)
    dim = model.info.spaces[Space.Z].dim
    assert z.shape == (3, dim)
    assert z.dtype == torch.float32
    drawn = torch.from_numpy(np.random.RandomState(77).randn(dim).astype(np.float32))
    prior = model.info.spaces[Space.Z].prior
    if prior in (Prior.NORMAL, Prior.NORMALISED):
        assert torch.equal(z[2], drawn)
    if prior is Prior.TRUNCATED:
        inside = drawn.abs() < 2
        assert torch.equal(z[2][inside], drawn[inside])
        assert int((~inside).sum()) > 0
        assert float(z.abs().max()) < 2
        assert torch.equal(model.sample_z(SEEDS, truncation=0.5), z / 2)


def test_shapes(model):
    info, codes = model.info, codes_for(model, SEEDS)
    assert codes.shape == (3, info.code_layers, info.code_dim)
    images = make(model, codes)
    assert images.shape == (3, info.channels, info.resolution, info.resolution)
    assert images.dtype == torch.float32
    assert bool(images.isfinite().all())
    assert not images.requires_grad
    assert float(images.std()) > 1e-3


def test_one_seed_is_one_picture(model):
    together = make(model, codes_for(model, SEEDS))
    classes = classes_for(model, 3)
    for place, seed in [(2, 77), (0, 5)]:
        own = None if classes is None else classes[place : place + 1]
        code = model.broadcast(model.map(model.sample_z([seed]), own))
        assert close(model.synthesize(code, own), together[place : place + 1])
    assert not close(together[:1], together[1:2])


def test_wrong_shapes_get_a_sentence(model):
    info = model.info
    with pytest.raises(ShapeError):
        model.synthesize(torch.zeros(1, info.code_layers, info.code_dim + 1))
    with pytest.raises(ShapeError):
        model.synthesize(torch.zeros(1, info.code_dim))
    with pytest.raises(ShapeError):
        model.map(torch.zeros(1, info.spaces[Space.Z].dim + 1))
    with pytest.raises(ShapeError):
        model.broadcast(torch.zeros(1, info.code_layers, info.code_dim + 3))


def test_classes_are_checked(model):
    z = model.sample_z([0])
    bad = torch.tensor([model.info.classes])

    def use(classes):
        model.synthesize(model.broadcast(model.map(z, classes)), classes)

    for classes in [bad, None] if model.info.classes else [torch.tensor([0])]:
        with pytest.raises(OptionError):
            use(classes)


def test_broadcast_repeats_the_code(model):
    code = model.map(model.sample_z([1, 2]), classes_for(model, 2))
    wide = model.broadcast(code)
    assert wide.shape == (2, model.info.code_layers, model.info.code_dim)
    assert all(torch.equal(wide[:, layer], code) for layer in range(wide.shape[1]))


def test_noise(model):
    codes = codes_for(model, [3])
    constant, off = make(model, codes), make(model, codes, noise="none")
    first, second = make(model, codes, noise=1), make(model, codes, noise=2)
    assert torch.equal(first, make(model, codes, noise=1))
    if Ability.NOISE in model.info.abilities:
        assert not torch.equal(constant, off)
        assert not torch.equal(first, second)
    else:
        assert torch.equal(constant, off)
        assert torch.equal(first, second)


def test_truncation_pulls_toward_the_mean(model):
    if isinstance(model, HasMean):
        classes = classes_for(model, 2)
        z, mean = model.sample_z([1, 2]), model.mean_code(classes)
        full, half, none = (model.map(z, classes, psi) for psi in (1.0, 0.5, 0.0))
        assert torch.allclose(half - mean, (full - mean) / 2, atol=1e-5)
        assert torch.allclose(none, mean.expand_as(none), atol=1e-6)
        assert not torch.allclose(full, half, atol=1e-3)
    else:
        assert Ability.MAPPING not in model.info.abilities


def test_radius_has_no_effect_where_the_prior_is_normalised(model):
    z, classes = model.sample_z([4]), classes_for(model, 1)
    near, far = (model.map(z * scale, classes) for scale in (0.5, 2.0))
    normalised = model.info.spaces[Space.Z].prior is Prior.NORMALISED
    assert close(near, far) == normalised


def test_the_normal_chart_and_back(model):
    codes = codes_for(model, range(20))
    p = model.to_normal(codes)
    assert p.shape == codes.shape
    assert torch.allclose(model.from_normal(p), codes, atol=1e-5)
    if model.info.spaces[model.info.code_space].prior is Prior.MAPPED:
        # The last leaky ReLU squeezes one side: undone, both sides weigh about the same.
        assert float((p < 0).float().mean()) > 0.2
        assert float(p.min()) < 2 * float(codes.min())


def test_reverse_gradient(model):
    codes = codes_for(model, [6]).requires_grad_(True)
    (gradient,) = torch.autograd.grad(make(model, codes).square().sum(), codes)
    assert float(gradient.abs().max()) > 0
    direction = torch.from_numpy(np.random.RandomState(1).randn(*codes.shape)).float()
    derivative = torch.func.jvp(lambda c: make(model, c).square().sum(), (codes,), (direction,))[1]
    assert torch.allclose((gradient * direction).sum(), derivative, rtol=1e-3)


def test_forward_gradient_under_vmap(model):
    """Against central differences in double precision, between two kinks of the network."""
    codes = codes_for(model, [6]).double()
    model = open_model(model_name(model))
    model.network.double()
    rng = np.random.RandomState(0)
    directions = torch.from_numpy(rng.randn(2, *codes.shape))

    def push(direction):
        return torch.func.jvp(lambda c: make(model, c), (codes,), (direction,))[1]

    found = torch.func.vmap(push, chunk_size=1)(directions)
    step = 1e-7
    ahead, behind = (make(model, codes + s * step * directions[1]) for s in (1, -1))
    assert close((ahead - behind) / (2 * step), found[1])
    assert not close(found[0], found[1])


def test_taps(model):
    assert isinstance(model, HasTaps)
    codes = codes_for(model, [8])
    image = make(model, codes)
    for tap in model.info.taps:
        features = model.features(codes, tap, classes_for(model, 1))
        assert features.shape[0] == 1
        assert features.ndim in (2, 4)
        same = model.synthesize_with(codes, {tap: lambda x: x}, classes_for(model, 1))
        assert torch.equal(same, image)
        changed = model.synthesize_with(codes, {tap: lambda x: x * 0}, classes_for(model, 1))
        assert not close(changed, image)
    with pytest.raises(AbilityError):
        model.features(codes, "no such layer")
    with pytest.raises(AbilityError):
        model.synthesize_with(codes, {"no such layer": lambda x: x})


def test_nothing_after_a_tap_is_computed(model):
    codes = codes_for(model, [8])
    ran = []
    hooks = [
        module.register_forward_hook(lambda module, *_: ran.append(module))
        for module in model.network.modules()
    ]
    model.features(codes, model.info.taps[0], classes_for(model, 1))
    early = len(ran)
    ran.clear()
    make(model, codes)
    for hook in hooks:
        hook.remove()
    assert early < len(ran) / 2


def test_style_weights(model):
    if isinstance(model, HasStyleWeights):
        layers = range(model.info.code_layers)
        each = [model.style_weights([layer]) for layer in layers]
        assert all(rows.shape[1] == model.info.code_dim for rows in each)
        assert torch.equal(model.style_weights(list(layers)), torch.cat(each))
        with pytest.raises(OptionError):
            model.style_weights([model.info.code_layers])
    else:
        assert Ability.STYLE_WEIGHTS not in model.info.abilities


def test_moving_gives_the_same_generator_back(model):
    assert model.to(torch.device("cpu")) is model
    assert model.device == torch.device("cpu")


def model_name(model):
    return next(name for name in MODELS if MODELS[name].stem == model.info.name)
