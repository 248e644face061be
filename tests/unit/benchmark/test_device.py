"""The program of measurements: complete, bounded in time, honest about what it left out."""

import json
import re

import pytest
import torch

from latentstudio.benchmark import device, goldens, learning, measuring
from latentstudio.benchmark.device import measure_device
from latentstudio.benchmark.measuring import GPU, TINY, Clock
from latentstudio.benchmark.plain_stylegan2 import Plain
from latentstudio.benchmark.random_model import random_generator
from latentstudio.cli import benchmark
from latentstudio.cli.main import main
from latentstudio.core.errors import AbilityError
from latentstudio.core.progress import Step, run
from latentstudio.density import reference
from latentstudio.discovery import latents
from tests.golden.test_golden_generators import TABLE

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def report():
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(learning, "_sides", one_method(learning._sides))
        patched.setattr(latents, "SAMPLES", 512)
        patched.setattr(reference, "SAMPLES", 512)
        parts = "pictures", "first-stroke", "learning", "inversion"
        return run(measure_device(CPU, parts, TINY))


def one_method(sides):
    return lambda latents: {"dp-lase": sides(latents)["dp-lase"]}


def rows(report, part, **wanted):
    return [row for row in report[part] if row.items() >= wanted.items()]


def test_every_size_is_measured_in_every_way(report):
    ways = {row["way"] for row in report["pictures"]}
    assert len(report["pictures"]) == len(ways) * len(TINY.sizes)
    assert {row["size"] for row in report["pictures"]} == set(TINY.sizes)
    (plain,) = rows(report, "pictures", size=32, way="plain operations")
    (ours,) = rows(report, "pictures", size=32, way="window, float32")
    assert ours["per_second"] == pytest.approx(1 / ours["seconds"])
    assert ours["over_plain"] == pytest.approx(plain["seconds"] / ours["seconds"])


def test_what_this_device_cannot_do_is_said(report):
    (graph,) = rows(report, "pictures", size=16, way="CUDA graph, float32")
    assert graph["left_out"] == "Only CUDA devices record graphs."


def test_the_first_stroke_pushes_all_tangents(report):
    parts = [row["part"] for row in report["first-stroke"]]
    assert parts == ["jacobian", "products and directions"]
    assert all(row["tangents"] == 512 and row["seconds"] > 0 for row in report["first-stroke"])


def test_learning_is_measured_beside_the_published_loop(report):
    sides = [row["side"] for row in report["learning"]]
    early = "ours, small pictures read early"
    assert sides == ["published", "ours, inner layer", "ours, styles", early]
    assert all("seconds" in row for row in report["learning"])
    assert report["learning"][2]["over_plain"] > report["learning"][1]["over_plain"]


def test_steps_of_own_pictures_are_measured(report):
    gradients = ["gradient, one code", "gradient, a code for each layer", "all weights"]
    found = [(row["size"], row["way"]) for row in report["inversion"]]
    assert found == [(size, way) for size in (64, 32) for way in gradients]
    assert all(row["steps_per_second"] > 0 for row in report["inversion"])


def test_a_part_that_breaks_off_leaves_what_it_had_and_the_others(monkeypatch):
    def broken(clock):
        clock.row(lambda: {"seconds": 1.0}, way="first")
        yield Step(0.5)
        raise RuntimeError("CUDA error:\nno kernel")

    monkeypatch.setitem(device.PARTS, "pictures", broken)
    monkeypatch.setitem(device.PARTS, "goldens", lambda clock: done())
    made = run(measure_device(CPU, ("pictures", "goldens"), TINY))
    first, last = made["pictures"]
    assert (first["way"], first["seconds"]) == ("first", 1.0)
    assert last == {"left_out": "RuntimeError: CUDA error: no kernel"}
    assert made["goldens"] == []


def done():
    return []
    yield


def test_a_device_whose_memory_cannot_be_asked_loses_a_line_only(monkeypatch):
    def fail(_):
        raise RuntimeError("CUDA error")

    monkeypatch.setattr(measuring, "forget_peak", fail)
    row = Clock(CPU, TINY).row(lambda: {"seconds": 1.0}, way="one")
    assert row == {"way": "one", "left_out": "RuntimeError: CUDA error"}


