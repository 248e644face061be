"""Stacks of layers: what files don't hold is found again, and pictures equal the module's own.

Each case is a module of torch's own layers with random weights, whose batch norms have seen
codes of its prior; only its state dictionary is saved.
"""

import pytest
import torch
from torch import nn

from latentstudio.core.errors import CheckpointError, OptionError
from latentstudio.core.progress import run
from latentstudio.core.spaces import Ability, Prior, Space
from latentstudio.engine.generator import HasChoices
from latentstudio.generators.save import save_generator
from latentstudio.session.models import open_model, with_choices
from tests.toys.networks import FastGAN, Mimicry, Residual, settled, stack


def up(inputs, outputs, size, stride, padding, act=None, extra=0):
    layers = [nn.ConvTranspose2d(inputs, outputs, size, stride, padding, extra, bias=False)]
    if act is not None:
        layers += [nn.BatchNorm2d(outputs), act()]
    return layers


def conv(inputs, outputs, act):
    return [nn.Conv2d(inputs, outputs, 3, padding=1), nn.BatchNorm2d(outputs), act()]


class Code(nn.Module):
    """z as one pixel."""

    def forward(self, z):
        return z[:, :, None, None]


class Leaky(nn.LeakyReLU):
    def __init__(self):
        super().__init__(0.2)


def tutorial(act):
    layers = up(24, 32, 4, 1, 0, act) + up(32, 24, 4, 2, 1, act) + up(24, 16, 4, 2, 1, act)
    return nn.Sequential(Code(), *layers, *up(16, 3, 4, 2, 1), nn.Tanh())


def unpadded():
    layers = up(64, 48, 3, 2, 0, nn.ReLU) + up(48, 32, 4, 1, 0, nn.ReLU)
    layers += up(32, 24, 3, 2, 0, nn.ReLU)
    return nn.Sequential(Code(), *layers, *up(24, 1, 4, 2, 0), nn.Tanh())


def dense_first():
    layers = [nn.Linear(20, 24 * 49), nn.BatchNorm1d(24 * 49), nn.ReLU()]
    layers += [nn.Unflatten(1, (24, 7, 7)), *up(24, 16, 4, 2, 1, nn.ReLU)]
    return nn.Sequential(*layers, *up(16, 1, 4, 2, 1), nn.Tanh())


def mixed_bare():
    layers = [*up(32, 32, 4, 1, 0, nn.Identity), *conv(32, 24, Leaky), *up(24, 16, 4, 2, 1, Leaky)]
    layers += [*up(16, 12, 4, 2, 1, Leaky), *up(12, 3, 4, 2, 1), nn.Tanh()]
    return nn.Sequential(Code(), *layers)


def doubled():
    layers = [nn.Linear(32, 32 * 64), nn.Unflatten(1, (32, 8, 8)), nn.BatchNorm2d(32)]
    layers += [nn.Upsample(scale_factor=2), *conv(32, 24, Leaky)]
    layers += [nn.Upsample(scale_factor=2), *conv(24, 16, Leaky)]
    return nn.Sequential(*layers, nn.Conv2d(16, 3, 3, padding=1), nn.Tanh())


def perceptron():
    layers = [nn.Linear(16, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 784)]
    return nn.Sequential(*layers, nn.Tanh())


