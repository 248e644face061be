"""Monkey patches of a plugin to modules of the whole program, noticed after it started.

Only whole functions and classes of a few modules are looked at, which takes a millisecond. A
plugin that changes what is inside of them, or later, is not noticed.
"""

import importlib
import sys
from collections.abc import Mapping
from typing import Any

_MODULES = (
    "builtins", "io", "os", "shutil", "threading", "torch", "torch.nn", "torch.nn.functional",
    "numpy",
)  # fmt: skip
_CLASSES = (("torch", "Tensor"), ("torch.nn", "Module"), ("pathlib", "Path"))

Known = Mapping[str, Mapping[str, Any]]


def what_is_there() -> Known:
    """The functions and classes of the modules that are loaded now."""
    found = {name: vars(sys.modules[name]) for name in _MODULES if name in sys.modules}
    for module, name in _CLASSES:
        if module in sys.modules:
            kind = getattr(importlib.import_module(module), name)
            found[f"{module}.{name}"] = vars(kind)
    return {
        place: {name: value for name, value in tuple(names.items()) if callable(value)}
        for place, names in found.items()
    }


def replaced(before: Known) -> list[str]:
    """Names of what was replaced since `what_is_there`."""
    now = what_is_there()
    return [
        f"{place}.{name}"
        for place, names in before.items()
        for name, value in names.items()
        if now.get(place, {}).get(name) is not value
    ]
