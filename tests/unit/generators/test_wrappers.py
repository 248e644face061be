"""One network in any wrapper, container and company, and another one of the same file."""

import argparse
import functools
import pickle
from pathlib import Path

import pytest
import torch

from latentstudio.core.errors import CheckpointError, UnknownModelError
from latentstudio.core.progress import run
from latentstudio.engine.checkpoint import read_checkpoint
from latentstudio.generators.registry import open_generator
from latentstudio.session.models import open_model, with_choices

GOLDEN = Path(__file__).parents[2] / "golden" / "generators"
ROSINALITY = GOLDEN / "rosinality-stylegan2-64.pt"


def opened(path):
    seen = []
    return run(open_generator(path, tell=lambda label, _: seen.append(label))), seen[0]


@pytest.fixture(scope="module")
def original():
    return opened(ROSINALITY)[0]


@pytest.fixture(scope="module")
def state():
    return torch.load(ROSINALITY, weights_only=True)["g_ema"]


def prefixed(prefix, state):
    return {prefix + name: tensor for name, tensor in state.items()}


def scaled(state):
    return {n: t * 1.1 if "kernel" not in n else t for n, t in state.items()}


WRAPPERS = {
    "bare": lambda s: s,
    "data parallel, compiled": lambda s: {"g": prefixed("module._orig_mod.", s)},
    "compiled, data parallel": lambda s: prefixed("_orig_mod.module.", s),
    "layers compiled": lambda s: {
        n.replace("convs.", "convs._orig_mod.").replace("style.", "style.module."): t
        for n, t in s.items()
    },
    "decoder beside an encoder": lambda s: {
        "state_dict": prefixed("decoder.", s) | {"encoder.input.weight": torch.zeros(3, 3)},
        "opts": {"size": 64},
    },
    "lightning": lambda s: {
        "state_dict": prefixed("generator.", s) | {"discriminator.0.weight": torch.zeros(2, 2)},
        "optimizer_states": [{"state": {0: {"exp_avg": torch.zeros(4)}}}],
        "epoch": 3,
    },
    "averaged model": lambda s: {"n_averaged": torch.tensor(3), **prefixed("module.", s)},
    "deep": lambda s: {"a": {"b": [{"netG": prefixed("g_ema.module.", s)}]}},
    "number and state": lambda s: (1000, s),
    "trained and averaged side by side": lambda s: (
        prefixed("g.", scaled(s)) | prefixed("g_ema.", s)
    ),
    "averaged beside, by another name": lambda s: {"generator": scaled(s), "generator_ema": s},
    "a list of states": lambda s: [scaled(s), {"ema": s}],
    "options of a script": lambda s: {"args": argparse.Namespace(size=64), "g_ema": s},
    "names with their tensors": lambda s: list(s.items()),
    "in parts": lambda s: {
        part: {n.removeprefix(f"{part}."): t for n, t in s.items() if n.startswith(f"{part}.")}
        for part in dict.fromkeys(n.partition(".")[0] for n in s)
    },
}


@pytest.mark.parametrize("wrapper", WRAPPERS)
def test_wrappers_in_any_order_and_depth(wrapper, state, original, tmp_path):
    torch.save(WRAPPERS[wrapper](state), tmp_path / "wrapped.pt")
    found, _ = opened(tmp_path / "wrapped.pt")
    same = {n: t for n, t in original.weights.tensors.items() if n != "mapping.w_avg"}
    assert found.weights.tensors.keys() >= same.keys()
    assert all(torch.equal(found.weights.tensors[n], t) for n, t in same.items())


def test_a_mean_is_found_beside_what_wraps_the_network(state, original, tmp_path):
    mean = original.mean_code()[0]
    wrapped = {"state_dict": prefixed("decoder.", state), "latent_avg": mean.repeat(10, 1)}
    torch.save(wrapped, tmp_path / "e4e.pt")
    assert torch.equal(opened(tmp_path / "e4e.pt")[0].mean_code()[0], mean)


def test_the_averaged_network_is_preferred_and_said_and_another_can_be_chosen(state, tmp_path):
    torch.save({"g": scaled(state), "g_ema": state, "d": {}}, tmp_path / "both.pt")
    found, label = opened(tmp_path / "both.pt")
    assert label == "StyleGAN2, checkpoint by rosinality: g_ema, averaged"
    assert found.info.guesses["network"] == "g_ema (averaged; others: g)"
    other = with_choices(found, ["network=g"])
    assert other.info.fingerprint != found.info.fingerprint
    assert torch.equal(
        other.weights.tensors["mapping.fc0.weight"],
        1.1 * found.weights.tensors["mapping.fc0.weight"],
    )
    assert with_choices(other, ["network=g_ema"]).info.fingerprint == found.info.fingerprint