MODULES = {
    "tutorial": (lambda: tutorial(nn.ReLU), 24, "normal", {"activation": "relu", "size": "32"}),
    "leaky": (lambda: tutorial(Leaky), 24, "normal", {"activation": "leaky-relu"}),
    "silu": (lambda: tutorial(nn.SiLU), 24, "normal", {"activation": "silu"}),
    "elu": (lambda: tutorial(nn.ELU), 24, "normal", {"activation": "elu"}),
    "selu": (lambda: tutorial(nn.SELU), 24, "normal", {"activation": "selu"}),
    "gelu": (lambda: tutorial(nn.GELU), 24, "normal", {"activation": "gelu"}),
    "uniform": (lambda: tutorial(nn.ReLU), 24, "uniform", {"prior": "uniform"}),
    "unpadded": (unpadded, 64, "normal", {"size": "28"}),
    "dense first": (dense_first, 20, "normal", {"size": "28"}),
    "mixed, first bare": (mixed_bare, 32, "uniform", {"activation": "leaky-relu", "bare": "0"}),
    "doubled": (doubled, 32, "normal", {"activation": "leaky-relu", "bare": "0", "size": "32"}),
    "perceptron": (perceptron, 16, "normal", {"size": "28"}),
}


def draw(prior, *shape):
    return torch.rand(*shape) * 2 - 1 if prior == "uniform" else torch.randn(*shape)


@torch.no_grad()
def trained(module, dim, prior):
    """The module after its batch norms have seen codes."""
    for part in module.modules():
        if isinstance(part, nn.BatchNorm2d | nn.BatchNorm1d):
            part.momentum = None
            nn.init.uniform_(part.weight, 0.5, 1.5)
            nn.init.normal_(part.bias, 0.0, 0.3)
    module.train()
    for _ in range(4):
        module(draw(prior, 256, dim))
    return module.eval()


@pytest.fixture(scope="module", params=MODULES)
def case(request, tmp_path_factory):
    make, dim, prior, expected = MODULES[request.param]
    torch.manual_seed(3)
    module = trained(make(), dim, prior)
    path = tmp_path_factory.mktemp("stack") / "stack.pt"
    torch.save(module.state_dict(), path)
    return module, dim, prior, expected, run(open_model(str(path), "cpu"))


def test_what_the_file_does_not_hold_is_found(case):
    _, dim, prior, expected, model = case
    assert model.info.family == "dcgan"
    assert model.info.spaces[Space.Z].dim == dim
    assert model.info.spaces[Space.Z].prior is Prior(prior)
    found = {name: text.split(" (")[0] for name, text in model.info.guesses.items()}
    assert found | expected == found


def test_pictures_equal_the_module_s(case):
    module, dim, prior, _, model = case
    z = draw(prior, 3, dim)
    with torch.no_grad():
        expected = module(z).reshape(3, model.info.channels, *[model.info.resolution] * 2)
        image = model.synthesize(model.broadcast(model.map(z)))
    assert torch.allclose(image, expected, atol=1e-5)


def test_first_layer_s_rows(case):
    """The rows read z: with them the first features are linear in z."""
    module, dim, prior, _, model = case
    rows = model.style_weights([0])
    first = next(part for part in module if isinstance(part, nn.Linear | nn.ConvTranspose2d))
    z = draw(prior, 1, dim)
    with torch.no_grad():
        given = z if isinstance(first, nn.Linear) else z[:, :, None, None]
        expected = first(given) - first(torch.zeros_like(given))
    assert torch.allclose(z @ rows.T, expected.flatten(1), atol=1e-5)


class Conditional(nn.Module):
    """A class beside the noise."""

    def __init__(self, kind, act=nn.ReLU):
        super().__init__()
        self.kind = kind
        if kind != "one-hot":
            self.label_emb = nn.Embedding(10, 100 if kind == "product" else 6)
        width = {"one-hot": 110, "embedded": 106, "product": 100}[kind]
        layers = up(width, 32, 4, 1, 0, act) + up(32, 16, 4, 2, 1, act)
        self.net = nn.Sequential(Code(), *layers, *up(16, 1, 4, 2, 1), nn.Tanh())

    def forward(self, z):
        labels = torch.arange(len(z)) % 10
        if self.kind == "one-hot":
            return self.net(torch.cat([z, torch.eye(10)[labels]], 1))
        embedded = self.label_emb(labels)
        product = self.kind == "product"
        return self.net(z * embedded if product else torch.cat([embedded, z], 1))