def test_it_can_be_kept_as_json(report):
    assert json.loads(json.dumps(report))["machine"]["torch"] == torch.__version__
    text = benchmark.words(report, ("pictures", "first-stroke", "learning"))
    assert re.search(r"32, window, float32: [\d.]+ s, [\d.]+ times as fast as plain", text)
    assert "left out: Only CUDA devices record graphs." in text


def test_every_golden_file_has_its_model():
    found = {file.stem: goldens._model_of(file) for file in goldens.FOLDER.glob("*.npz")}
    assert {name: found[name].resolve() for name in TABLE} == {
        name: path.resolve() for name, path in TABLE.items()
    }


def test_golden_pictures_are_compared(tmp_path):
    for name in ("hammer-stylegan2-64.npz", "hammer-stylegan2-64.pth"):
        (tmp_path / name).write_bytes((goldens.FOLDER / name).read_bytes())
    made = run(goldens.measure_goldens(Clock(CPU, TINY), tmp_path))
    exact = next(row for row in made if row["precision"] == "float32")
    assert exact["right"]
    assert exact["worst"] < goldens.EXACT


def test_a_wrong_picture_is_called_wrong(portraits):
    golden = {"z": torch.zeros(1, 128), "img": torch.zeros(1, 3, 64, 64)}
    assert not goldens._compared(portraits, golden, "float32")["right"]


def test_no_part_begins_when_the_time_is_over():
    clock = Clock(CPU, GPU)
    clock._end = 0.0
    assert clock.row(lambda: pytest.fail("measured"), part="one") == {
        "part": "one",
        "left_out": "no time was left",
    }


def test_a_long_measurement_ends_with_the_time():
    clock, done = Clock(CPU, TINY), []

    def long():
        for step in range(100):
            done.append(step)
            clock._end = 0.0 if step == 2 else clock._end
            yield Step(0.5)

    row = clock.row(lambda: run(clock.in_time(long())), part="jacobian")
    assert row == {"part": "jacobian", "left_out": "no time was left"}
    assert done == [0, 1, 2]
    assert run(clock.whole(long())) == [{"left_out": "no time was left"}]


@pytest.mark.parametrize("error", [AbilityError("Not here."), RuntimeError("no\nkernel")])
def test_what_fails_leaves_its_place_to_a_sentence(error):
    def fail():
        raise error

    said = Clock(CPU, TINY).row(fail, part="one")["left_out"]
    assert said == ("Not here." if isinstance(error, AbilityError) else "RuntimeError: no kernel")


def test_the_plain_operations_are_those_of_the_model():
    generator = random_generator(16, 256, 16)
    ws = generator.broadcast(generator.map(generator.sample_z([0, 1])))
    apart = Plain(generator.weights.tensors, 16)(ws) - generator.synthesize(ws)
    assert apart.abs().max() < 1e-4


def test_the_command_keeps_its_figures(tmp_path, monkeypatch, capsys):
    def quick(device, parts):
        return {
            "machine": {"device": str(device), "processor": "x", "torch": "y"},
            "seconds": 1.0,
            **{part: [] for part in parts},
        }
        yield

    monkeypatch.setattr(device, "measure_device", quick)
    target = tmp_path / "figures.json"
    assert main(["benchmark", "device", "--device", "cpu", "--output", str(target)]) == 0
    kept = json.loads(target.read_text())
    assert set(device.PARTS) < set(kept)
    assert "cpu, x, torch y" in capsys.readouterr().out
    assert main(["benchmark", "pictures", "--json", "--device", "cpu"]) == 0
    assert json.loads(capsys.readouterr().out)["pictures"] == []
    assert main(["benchmark", "elsewhere"]) == 2
    assert main(["benchmark", "--output", str(tmp_path)]) == 2


def test_the_command_knows_every_part():
    assert tuple(device.PARTS) == benchmark.NAMES[1:]
