"""ONNX files: the same pictures as the network they were exported from, and nothing trusted."""

import builtins
import os
import random
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from latentstudio.core.errors import AbilityError, CheckpointError, OptionError, PluginError
from latentstudio.core.progress import run
from latentstudio.core.spaces import Ability, Prior, Space
from latentstudio.discovery.registry import METHODS, needs_met
from latentstudio.generators.save import save_generator
from latentstudio.session import library
from latentstudio.session.models import PLUGINS, open_model
from tests.fuzz.mutations import mutate
from tests.plugins.protobuf_writer import block, linear, model, node, value, weights, whole

CASES = int(os.environ.get("LATENTSTUDIO_FUZZ", "60"))
GOLDEN = Path(__file__).parents[1] / "golden" / "generators"
DCGAN, CONDITIONAL = GOLDEN / "onnx-dcgan-32.onnx", GOLDEN / "onnx-conditional-8.onnx"


@pytest.fixture(scope="module")
def dcgan():
    return run(open_model(str(DCGAN), "cpu"))


@pytest.fixture
def write(tmp_path):
    def written(data, name="model.onnx"):
        (tmp_path / name).write_bytes(data)
        return str(tmp_path / name)

    return written


def pictures(generator, seeds=(0, 1, 2)):
    return generator.synthesize(generator.broadcast(generator.sample_z(seeds)))


def test_what_needs_gradients_is_refused_with_the_reason(dcgan):
    assert Ability.GRADIENT not in dcgan.info.abilities
    said = {id: needs_met(method, dcgan.info) for id, method in METHODS.items()}
    assert said["ganspace"] is None
    assert "a first layer that is a plain matrix" in said["sefa"]
    for method in ("dp-lase", "warpedganspace", "voynov-babenko"):
        assert "needs a model with gradients" in said[method]


def test_ganspace_finds_directions_in_z(dcgan):
    found = run(library.discover(dcgan, "ganspace", ["count=3", "samples=2000"]))
    assert len(found) == 3
    assert {direction.space for direction in found.directions} == {Space.Z}
    moved = []
    for direction in found.directions:
        step = torch.from_numpy(direction.vector) * 2
        z = dcgan.sample_z(range(8))
        before, after = (dcgan.synthesize(dcgan.broadcast(c)) for c in (z, z + step))
        moved.append(float((after - before).square().mean()))
    random_step = torch.from_numpy(np.random.RandomState(3).randn(16).astype("f4"))
    z = dcgan.sample_z(range(8))
    random_step *= 2 / random_step.norm()
    apart = dcgan.synthesize(dcgan.broadcast(z + random_step)) - dcgan.synthesize(
        dcgan.broadcast(z)
    )
    assert moved[0] > 1.2 * float(apart.square().mean())


def test_a_small_model_starts_with_as_many_directions_as_it_has(dcgan, monkeypatch):
    asked = []

    def discover(generator, method, pairs=(), seed=0):
        asked.append((method, list(pairs)))
        return found
        yield

    found = run(library.discover(dcgan, "ganspace", ["count=2", "samples=200"]))
    monkeypatch.setattr(library, "discover", discover)
    assert len(run(library.default_directions(dcgan))) == 2
    assert asked == [("ganspace", ["count=16"])]


def test_layers_can_be_replaced_together(dcgan):
    first, last = dcgan.info.taps[0], dcgan.info.taps[-1]
    codes = dcgan.broadcast(dcgan.sample_z([1]))
    other = dcgan.features(dcgan.broadcast(dcgan.sample_z([2])), first)
    seen = []

    def look(x):
        seen.append(x)
        return x / 2

    made = dcgan.synthesize_with(codes, {last: look, first: lambda _: other})
    expected = dcgan.features(dcgan.broadcast(dcgan.sample_z([2])), last)
    assert torch.allclose(seen[0], expected, atol=1e-5)
    assert torch.allclose(made, torch.tanh(expected / 2), atol=1e-5)


def test_a_graph_for_one_picture_makes_any_number():
    generator = run(open_model(str(CONDITIONAL), "cpu"))
    codes = generator.broadcast(generator.sample_z(range(3)))
    classes = torch.tensor([0, 3, 4])
    together = generator.synthesize(codes, classes)
    assert together.shape == (3, 1, 8, 8)
    for row in range(3):
        alone = generator.synthesize(codes[row : row + 1], classes[row : row + 1])
        assert torch.equal(alone, together[row : row + 1])
    assert generator.synthesize(codes[:0], classes[:0]).shape == (0, 1, 8, 8)


@pytest.mark.parametrize(
    ("output", "kind", "low", "high"),
    [("Tanh", "−1 to 1", -1, 1), ("Sigmoid", "0 to 1", -1, 1), ("Exp", "0 to 255", -1, 3)],
)
def test_the_range_is_told_by_the_pictures(output, kind, low, high, write):
    generator = run(open_model(write(linear(output=output)), "cpu"))
    assert generator.choices.output == kind
    assert generator.info.guesses["output"] == f"{kind} (by its pictures)"
    images = pictures(generator, range(8))
    assert low - 0.01 <= float(images.min()) < low + 0.4
    assert float(images.max()) <= high


def test_what_was_guessed_can_be_changed_and_is_kept_in_a_file(write, tmp_path):
    guessed = run(open_model(write(linear()), "cpu"))
    choices = type(guessed.choices)(output="0 to 1", prior="uniform")
    changed = guessed.with_choices(choices)
    assert changed.info.spaces[Space.Z].prior is Prior.UNIFORM
    codes = guessed.broadcast(guessed.sample_z([4]))
    assert torch.allclose(changed.synthesize(codes), 2 * guessed.synthesize(codes) - 1)
    assert changed.info.fingerprint != guessed.info.fingerprint
    assert changed.with_choices(guessed.choices).info.fingerprint == guessed.info.fingerprint
    with pytest.raises(OptionError):
        guessed.with_choices(type(choices)(output="loud"))
    save_generator(changed, tmp_path / "saved.safetensors")
    again = run(open_model(str(tmp_path / "saved.safetensors"), "cpu"))
    assert again.choices == choices
    assert torch.equal(pictures(again), pictures(changed))