@pytest.mark.parametrize("kind", ["one-hot", "embedded", "product"])
def test_classes(kind, tmp_path):
    torch.manual_seed(4)
    module = trained(Conditional(kind), 100, "normal")
    torch.save({"G": module.state_dict(), "epoch": 3}, tmp_path / "c.pt")
    model = run(open_model(str(tmp_path / "c.pt"), "cpu"))
    assert model.info.classes == 10
    assert Ability.CLASSES in model.info.abilities
    assert model.info.spaces[Space.Z].dim == 100
    z = torch.randn(10, 100)
    with torch.no_grad():
        image = model.synthesize(model.broadcast(z), torch.arange(10))
        assert torch.allclose(image, module(z), atol=1e-5)
    assert model.style_weights([0]).shape[1] == 100


def test_the_generator_is_found_among_other_networks(tmp_path):
    module = trained(tutorial(nn.ReLU), 24, "normal")
    critic = nn.Sequential(nn.Conv2d(3, 16, 4, 2, 1), nn.LeakyReLU(0.2), nn.Conv2d(16, 1, 4))
    wrapped = {f"module.{name}": tensor for name, tensor in module.state_dict().items()}
    content = {"netD": critic.state_dict(), "netG": wrapped, "epoch": 7}
    torch.save(content, tmp_path / "all.tar")
    assert run(open_model(str(tmp_path / "all.tar"), "cpu")).info.resolution == 32


NONE_OF_OURS = {
    "critic": lambda: nn.Sequential(nn.Conv2d(3, 16, 4, 2, 1), nn.Conv2d(16, 1, 4)),
    "classifier": lambda: nn.Sequential(nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 10)),
    "critic of perceptrons": lambda: nn.Sequential(nn.Linear(784, 64), nn.Linear(64, 1)),
    "autoencoder": lambda: nn.Sequential(nn.Conv2d(3, 8, 4, 2, 1), nn.ConvTranspose2d(8, 3, 4)),
    "gap": lambda: nn.Sequential(*up(24, 32, 4, 1, 0), *up(16, 3, 4, 2, 1)),
    "two channels": lambda: nn.Sequential(*up(24, 32, 4, 1, 0), *up(32, 2, 4, 2, 1)),
    "recurrent": lambda: nn.GRU(8, 8),
}


@pytest.mark.parametrize("name", NONE_OF_OURS)
def test_other_networks_are_not_taken(name, tmp_path):
    torch.save(NONE_OF_OURS[name]().state_dict(), tmp_path / "other.pt")
    with pytest.raises(CheckpointError, match="holds a model we don't know"):
        run(open_model(str(tmp_path / "other.pt"), "cpu"))


@pytest.fixture(scope="module")
def leaky(tmp_path_factory):
    torch.manual_seed(5)
    path = tmp_path_factory.mktemp("leaky") / "leaky.pt"
    torch.save(trained(tutorial(Leaky), 24, "normal").state_dict(), path)
    return run(open_model(str(path), "cpu"))


def picture(model):
    return model.synthesize(model.broadcast(model.sample_z([1])))


def test_guesses_can_be_changed(leaky):
    assert isinstance(leaky, HasChoices)
    changed = with_choices(leaky, ["activation=silu", "output=none"])
    assert type(changed) is type(leaky)
    assert changed.info.fingerprint != leaky.info.fingerprint
    assert changed.info.guesses["activation"] == "silu (chosen)"
    assert float(picture(changed).abs().max()) > float(picture(leaky).abs().max())
    back = with_choices(changed, ["activation=leaky-relu", "output=tanh"])
    assert back.info.fingerprint == leaky.info.fingerprint
    assert torch.equal(picture(back), picture(leaky))


def test_a_sigmoid_s_picture_is_in_our_range(leaky):
    before = picture(with_choices(leaky, ["output=none"]))
    image = picture(with_choices(leaky, ["output=sigmoid"]))
    assert torch.allclose(image, torch.tanh(before / 2), atol=1e-6)


