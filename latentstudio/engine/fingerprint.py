"""One number for a network, whatever file it came in."""

import hashlib
from collections.abc import Mapping

import torch
from torch import Tensor

from latentstudio.core.progress import Job, Step

CHUNK = 2**22


@torch.no_grad()
def fingerprint(tensors: Mapping[str, Tensor]) -> Job[str]:
    """SHA-256 over sorted names, shapes and float32 bytes (little-endian).

    Tensors may be of any shape (...).

    Args:
        tensors: Canonical names to weights, on any device.

    Returns:
        64 hexadecimal digits.
    """
    digest = hashlib.sha256()
    total = max(1, sum(tensor.numel() for tensor in tensors.values()))
    done = 0
    for name in sorted(tensors):
        flat = tensors[name].detach().reshape(-1)
        shape = ",".join(str(size) for size in tensors[name].shape)
        digest.update(f"{name}\0{shape}\0".encode())
        for start in range(0, flat.numel(), CHUNK):
            part = flat[start : start + CHUNK].to("cpu", torch.float32).contiguous()
            digest.update(part.numpy().astype("<f4", copy=False).data)
            done += part.numel()
            yield Step(done / total, "Checking the model")
    return digest.hexdigest()
