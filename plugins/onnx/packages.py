"""The two optional packages of this plugin, imported when a model is opened and not before."""

import importlib
from types import ModuleType

from latentstudio.plugin_host.api import PluginError, missing_package

READS, RUNS = "onnx", "onnxruntime"


def package(name: str) -> ModuleType:
    """One of the packages, or a module of what they bring.

    Raises:
        PluginError: It is not installed; says by which command both are.
    """
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise PluginError(missing_package("ONNX models need", READS, RUNS)) from error
