"""Two relatives of the built-in model: one of the same sizes, and one whose W is half as wide."""

import safetensors
from safetensors.torch import load_file, save_file

from latentstudio.generators.builtin import find_model

HALF = 64


def _read():
    path = find_model("portraits")
    with safetensors.safe_open(path, "pt") as file:
        return load_file(path), file.metadata()


def alike(path):
    """Other weights of the same shapes."""
    tensors, said = _read()
    for name, tensor in tensors.items():
        if name.endswith("torgb.bias"):
            tensor += 0.2
    save_file(tensors, path, said)
    return path


def narrow(path):
    """W has 64 numbers instead of 128."""
    tensors, said = _read()
    for name in ("mapping.fc1.weight", "mapping.fc1.bias", "mapping.w_avg"):
        tensors[name] = tensors[name][:HALF].clone()
    for name, tensor in tensors.items():
        if name.endswith("affine.weight"):
            tensors[name] = tensor[:, :HALF].clone()
    save_file(tensors, path, said | {"w_dim": str(HALF)})
    return path
