"""Generators exported to ONNX, read by onnx and run by onnxruntime (optional packages)."""

import torch

from latentstudio.plugin_host.api import (
    Checkpoint,
    CheckpointError,
    Family,
    Format,
    PluginApi,
    Unread,
    Weights,
)

from .generator import BYTES, FAMILY, OnnxGenerator
from .model import LARGEST, too_large
from .reading import looks_like_onnx, read_model
from .running import runtime


def recognise(checkpoint: Checkpoint) -> bool:
    content = checkpoint.content
    return isinstance(content, Unread) and looks_like_onnx(content.head)


def convert(checkpoint: Checkpoint) -> Weights:
    """The model as one tensor of bytes, weights in other files taken in."""
    runtime()  # says at once where it is missing
    content = checkpoint.content
    if not isinstance(content, Unread):
        raise CheckpointError(f"{checkpoint.path.name} holds no ONNX model.")
    if content.size > LARGEST:
        raise too_large()
    model = read_model(content.read(), content.read_beside)
    data = torch.frombuffer(bytearray(model.written()), dtype=torch.uint8)
    return Weights({BYTES: data})


def build(weights: Weights, name: str, fingerprint: str) -> OnnxGenerator:
    """The generator of a model's bytes; what they leave open is guessed."""
    return OnnxGenerator(name, fingerprint, weights)


def activate(api: PluginApi) -> None:
    api.add_family(Family(FAMILY, "ONNX generator", build))
    api.add_format(Format(FAMILY, "ONNX model", recognise, convert))