@pytest.mark.parametrize(
    ("pair", "words"),
    [
        ("activation=swish", "can't be 'swish'"),
        ("size=30", "No usual strides lead these layers to 30 pixels"),
        ("classes=24", "leaves none for the noise"),
        ("bare=first", "a list of layers"),
    ],
)
def test_choices_that_do_not_fit_get_a_sentence(pair, words, leaky):
    with pytest.raises(OptionError, match=words):
        with_choices(leaky, [pair])


def test_models_that_leave_nothing_open(portraits):
    with pytest.raises(OptionError, match="nothing to set"):
        with_choices(portraits, ["activation=relu"])


def test_saved_and_opened_again(leaky, tmp_path):
    changed = with_choices(leaky, ["activation=elu"])
    for number, model in enumerate((leaky, changed)):
        save_generator(model, tmp_path / f"{number}.safetensors")
        again = run(open_model(str(tmp_path / f"{number}.safetensors"), "cpu"))
        assert again.info.fingerprint == model.info.fingerprint
        assert torch.equal(picture(again), picture(model))


def test_a_uniform_code_has_a_normal_chart(case):
    *_, prior, _, model = case
    z = model.sample_z(range(400))
    assert (float(z.abs().max()) <= 1) == (prior == "uniform")
    p = model.to_normal(z)
    assert float(p.std()) == pytest.approx(1.0, abs=0.05)
    assert torch.allclose(model.from_normal(p), z, atol=1e-5)


# Files as people have them.


def saved(tmp_path, content, **how):
    torch.save(content, tmp_path / "field.pt", **how)
    return run(open_model(str(tmp_path / "field.pt"), "cpu"))


def same_pictures(model, module):
    z = torch.randn(3, 8)
    with torch.no_grad():
        expected = module(z)
        found = model.synthesize(model.broadcast(model.map(z)))
    return torch.allclose(found, expected.reshape(found.shape), atol=1e-5)


@pytest.fixture
def module():
    torch.manual_seed(6)
    return settled(stack(3), 8)


def critic():
    return nn.Sequential(
        nn.Conv2d(3, 16, 4, 2, 1), nn.BatchNorm2d(16), nn.LeakyReLU(0.2), nn.Conv2d(16, 1, 4)
    )


COMPANY = {
    "one dictionary, generator first": lambda g, d: (
        {f"netG.{n}": t for n, t in g.items()} | {f"netD.{n}": t for n, t in d.items()}
    ),
    "one dictionary, discriminator first": lambda g, d: (
        {f"discriminator.{n}": t for n, t in d.items()}
        | {f"generator.{n}": t for n, t in g.items()}
    ),
    "a sequence of both": lambda g, d: (
        {f"0.{n}": t for n, t in g.items()} | {f"1.{n}": t for n, t in d.items()}
    ),
    "training": lambda g, d: {
        "net": g, "opt": {"state": {0: {"exp_avg": torch.zeros(8, 16, 4, 4)}}}, "critic": d,
    },
}  # fmt: skip


@pytest.mark.parametrize("company", COMPANY)
def test_a_stack_is_taken_from_one_network_only(company, module, tmp_path):
    content = COMPANY[company](module.state_dict(), critic().state_dict())
    model = saved(tmp_path, content)
    assert model.info.image_shape == (3, 16, 16)
    assert same_pictures(model, module)


class Skip(nn.Module):
    """A residual block without a name that says so."""

    def __init__(self, width):
        super().__init__()
        self.a, self.b = (
            nn.Conv2d(width, width, 3, padding=1),
            nn.Conv2d(width, width, 3, padding=1),
        )
        self.n, self.m = nn.BatchNorm2d(width), nn.BatchNorm2d(width)

    def forward(self, x):
        return torch.relu(x + self.m(self.b(torch.relu(self.n(self.a(x))))))


