"""A few names and shapes of a file that no family knows, for its error message."""

from collections.abc import Iterator
from typing import Any

from torch import Tensor

from latentstudio.engine.module_tree import as_module
from latentstudio.engine.records import Array, Record, as_tensor, printable

MAX_VALUES = 10_000
MAX_NAME = 60


def first_tensors(content: Any, count: int = 3) -> str:
    """For example ``encoder.weight 7×5, encoder.bias 7``; empty where there is no tensor."""
    found: list[str] = []
    for name, tensor in _tensors(content):
        shape = "×".join(str(size) for size in tensor.shape) or "one number"
        found.append(f"{printable(name)} {shape}")
        if len(found) == count:
            break
    return ", ".join(found)


def _tensors(content: Any) -> Iterator[tuple[str, Tensor]]:
    """Tensors in the order of the file, without recursion: nesting may be deep or circular."""
    waiting: list[tuple[str, Any]] = [("", content)]
    for _ in range(MAX_VALUES):
        if not waiting:
            return
        name, value = waiting.pop()
        if isinstance(value, Tensor | Array):
            tensor = as_tensor(value)
            if tensor is not None:
                yield name, tensor
        else:
            parts = [(f"{name}.{key}".strip("."), part) for key, part in _parts(value)]
            waiting += reversed(parts)


def _parts(value: Any) -> list[tuple[Any, Any]]:
    if isinstance(value, Record):
        module = as_module(value)
        if module is not None:
            return [*module.own_tensors().items(), *_children(module.attributes)]
        return [("", value.state), ("", value.items)]
    if isinstance(value, dict):
        return [(str(key)[:MAX_NAME], part) for key, part in list(value.items())[:MAX_VALUES]]
    if isinstance(value, list | tuple):
        return list(enumerate(value[:MAX_VALUES]))
    return []


def _children(attributes: dict[str, Any]) -> list[tuple[Any, Any]]:
    return [(str(name), child) for name, child in attributes["_modules"].items()]
