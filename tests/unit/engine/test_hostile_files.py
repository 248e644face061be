"""Nothing that a file brings is run, and each bad file gets one sentence."""

import collections
import functools
import json
import os
import pickle
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch

from latentstudio.core.errors import LatentStudioError, ResourceError
from latentstudio.core.progress import run
from latentstudio.engine import checkpoint as checkpoint_module
from latentstudio.engine import pickle_machine
from latentstudio.engine.checkpoint import Container, read_checkpoint
from latentstudio.generators.registry import open_generator

GOLDEN = Path(__file__).parents[2] / "golden" / "generators"
PROGRAM = "This file holds a program, not weights. It was not opened."


class Calls:
    """Pickles into a call of any function."""

    def __init__(self, function, *args):
        self.call = (function, args)

    def __reduce__(self):
        return self.call


def read(path):
    return run(read_checkpoint(path))


def sentence(path):
    with pytest.raises(LatentStudioError) as caught:
        read(path)
    text = caught.value.sentence()
    assert text.endswith(".")
    assert "\n" not in text
    return text


@pytest.fixture
def tripwire(tmp_path, monkeypatch):
    path = tmp_path / "tripwire"
    monkeypatch.setenv("LATENTSTUDIO_TRIPWIRE", str(path))
    return path


def hostile_values(tripwire):
    command = f"touch {tripwire}"
    code = f"open({str(tripwire)!r}, 'w').close()"
    return {
        "system": Calls(os.system, command),
        "eval": Calls(eval, code),
        "exec": Calls(exec, code),
        "getattr": Calls(getattr, Calls(__import__, "os"), "system"),
        "partial": Calls(functools.partial, os.system, command),
        "hidden": {"G_ema": [1.0, {"a": (Calls(os.system, command),)}]},
        "load": Calls(torch.load, str(tripwire)),
        "open": Calls(open, str(tripwire), "w"),
    }


@pytest.mark.parametrize("name", list(hostile_values("")))
@pytest.mark.parametrize("protocol", [0, 2, 4])
def test_a_program_is_refused_and_not_run(name, protocol, tmp_path, tripwire):
    path = tmp_path / "model.pkl"
    path.write_bytes(pickle.dumps(hostile_values(tripwire)[name], protocol=protocol))
    assert sentence(path) == PROGRAM
    assert not tripwire.exists()


@pytest.mark.parametrize("zipped", [True, False])
def test_a_program_in_torch_s_own_files_is_refused(zipped, tmp_path, tripwire):
    path = tmp_path / "model.pt"
    value = {"g_ema": Calls(os.system, f"touch {tripwire}")}
    torch.save(value, path, _use_new_zipfile_serialization=zipped)
    assert sentence(path) == PROGRAM
    assert not tripwire.exists()


@pytest.mark.parametrize("name", ["stylegan2-ada-64", "stylegan2-ada-conditional-32"])
def test_source_text_inside_a_network_stays_text(name, tripwire):
    content = read(GOLDEN / f"{name}.pkl").content
    source = content["G_ema"].args[0]["module_src"]
    assert "LATENTSTUDIO_TRIPWIRE" in source
    assert not tripwire.exists()
    assert not Path("tripwire-executed.txt").exists()


def test_plain_values_and_arrays_arrive_as_they_are(tmp_path):
    value = {
        "text": "é\n",
        "numbers": [1, -2, 2**70, 0.5, True, None],
        "containers": ((), (1,), {"a"}, frozenset([2]), collections.OrderedDict(b=1)),
        "bytes": b"\x00\xff",
        "array": np.arange(6, dtype=np.float64).reshape(2, 3).T,
        "scalar": np.float32(0.25),
    }
    for protocol in range(6):
        path = tmp_path / "value.pkl"
        path.write_bytes(pickle.dumps(value, protocol=protocol))
        found = read(path).content
        array = found.pop("array").tensor
        assert torch.equal(array, torch.from_numpy(np.ascontiguousarray(value["array"])))
        rest = {name: item for name, item in value.items() if name != "array"}
        if protocol < 3:  # bytes are text there, as NumPy's memory is
            assert found.pop("bytes") in ("\x00ÿ", b"\x00\xff")
            rest.pop("bytes")
        assert found == rest