def test_residual_branches_are_refused_or_doubted(tmp_path):
    torch.manual_seed(7)
    parts = list(stack(3))
    hidden = settled(nn.Sequential(*parts[:4], Skip(16), *parts[4:7], Skip(12), *parts[7:]), 8)
    order = ["a", "n", "b", "m"]
    kept = sorted(
        hidden.state_dict(),
        key=lambda n: (
            int(n.split(".")[0]), order.index(n.split(".")[1]) if n.split(".")[1] in order else 0
        ),
    )  # fmt: skip
    model = saved(tmp_path, {name: hidden.state_dict()[name] for name in kept})
    assert "look like residual blocks" in model.info.warnings[0]
    renamed = {n.replace("4.", "res_block.", 1) if n.startswith("4.") else n: t
               for n, t in hidden.state_dict().items()}  # fmt: skip
    with pytest.raises(CheckpointError, match="holds a model we don't know"):
        saved(tmp_path, renamed)


@pytest.mark.parametrize(("eps", "text"), [(0.8, "0.8"), (1e-5, "")])
def test_epsilons_are_guessed_with_the_activation(eps, text, tmp_path):
    torch.manual_seed(8)
    module = stack(3, lambda: nn.LeakyReLU(0.2), eps)
    for part in module:
        if isinstance(part, nn.ConvTranspose2d):  # small variances: there an epsilon matters
            part.weight.data *= 0.5
    module = settled(module, 8)
    model = saved(tmp_path, module.state_dict())
    assert (model.choices.activation, model.choices.eps) == ("leaky-relu", text)
    assert not model.info.warnings
    assert same_pictures(model, module)


def test_an_epsilon_can_be_set_for_all_norms_or_for_each(module, tmp_path):
    model = saved(tmp_path, module.state_dict())
    alike = with_choices(model, ["eps=0.8"])
    each = with_choices(model, ["eps=0.8,0.8"])
    assert torch.equal(picture(alike), picture(each))
    assert not torch.allclose(picture(alike), picture(model))
    with pytest.raises(OptionError, match="2, one for each"):
        with_choices(model, ["eps=0.8,0.8,0.8"])


def test_choices_that_the_norms_contradict_are_said_to_be_wrong(module, tmp_path):
    model = saved(tmp_path, module.state_dict())
    assert not model.info.warnings
    worse = with_choices(model, ["activation=tanh", "eps=5"])
    assert "probably wrong" in worse.info.warnings[0]


def whole(module):
    return module[1:]  # without the reshaping, whose class no other process has


HOWS = {
    "zip": {},
    "legacy": {"_use_new_zipfile_serialization": False},
}


@pytest.mark.parametrize("how", HOWS)
def test_whole_modules_say_their_functions_and_epsilons(how, tmp_path):
    torch.manual_seed(9)
    module = settled(stack(4, lambda: nn.LeakyReLU(0.1), 0.01), 8)
    model = saved(tmp_path, {"G": whole(module), "epoch": 2}, **HOWS[how])
    assert model.choices.activation == "file"
    assert model.choices.eps == "0.01"
    assert model.info.guesses["activation"] == "file (the file says so)"
    assert same_pictures(model, module)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_torchscript_s_tensors_are_read_and_its_program_is_not(module, tmp_path):
    torch.jit.trace(whole(module), torch.zeros(1, 8, 1, 1)).save(str(tmp_path / "t.pt"))
    model = run(open_model(str(tmp_path / "t.pt"), "cpu"))
    assert same_pictures(model, module)
    torch.jit.trace(critic().eval(), torch.zeros(1, 3, 16, 16)).save(str(tmp_path / "d.pt"))
    with pytest.raises(CheckpointError, match="TorchScript program of a network"):
        run(open_model(str(tmp_path / "d.pt"), "cpu"))