def test_flat_and_channels_last_outputs(write):
    square = run(open_model(write(linear()), "cpu"))
    flat = run(open_model(write(linear(flat=True), "flat.onnx"), "cpu"))
    assert flat.info.resolution == 8
    assert torch.equal(pictures(flat), pictures(square))


def test_without_the_package_a_sentence_names_the_command(monkeypatch):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(PluginError) as caught:
        run(open_model(str(DCGAN), "cpu"))
    assert "need the package onnxruntime, which is not installed" in str(caught.value)
    assert str(caught.value).endswith(f'"{sys.executable}" -m pip install onnxruntime')
    (onnx,) = [one for one in PLUGINS.statuses() if one.id == "onnx"]
    assert onnx.problem == caught.value.sentence()  # the Plugins window shows it


FLOATS = [0.0] * 4
LOOP = node("Loop", ("m",), ("h2",))
HIDDEN = block(1, block(4, "If"), block(5, block(6, node("Scan", ("m",), ("h2",)))))
FOREIGN = node("Evil", ("z",), ("q",), block(7, "evil.example"))
OUTSIDE = block(13, block(1, "location"), block(2, "../secret"))
LARGE = weights("big", (10**6, 10**6), FLOATS)
HUGE = node("ConstantOfShape", ("sizes",), ("huge",)) + weights(
    "sizes", (1,), (10**11).to_bytes(8, "little"), 7
)
UNKNOWN = value(11, "mystery", ("n", 7)) + value(11, "riddle", ("n", 9))
REFUSED = {
    "loops": (linear(extra=LOOP), "has loops"),
    "loops in a branch": (linear(extra=HIDDEN), "has loops"),
    "operations of others": (linear(extra=FOREIGN), "operations that only its makers have"),
    "weights elsewhere": (
        linear(extra=weights("w2", (4,), b"", 1, OUTSIDE)), "weights outside its own folder"),
    "more weights than bytes": (linear(extra=LARGE), "declares more weights than it holds"),
    "huge inner values": (linear(extra=HUGE), "inner values larger than any memory"),
    "functions": (linear() + block(25, block(1, "f")), "functions of its own"),
    "two graphs": (linear() + block(7, block(2, "g")), "is broken"),
    "cut off": (linear()[:-30], "is broken"),
    "other inputs": (linear(extra=UNKNOWN), "asks for z ?×4, mystery ?×7, riddle ?×9"),
    "no pictures": (
        model(value(11, "z", ("n", 4)), weights("w", (4, 5), [0.0] * 20),
              node("MatMul", ("z", "w"), ("y",)), value(12, "y", ("n", 5))),
        "makes no square pictures"),
    "an unknown operation": (linear(output="NoSuchThing"), "can't be run"),
    "a class without a number": (
        linear(extra=value(11, "label", ("n",), 7)), "doesn't say how many there are"),
    "no graph": (whole(1, 8) + block(2, "x"), "is not a model file"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_trusted_or_known_gets_a_sentence(case, write):
    data, words = REFUSED[case]
    with pytest.raises(CheckpointError) as caught:
        run(open_model(write(data), "cpu"))
    assert words in caught.value.sentence()
    assert "\n" not in caught.value.sentence()


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "a\\b", "/etc/passwd", "link", "none"])
def test_weights_in_other_files_stay_in_the_folder(name, write, tmp_path, monkeypatch):
    (tmp_path / "secret").write_bytes(b"\0" * 16)
    (tmp_path / "link").symlink_to(tmp_path / "secret")
    where = block(13, block(1, "location"), block(2, name))
    opened = []
    real = builtins.open
    monkeypatch.setattr(builtins, "open", lambda f, *a, **k: opened.append(f) or real(f, *a, **k))
    with pytest.raises(CheckpointError, match=r"outside its own folder|needs none beside it"):
        run(open_model(write(linear(extra=weights("x", (4,), b"", 1, where))), "cpu"))


def test_weights_beside_that_are_cut_off(tmp_path):
    for path in (CONDITIONAL, CONDITIONAL.with_name(f"{CONDITIONAL.name}.data")):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    data = tmp_path / f"{CONDITIONAL.name}.data"
    data.write_bytes(data.read_bytes()[:-5000])
    with pytest.raises(CheckpointError, match="ends in the middle"):
        run(open_model(str(tmp_path / CONDITIONAL.name), "cpu"))
    data.unlink()
    with pytest.raises(CheckpointError, match="Copy that file, too"):
        run(open_model(str(tmp_path / CONDITIONAL.name), "cpu"))


def test_unknown_layers(dcgan):
    codes = dcgan.broadcast(dcgan.sample_z([0]))
    with pytest.raises(AbilityError, match="has no layer 'nothing'"):
        dcgan.features(codes, "nothing")


def test_damaged_files(write):
    good, found = DCGAN.read_bytes(), set()
    for case in range(CASES):
        path = write(mutate(good, random.Random(case)))
        try:
            found.add(tuple(pictures(run(open_model(path, "cpu"))).shape))
        except (CheckpointError, PluginError) as error:
            found.add(error.sentence())
    assert not any("\n" in str(one) for one in found)
    assert (3, 3, 32, 32) in found
    assert len(found) > 3
