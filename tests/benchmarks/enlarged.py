"""Golden files with many times the channels, so that their size can be seen in the memory."""

import pickle
import sys
import types

import torch
from torch import nn

from tests.contract.generators import MODELS


def biggan(path, times=10):
    """BigGAN-PyTorch's state dictionary; what belongs to z and the classes stays."""
    made = {}
    for name, tensor in torch.load(MODELS["biggan"], weights_only=True).items():
        repeats = [1] * tensor.ndim
        if name.startswith("linear.weight") or name.endswith(("gain.weight", "bias.weight")):
            repeats[0] = times
        elif tensor.ndim == 4:
            repeats[:2] = [times if size != 3 else 1 for size in tensor.shape[:2]]
        elif name.endswith("u0") and tensor.shape[1] != 3:
            repeats[1] = times
        elif tensor.ndim == 1 and tensor.numel() not in (1, 3):
            repeats[0] = times
        made[name] = tensor.repeat(repeats) if tensor.ndim else tensor
    made["shared.weight"] = torch.load(MODELS["biggan"], weights_only=True)["shared.weight"]
    torch.save(made, path)


def network_pickle(path, times=16):
    """NVIDIA's pickle of a StyleGAN2, through stand-ins for the modules that it names."""
    names = ("torch_utils", "torch_utils.persistence", "dnnlib", "dnnlib.util")
    modules = {name: types.ModuleType(name) for name in names}

    class Persistent:
        def __init__(self, meta):
            self.meta = meta

        def __reduce__(self):
            return modules["torch_utils.persistence"]._reconstruct_persistent_obj, (self.meta,)

    class EasyDict(dict):
        pass

    EasyDict.__module__, EasyDict.__qualname__ = "dnnlib.util", "EasyDict"
    modules["dnnlib.util"].EasyDict = EasyDict

    def _reconstruct_persistent_obj(meta):
        return Persistent(meta)

    function = _reconstruct_persistent_obj
    function.__module__, function.__qualname__ = "torch_utils.persistence", function.__name__
    modules["torch_utils.persistence"]._reconstruct_persistent_obj = function
    sys.modules.update(modules)
    try:
        # Our own golden file, and stand-ins that run nothing of it.
        content = pickle.loads(MODELS["stylegan2"].read_bytes())
        _widen(content["G_ema"], "", times)
        path.write_bytes(pickle.dumps({"G_ema": content["G_ema"]}))
    finally:
        for name in names:
            del sys.modules[name]


def _widen(module, prefix, times):
    state = module.meta["state"] if hasattr(module, "meta") else module.__dict__
    for name, tensor in state["_parameters"].items():
        if tensor is not None:
            wide = _wider(prefix + name, tensor.detach(), times)
            state["_parameters"][name] = nn.Parameter(wide, requires_grad=False)
    for name, child in state["_modules"].items():
        _widen(child, f"{prefix}{name}.", times)


def _wider(name, tensor, times):
    if not name.startswith("synthesis.") or "noise" in name or not tensor.ndim:
        return tensor
    colours = "torgb" in name and "affine" not in name
    if colours and tensor.ndim < 4:
        return tensor
    repeats = [1] * tensor.ndim
    if not colours:
        repeats[0] = times
    if tensor.ndim == 4:
        repeats[1] = times
    return tensor.repeat(repeats)