def test_functions_before_norms(tmp_path):
    torch.manual_seed(10)
    layers = [nn.Linear(8, 64), nn.LeakyReLU(0.2), nn.BatchNorm1d(64)]
    layers += [nn.Linear(64, 96), nn.LeakyReLU(0.2), nn.BatchNorm1d(96), nn.Linear(96, 64)]
    module = settled(nn.Sequential(*layers, nn.Tanh()), 8)
    model = saved(tmp_path, module.state_dict())
    assert model.choices.activation == "leaky-relu"
    assert same_pictures(model, module)


@pytest.mark.parametrize("norm", ["spectral_norm", "weight_norm"])
def test_weights_in_parts(norm, tmp_path):
    torch.manual_seed(11)
    module = stack(3)
    for part in module:
        if isinstance(part, nn.ConvTranspose2d):
            getattr(nn.utils.parametrizations, norm)(part)
    module = settled(module, 8)
    module.train()
    with torch.no_grad():
        for _ in range(20):  # the vectors settle
            module(torch.randn(64, 8))
    module.eval()
    assert same_pictures(saved(tmp_path, module.state_dict()), module)


@pytest.mark.parametrize("channels", [0, 2])
def test_layers_without_a_picture_get_a_sentence(channels, tmp_path):
    tensors = {
        "0.weight": torch.zeros(8, channels, 4, 4),
        "1.weight": torch.zeros(channels, 3, 4, 4),
    }
    if channels:
        tensors["1.weight"] = torch.zeros(channels, channels, 4, 4)
    with pytest.raises(CheckpointError, match="holds a model we don't know"):
        saved(tmp_path, tensors)


@pytest.mark.parametrize("kind", [Residual, Mimicry])
def test_residual_generators_of_other_projects(kind, tmp_path):
    torch.manual_seed(12)
    module = settled(kind(), 8)
    model = saved(tmp_path, {"model_state_dict": module.state_dict(), "global_step": 3})
    assert model.info.family == "sngan"
    assert same_pictures(model, module)


def test_fastgan(tmp_path):
    torch.manual_seed(13)
    module = settled(FastGAN(), 8)
    model = saved(tmp_path, {"g": {f"module.{n}": t for n, t in module.state_dict().items()}})
    assert (model.info.family, model.info.resolution) == ("fastgan", 64)
    assert same_pictures(model, module)


def shallow(slope):
    return lambda: nn.LeakyReLU(slope)


@pytest.mark.parametrize("slope", [0.0, 0.1, 0.2])
@pytest.mark.parametrize("seed", [0, 3])
def test_slopes_that_are_alike_are_told_apart(slope, seed, tmp_path):
    """By the means that the second of two norms remembers; a 0.1 was read as a ReLU before."""
    torch.manual_seed(seed)
    module = settled(stack(3, shallow(slope)), 8)
    model = saved(tmp_path, module.state_dict())
    assert same_pictures(model, module)
    assert not model.info.warnings


def test_a_file_without_tensors_is_no_stack(tmp_path):
    """It was named as a failure of this plugin, in the sentence for a file of Keras."""
    (tmp_path / "generator.h5").write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(2000))
    with pytest.raises(CheckpointError) as caught:
        run(open_model(str(tmp_path / "generator.h5"), "cpu"))
    assert "plugin" not in str(caught.value)


def test_what_a_script_keeps_beside_the_layers_is_no_layer(tmp_path):
    """``fixed_noise`` in the same dictionary looked like a layer, and nothing opened."""
    torch.manual_seed(3)
    module = settled(stack(3), 8)
    beside = {"fixed_noise": torch.randn(64, 8, 1, 1), "losses": torch.rand(9)}
    assert same_pictures(saved(tmp_path, module.state_dict() | beside), module)
    own = {"scale": torch.rand(3, 1, 1)}  # this may belong to the network: not left out
    with pytest.raises(CheckpointError):
        saved(tmp_path, module.state_dict() | own)
