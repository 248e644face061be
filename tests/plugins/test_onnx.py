"""ONNX files: the same pictures as the network they were exported from, and nothing trusted."""

import builtins
import os
import random
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from onnx import ModelProto, TensorProto
from onnx.helper import make_graph, make_node

from latentstudio.core.errors import AbilityError, CheckpointError, OptionError, PluginError
from latentstudio.core.progress import run
from latentstudio.core.spaces import Ability, Prior, Space
from latentstudio.discovery import start
from latentstudio.discovery.registry import METHODS, needs_met
from latentstudio.generators.save import save_generator
from latentstudio.session.models import PLUGINS, open_model
from tests.fuzz.mutations import mutate
from tests.plugins.onnx_models import INT64, elsewhere, linear, model, stored, value

CASES = int(os.environ.get("LATENTSTUDIO_FUZZ", "60"))
GOLDEN = Path(__file__).parents[1] / "golden" / "generators"
DCGAN, CONDITIONAL = GOLDEN / "onnx-dcgan-32.onnx", GOLDEN / "onnx-conditional-8.onnx"


@pytest.fixture(scope="module")
def dcgan():
    return run(open_model(str(DCGAN), "cpu"))


@pytest.fixture
def write(tmp_path):
    def written(data, name="model.onnx"):
        data = data if isinstance(data, bytes) else data.SerializeToString()
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
    found = run(start.discover(dcgan, "ganspace", ["count=3", "samples=2000"]))
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


def test_a_small_model_starts_with_as_many_directions_as_it_has(dcgan):
    options = start.options_for("ganspace", dcgan.info, ["samples=200"])
    assert options.count == dcgan.info.code_dim == 16


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


@pytest.mark.parametrize("missing", ["onnx", "onnxruntime"])
def test_without_the_packages_a_sentence_names_the_command(missing, monkeypatch):
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(PluginError) as caught:
        run(open_model(str(DCGAN), "cpu"))
    assert "packages onnx and onnxruntime, which are not all installed" in str(caught.value)
    assert str(caught.value).endswith(f'"{sys.executable}" -m pip install onnx onnxruntime')
    (onnx,) = [one for one in PLUGINS.statuses() if one.id == "onnx"]
    assert onnx.problem == caught.value.sentence()  # the Plugins window shows it


def changed(change, **more):
    """A good model after a change to it."""
    made = linear(**more)
    change(made)
    return made


def misnamed():
    """A model with an input whose name is no text."""
    return linear(inputs=[value("abcd", (1,))]).SerializeToString().replace(b"abcd", b"ab\xff\xfe")


def sparse(made):
    made.graph.sparse_initializer.add().values.name = "s"


def crowded():
    """A model with 260,000 empty nodes, each in a graph of its own, as protobuf allows."""
    more = ModelProto()
    more.graph.node.add()
    return linear().SerializeToString() + more.SerializeToString() * 260_000


SCAN = make_graph([make_node("Scan", ["m"], ["h2"])], "inner", [], [])
DENSE = TensorProto(name="big", dims=[10**6, 10**6], data_type=1, raw_data=bytes(16))
NEGATIVE = TensorProto(name="less", dims=[-1], data_type=1)
HUGE = linear(nodes=[make_node("ConstantOfShape", ["sizes"], ["huge"])],
              tensors=[stored("sizes", np.int64([10**11]))])  # fmt: skip
OUTSIDE = elsewhere("w2", (4,), location="../secret")
HIDING = make_graph([], "inner", [], [], [OUTSIDE])
PLAIN = model([make_node("MatMul", ["z", "w"], ["y"])], [value("z", ("n", 4))],
              [value("y", ("n", 5))], [stored("w", np.zeros((4, 5), "f4"))])  # fmt: skip
CUT = linear().SerializeToString()[:-30]
MORE = "declares more weights than it holds"
REFUSED = {
    "loops": (linear(nodes=[make_node("Loop", ["m"], ["h2"])]), "has loops"),
    "loops in a branch": (
        linear(nodes=[make_node("If", ["m"], ["h2"], then_branch=SCAN)]), "has loops"),
    "operations of others": (
        linear(nodes=[make_node("Evil", ["z"], ["q"], domain="evil.example")]),
        "operations that only its makers have"),
    "weights elsewhere": (linear(tensors=[OUTSIDE]), "weights outside its own folder"),
    "weights elsewhere in a node": (
        linear(nodes=[make_node("Constant", [], ["q"], value=OUTSIDE)]),
        "where they can't be read from"),
    "weights elsewhere in a branch": (
        linear(nodes=[make_node("If", ["m"], ["h2"], then_branch=HIDING)]),
        "where they can't be read from"),
    "more weights than bytes": (linear(tensors=[DENSE]), MORE),
    "more weights than bytes in a node": (
        linear(nodes=[make_node("Constant", [], ["q"], value=DENSE)]), MORE),
    "fewer weights than none": (linear(tensors=[NEGATIVE]), MORE),
    "sparse weights": (changed(sparse), "sparse weights"),
    "huge inner values": (HUGE, "inner values larger than any memory"),
    "functions": (changed(lambda made: made.functions.add(name="f")), "functions of its own"),
    "more parts than anybody needs": (crowded(), "is broken"),
    "a name that isn't a text": (misnamed(), "is broken"),
    "cut off": (CUT, "is broken"),
    "nothing but a name": (ModelProto(ir_version=8, producer_name="a:b"), "is broken"),
    "other inputs": (
        linear(inputs=[value("mystery", ("n", 7)), value("riddle", ("n", 9))]),
        "asks for z ?×4, mystery ?×7, riddle ?×9"),
    "no pictures": (PLAIN, "makes no square pictures"),
    "an unknown operation": (linear(output="NoSuchThing"), "can't be run"),
    "a class without a number": (
        linear(inputs=[value("label", ("n",), INT64)]), "doesn't say how many there are"),
    "no graph": (ModelProto(ir_version=8, producer_name="x"), "is not a model file"),
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
    made = linear(tensors=[elsewhere("x", (4,), location=name)])
    opened = []
    real = builtins.open
    monkeypatch.setattr(builtins, "open", lambda f, *a, **k: opened.append(f) or real(f, *a, **k))
    with pytest.raises(CheckpointError, match=r"outside its own folder|needs none beside it"):
        run(open_model(write(made), "cpu"))


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


@pytest.mark.parametrize(("shape", "size"), [((4,), {"length": 2**40}), ((2**20, 2**18), {})])
def test_weights_beside_stay_within_what_a_model_may_hold(shape, size, write, tmp_path):
    with (tmp_path / "weights").open("wb") as file:
        file.truncate(2**40)  # takes no room on the disk
    made = linear(tensors=[elsewhere("x", shape, location="weights", **size)])
    with pytest.raises(CheckpointError, match="larger than 2 GB"):
        run(open_model(write(made), "cpu"))


def test_weights_beside_of_no_said_length_are_as_many_as_declared(write, tmp_path):
    table = np.float32([[1], [2], [3], [4]]) * np.linspace(-0.1, 0.1, 64, dtype="f4")
    (tmp_path / "weights").write_bytes(b"\0" * 8 + table.tobytes() + b"and more")
    made = linear()
    made.graph.initializer[0].CopyFrom(elsewhere("w", table.shape, location="weights", offset=8))
    generator = run(open_model(write(made), "cpu"))
    z = generator.sample_z([0, 1])
    expected = torch.tanh(z @ torch.from_numpy(table)).reshape(2, 1, 8, 8)
    assert torch.allclose(generator.synthesize(generator.broadcast(z)), expected, atol=1e-5)


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