@pytest.mark.parametrize("zipped", [True, False])
def test_torch_files_agree_with_torch(zipped, tmp_path):
    base = torch.randn(4, 6)
    value = {
        "base": base,
        "view": base[1:, ::2],
        "half": torch.randn(3).half(),
        "whole": torch.arange(5),
        "empty": torch.empty(0, 3),
        "number": torch.tensor(2.5, dtype=torch.float64),
        "nested": {"module": torch.nn.Linear(2, 3).state_dict()},
        "parameter": torch.nn.Parameter(torch.ones(2)),
    }
    path = tmp_path / "model.anything"
    torch.save(value, path, _use_new_zipfile_serialization=zipped)
    checkpoint = read(path)
    expected = torch.load(path, weights_only=True)
    assert checkpoint.container is Container.TORCH
    assert list(checkpoint.content) == list(expected)
    for name in ("base", "view", "half", "whole", "empty", "number", "parameter"):
        assert checkpoint.content[name].dtype == expected[name].dtype
        assert torch.equal(checkpoint.content[name], expected[name])
    weight = checkpoint.content["nested"]["module"]["weight"]
    assert torch.equal(weight, expected["nested"]["module"]["weight"])


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0", "Git LFS pointer"),
        (b"<!DOCTYPE html><html><body>Sign in", "web page"),
        (b"\x1f\x8b" + bytes(64), "ends in the middle"),
        (b"PK\x03\x04" + bytes(64), "ends in the middle"),
        (b"\x80\x04\x95", "ends in the middle"),
        (b"\x80\x04}q", "ends in the middle"),
        (b"\x80\x04\xff.", "damaged"),
        (b"\x80\x04R.", "damaged"),
        (b"\x80\x02S'\\R'\nR.", "damaged"),
        (b"\x80\x04\x8e" + struct.pack("<Q", 10**12), "ends in the middle"),
        (b"\x80\x04]r\xff\xff\xff\xff.", "don't know"),
        (struct.pack("<Q", 10**9) + b"{", "ends in the middle"),
        (struct.pack("<Q", 12) + b'{"a":[[[[[[[', "broken"),
    ],
)
def test_bad_files_get_a_sentence(data, words, tmp_path):
    path = tmp_path / "model.pkl"
    path.write_bytes(data)
    if words == "don't know":  # a huge memo index costs nothing
        assert read(path).content == []
    else:
        assert words in sentence(path)


@pytest.mark.parametrize("data", [b"\x00\x01\x02\x03" + bytes(64), b"plain text, no model"])
def test_other_containers_are_left_to_plugins_and_not_read(data, tmp_path):
    path = tmp_path / "model.pkl"
    path.write_bytes(data + bytes(10**6))
    found = read(path)
    assert found.container is Container.OTHER
    assert found.content.head == (data + bytes(10**6))[: 64 * 1024]
    assert found.content.size == len(data) + 10**6
    with pytest.raises(LatentStudioError, match=r"^model\.pkl is not a model file\.$"):
        run(open_generator(path))


def test_files_that_are_not_files(tmp_path):
    assert "does not exist" in sentence(tmp_path / "nothing.pkl")
    assert "is a folder" in sentence(tmp_path)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        assert "device" in sentence(tmp_path / "pipe")


@pytest.mark.parametrize("name", ["stylegan2-ada-64.pkl"])
@pytest.mark.parametrize("share", [0.01, 0.3, 0.9, 0.999])
def test_a_truncated_model_says_so(name, share, tmp_path):
    data = (GOLDEN / name).read_bytes()
    path = tmp_path / name
    path.write_bytes(data[: int(share * len(data))])
    assert "ends in the middle" in sentence(path)


def safetensors(tmp_path, header, data=bytes(16)):
    text = json.dumps(header).encode()
    path = tmp_path / "model.safetensors"
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)
    return path


