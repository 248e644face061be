"""Modules as a pickle describes them: attributes, parameters and submodules, all plain values.

NVIDIA's network pickles and whole modules saved by `torch.save` keep the attributes of
`torch.nn.Module`; the names with an underscore are that class's.
"""

from dataclasses import dataclass
from typing import Any

from torch import Tensor

from latentstudio.core.errors import CheckpointError
from latentstudio.engine.records import Record, as_tensor

MAX_MODULES = 20_000


@dataclass(frozen=True, slots=True)
class Module:
    """One module: what it is called and the attributes it was saved with."""

    class_name: str
    attributes: dict[str, Any]

    def child(self, name: str) -> "Module | None":
        """A submodule, if there is one of this name."""
        return as_module(_part(self.attributes, "_modules").get(name))

    def children(self) -> dict[str, "Module"]:
        """Submodules by name."""
        parts = _part(self.attributes, "_modules")
        found = {str(name): as_module(value) for name, value in parts.items()}
        return {name: module for name, module in found.items() if module is not None}

    def parts(self) -> dict[str, Any]:
        """What the submodules are stored as, by name."""
        return {str(name): value for name, value in _part(self.attributes, "_modules").items()}

    def own_tensors(self) -> dict[str, Tensor]:
        """Parameters and buffers of this module alone.

        Each of the shape (...) it was stored with.
        """
        values = _part(self.attributes, "_parameters") | _part(self.attributes, "_buffers")
        found = {str(name): as_tensor(value) for name, value in values.items()}
        return {name: tensor for name, tensor in found.items() if tensor is not None}

    def tensors(self) -> dict[str, Tensor]:
        """Parameters and buffers of the whole tree, named as a state dictionary names them.

        Each of the shape (...) it was stored with.

        Raises:
            CheckpointError: More modules than any network has (they may refer to each other).
        """
        found: dict[str, Tensor] = {}
        waiting, count = [("", self)], 0
        while waiting:
            prefix, module = waiting.pop()
            count += 1
            if count > MAX_MODULES:
                raise CheckpointError("This file describes far more layers than a model has.")
            found |= {prefix + name: tensor for name, tensor in module.own_tensors().items()}
            children = module.children().items()
            waiting += [(f"{prefix}{name}.", child) for name, child in children]
        return found


def as_module(value: Any) -> Module | None:
    """The module that a record stands for; None for anything else."""
    if not isinstance(value, Record):
        return None
    class_name, attributes = value.name.name, value.state
    if value.name.name == "_reconstruct_persistent_obj" and value.args:
        # The embedded source text lies in the same dictionary and is left there.
        meta = value.args[0] if isinstance(value.args[0], dict) else {}
        class_name, attributes = str(meta.get("class_name")), meta.get("state")
    if not isinstance(attributes, dict) or not isinstance(attributes.get("_modules"), dict):
        return None
    return Module(class_name, attributes)


def _part(attributes: dict[str, Any], name: str) -> dict[str, Any]:
    part = attributes.get(name)
    return part if isinstance(part, dict) else {}
