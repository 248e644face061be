"""Opening models, by family and by container, and synthesis against the reference's operations."""

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from latentstudio.benchmark.plain_stylegan2 import Plain
from latentstudio.core.progress import run
from latentstudio.session.models import open_model
from tests.benchmarks import enlarged
from tests.benchmarks.random_model import as_rosinality, random_stylegan2
from tests.contract.generators import MODELS

PUBLISHED_BASE = 32768  # channels at 256 px: 128, as in StyleGAN2's config F
MOST_TIME = 1 / 1.3  # of the reference operations' time
MOST_FILE = 1.2  # of the file's size, beside the model itself
ROUNDS = 9


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """A StyleGAN2 of 256 px, 30 million weights, in three containers; and two other files."""
    folder = tmp_path_factory.mktemp("large")
    own = folder / "own.safetensors"
    random_stylegan2(own, 256, PUBLISHED_BASE)
    state = as_rosinality(run(open_model(str(own), "cpu")).weights.tensors)
    torch.save(state, folder / "zip.pt")
    torch.save(state, folder / "stream.pt", _use_new_zipfile_serialization=False)
    enlarged.network_pickle(folder / "network.pkl")
    enlarged.biggan(folder / "biggan.pth")
    return folder


def test_synthesis_against_the_reference_operations(figure, large):
    generator = run(open_model(str(large / "own.safetensors"), "cpu"))
    plain = Plain(generator.weights.tensors, 256)
    times = {"ours": [], "reference": []}
    with torch.inference_mode():  # as pictures for the screen are made
        ws = generator.broadcast(generator.map(generator.sample_z([0])))
        ours, reference = generator.synthesize(ws), plain(ws)
        assert float((ours - reference).abs().max()) < 1e-3 * float(reference.std())
        sides = {"ours": lambda: generator.synthesize(ws), "reference": lambda: plain(ws)}
        for _ in range(ROUNDS):
            for name, once in sides.items():
                wall, cpu = time.perf_counter(), time.process_time()
                once()
                times[name].append((time.perf_counter() - wall, time.process_time() - cpu))
    wall, cpu = ({k: statistics.median(t[i] for t in v) for k, v in times.items()} for i in (0, 1))
    figure("synthesis, StyleGAN2 256 px: ours", wall["ours"], "s")
    figure("synthesis, StyleGAN2 256 px: reference operations", wall["reference"], "s")
    ratio = wall["ours"] / wall["reference"]
    figure("synthesis: ours over reference, time on the clock", ratio, "×")
    share = cpu["ours"] / cpu["reference"]
    assert figure("synthesis: ours over reference, processor time", share, "×", MOST_TIME)


CHILD = """
import json, sys, time
from pathlib import Path
from latentstudio.core.progress import run
from latentstudio.session.models import open_model
warm, path = sys.argv[1:]
run(open_model(warm, "cpu"))  # imports, and the C library's first arenas
status = lambda key: next(
    int(line.split()[1]) for line in Path("/proc/self/status").read_text().splitlines()
    if line.startswith(key)
)
Path("/proc/self/clear_refs").write_text("5")  # forget the peak so far
before, began = status("VmRSS:"), time.perf_counter()
model = run(open_model(path, "cpu"))
spent = time.perf_counter() - began
weights = sum(p.numel() * p.element_size() for p in model.network.parameters())
print(json.dumps([spent, (status("VmHWM:") - before) * 1024, weights]))
"""


def opened(warm, path):
    """Seconds, peak bytes above those before, and bytes of the model."""
    argv = [sys.executable, "-c", CHILD, str(warm), str(path)]
    made = subprocess.run(argv, check=True, capture_output=True, text=True)
    return json.loads(made.stdout)


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="only Linux tells the peak")
@pytest.mark.parametrize(
    "name", ["own.safetensors", "zip.pt", "stream.pt", "network.pkl", "biggan.pth"]
)
def test_peak_memory_of_loading(figure, large, name):
    path = large / name
    warm = MODELS["biggan" if name.startswith("biggan") else "stylegan2"]
    spent, peak, weights = opened(warm, path)
    size = path.stat().st_size
    figure(f"open {name}, {size / 1e6:.0f} MB", spent, "s")
    share = (peak - weights) / size
    assert figure(f"open {name}: peak beside the model, of the file's size", share, "×", MOST_FILE)


@pytest.mark.parametrize("name", sorted(set(MODELS) - {"portraits"}))
def test_load_time_by_family(figure, name):
    run(open_model(str(MODELS[name]), "cpu"))  # its modules, its plugin
    times = []
    for _ in range(5):
        began = time.perf_counter()
        run(open_model(str(MODELS[name]), "cpu"))
        times.append(time.perf_counter() - began)
    size = sum(p.stat().st_size for p in files(MODELS[name])) / 1e6
    figure(f"open the small {name}, {size:.1f} MB", statistics.median(times), "s")


def files(path):
    return [p for p in path.iterdir() if p.is_file()] if path.is_dir() else [path]
