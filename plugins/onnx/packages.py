"""The two optional packages of this plugin, imported when a model is opened and not before."""

import importlib
import sys
from types import ModuleType

from latentstudio.plugin_host.api import PluginError

READS, RUNS = "onnx", "onnxruntime"


def package(name: str) -> ModuleType:
    """One of the packages, or a module of what they bring.

    Raises:
        PluginError: It is not installed; says by which command both are.
    """
    try:
        return importlib.import_module(name)
    except ImportError as error:
        command = f'"{sys.executable}" -m pip install {READS} {RUNS}'
        raise PluginError(
            f"ONNX models need the packages {READS} and {RUNS}, which are not both installed. "
            f"Install them with: {command}"
        ) from error