def entry(start, end, shape=(2,), dtype="F32"):
    return {"dtype": dtype, "shape": list(shape), "data_offsets": [start, end]}


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ({"a": entry(0, 8), "b": entry(4, 12), "c": entry(8, 16)}, "overlap"),
        ({"a": entry(0, 8)}, "holes"),
        ({"a": entry(0, 8), "b": entry(8, 16, (10**12,))}, "broken"),
        ({"a": entry(0, 4 * 10**12, (10**12,))}, "ends in the middle"),
        ({"a": entry(-8, 0), "b": entry(0, 16, (4,))}, "overlap"),
        ({"a": entry(0, 16, (-2, -2))}, "broken"),
        ({"a": entry(0, 16, (4,), "F99")}, "broken"),
        ({"a": [1, 2]}, "broken"),
    ],
)
def test_safetensors_that_contradict_themselves(header, words, tmp_path):
    assert words in sentence(safetensors(tmp_path, header))


def test_a_name_that_occurs_twice_is_refused(tmp_path):
    one = b'"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}'
    text = b"{" + one + b"," + one + b"}"
    path = tmp_path / "model.safetensors"
    path.write_bytes(struct.pack("<Q", len(text)) + text + bytes(16))
    assert "broken" in sentence(path)


def test_a_zip_bomb_is_not_unpacked(tmp_path):
    path = tmp_path / "model.pt"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/data.pkl", pickle.dumps({}))
        archive.writestr("archive/data/0", bytes(50_000_000))
    assert "far more than a model" in sentence(path)


def test_a_zip_of_something_else(tmp_path):
    path = tmp_path / "model.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../../model.pkl", b"x")
    assert "holds no model" in sentence(path)


def declared_tensor(size, stride, offset=0, count=4):
    """A state dictionary whose one tensor is declared freely over a storage of four numbers."""

    class Tensor:
        def __reduce__(self):
            storage = torch.zeros(count).untyped_storage()
            typed = torch.storage.TypedStorage(
                wrap_storage=storage, dtype=torch.float32, _internal=True
            )
            rebuild = torch._utils._rebuild_tensor_v2
            return rebuild, (typed, offset, size, stride, False, collections.OrderedDict())

    return {"weight": Tensor()}


@pytest.mark.parametrize(
    ("size", "stride", "offset"),
    [((10**12,), (0,), 0), ((5,), (1,), 0), ((2,), (1,), 3), ((2,), (-1,), 1), ((2, 2), (4, 1), 0)],
)
def test_tensors_larger_than_their_memory(size, stride, offset, tmp_path):
    path = tmp_path / "model.pt"
    torch.save(declared_tensor(size, stride, offset), path)
    assert "damaged" in sentence(path)


def test_deep_nesting_ends_in_a_sentence_or_a_value(tmp_path):
    path = tmp_path / "model.pkl"
    path.write_bytes(b"\x80\x04" + b")" + b"\x85" * 400_000 + b".")
    deep = read(path).content
    assert isinstance(deep, tuple)
    # As a key, it would be hashed by a recursion that no limit guards.
    path.write_bytes(b"\x80\x04}" + b")" + b"\x85" * 400_000 + b"Ns.")
    assert "damaged" in sentence(path)


def test_endless_operations_end(tmp_path, monkeypatch):
    monkeypatch.setattr(pickle_machine, "MAX_OPERATIONS", 10_000)
    path = tmp_path / "model.pkl"
    path.write_bytes(b"\x80\x04" + b"N" * 20_000)
    assert "far more parts" in sentence(path)


def test_more_than_memory_is_refused_before_it_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoint_module, "available_memory", lambda: 100_000)
    with pytest.raises(ResourceError, match=r"needs about 1 MB of memory and 0 MB are free"):
        read(GOLDEN / "stylegan2-ada-64.pkl")


def test_reading_can_be_cancelled(tmp_path):
    path = tmp_path / "model.pkl"
    path.write_bytes(pickle.dumps(list(range(200_000))))
    job = read_checkpoint(path)
    fractions = [next(job).fraction for _ in range(5)]
    assert fractions == sorted(fractions)
    assert 0 < fractions[-1] < 1
    job.close()
    path.replace(tmp_path / "moved")  # on Windows an open file could not be moved