def test_an_average_that_is_a_bare_list_gets_the_names_of_its_network(state, tmp_path):
    buffers = ("kernel", "noise_")
    parameters = [1.5 * t for n, t in state.items() if not any(b in n for b in buffers)]
    torch.save({"g": state, "g_ema": parameters}, tmp_path / "all.pth")
    found, label = opened(tmp_path / "all.pth")
    assert label.endswith("g_ema, averaged")
    weight = found.weights.tensors["mapping.fc0.weight"]
    assert torch.equal(weight, 1.5 * state["style.1.weight"])


@pytest.mark.parametrize("name", ["stylegan2-ada-64.pkl", "stylegan3-t-64.pkl"])
def test_state_dictionaries_of_nvidia_s_networks(name, tmp_path):
    """What a file of tensors leaves out is derived from names and shapes."""
    original, _ = opened(GOLDEN / name)
    content = run(read_checkpoint(GOLDEN / name)).contents.network("G_ema")
    torch.save({"G_ema": prefixed("module.", content.tensors)}, tmp_path / "state.pt")
    found, _ = opened(tmp_path / "state.pt")
    codes = original.broadcast(original.map(original.sample_z([1])))
    assert torch.allclose(found.synthesize(codes), original.synthesize(codes), atol=1e-6)
    assumed = {"size"} if found.info.family == "stylegan3" else set()  # only widths are named
    assert set(found.info.guesses) == assumed


def test_other_names_are_the_same_network(state, original, tmp_path):
    """BasicSR's names; its noise images are counted without an underscore."""
    names = (
        ("style.", "style_mlp."), ("input.input", "constant_input.weight"),
        ("convs.", "style_convs."), (".conv.weight", ".modulated_conv.weight"),
        (".conv.modulation", ".modulated_conv.modulation"), (".noise.weight", ".weight"),
        ("noises.noise_", "noises.noise"),
    )  # fmt: skip
    renamed = {}
    for name, tensor in state.items():
        if "kernel" in name:
            continue
        name = "style_" + name if name.startswith("conv1.") else name
        for theirs, ours in names:
            name = name.replace(theirs, ours)
        renamed[name] = tensor
    torch.save({"params": scaled(renamed), "params_ema": renamed}, tmp_path / "basicsr.pth")
    found, label = opened(tmp_path / "basicsr.pth")
    assert label == "StyleGAN2, checkpoint by BasicSR: params_ema, averaged"
    tensors = original.weights.tensors
    same = {n: t for n, t in found.weights.tensors.items() if n != "mapping.w_avg"}
    assert all(torch.equal(t, tensors[n]) for n, t in same.items())
    assert len(same) == len(tensors) - 1


def test_a_pickle_that_names_unknown_classes_is_only_read(tmp_path):
    class Wrapper:
        def __reduce__(self):
            return (Path.touch, (tmp_path / "ran",))

    with (tmp_path / "x.pkl").open("wb") as file:
        pickle.dump({"model": Wrapper()}, file)
    with pytest.raises(UnknownModelError):
        opened(tmp_path / "x.pkl")
    assert not (tmp_path / "ran").exists()


def test_a_wrapped_network_s_own_tensors_lose_the_wrapper_too(tmp_path):
    """Data parallel: ``GE.module.initial_block`` has no more than its name behind the wrapper."""
    path = GOLDEN.parent / "field" / "lucidrains-rgba-16.pt"
    own = torch.load(path, weights_only=True)["GAN"]
    wrapped = {name.replace(".", ".module.", 1): tensor for name, tensor in own.items()}
    torch.save({"GAN": wrapped}, tmp_path / "parallel.pt")
    pair = [run(open_model(str(one), "cpu")) for one in (path, tmp_path / "parallel.pt")]
    assert pair[0].info.fingerprint == pair[1].info.fingerprint


class Whole(torch.nn.Module):
    """A network whose class lies in a class, and that keeps a partial function."""

    class Part(torch.nn.Module):
        """Has one tensor."""

        def __init__(self):
            super().__init__()
            self.weight = torch.nn.Parameter(torch.ones(2, 3))

    def __init__(self):
        super().__init__()
        self.make, self.part = functools.partial(torch.nn.Conv2d, kernel_size=3), self.Part()


def test_whole_modules_may_have_inner_classes_and_partial_functions(tmp_path):
    torch.save(Whole(), tmp_path / "whole.pt")
    contents = run(read_checkpoint(tmp_path / "whole.pt")).contents
    assert torch.equal(contents.tensors["part.weight"], torch.ones(2, 3))
    assert contents.classes["part"] == "Whole.Part"


def test_a_name_that_leads_into_a_program_is_still_refused(tmp_path):
    """What an inner class is written with must not open another door."""
    code = b"c__builtin__\ngetattr\n(cos\npath\nVjoin\ntR."
    (tmp_path / "x.pkl").write_bytes(code)
    with pytest.raises(CheckpointError, match="holds a program"):
        run(read_checkpoint(tmp_path / "x.pkl"))
