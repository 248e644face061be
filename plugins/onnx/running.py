"""onnxruntime: one session for each part of the model that is asked for."""

from types import ModuleType
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from latentstudio.plugin_host.api import CheckpointError

from .packages import RUNS, package

_LONGEST = 160
_QUIET = 4  # only what ends the program is logged

Arrays = dict[str, NDArray[Any]]


def runtime() -> ModuleType:
    """The library that runs models.

    Raises:
        PluginError: It is not installed; says by which command it is.
    """
    found = package(RUNS)
    quiet = getattr(found, "disable_telemetry_events", None)
    if quiet is not None:
        quiet()
    return found


class Session:
    """A model, or a part of one, ready to run on the processor.

    Args:
        data: The model's bytes.
        optimise: Off reads it only, for its shapes.

    Raises:
        CheckpointError: onnxruntime does not take it.
    """

    def __init__(self, data: bytes, *, optimise: bool = True) -> None:
        ort = runtime()
        options = ort.SessionOptions()
        options.log_severity_level = _QUIET
        options.intra_op_num_threads = torch.get_num_threads()
        # Threads that wait by spinning take the processor from the rest of the program.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        if not optimise:
            options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
        try:
            self._session = ort.InferenceSession(data, options, providers=["CPUExecutionProvider"])
        except Exception as error:
            raise _sentence(error) from error
        self.inputs = {one.name for one in self._session.get_inputs()}
        self.shapes = {
            one.name: (one.type, tuple(one.shape)) for one in self._session.get_outputs()
        }

    def run(self, given: Arrays) -> list[NDArray[Any]]:
        """All outputs, in order; what the part does not read is left out.

        Raises:
            CheckpointError: It does not run.
        """
        try:
            made = self._session.run(None, {k: v for k, v in given.items() if k in self.inputs})
        except Exception as error:
            raise _sentence(error) from error
        return [np.asarray(one) for one in made]


def _sentence(error: Exception) -> Exception:
    """What onnxruntime complains about, in one line; running out of memory stays that."""
    first = str(error).strip().splitlines()[:1] or [type(error).__name__]
    said = first[0].rpartition("] : ")[2][:_LONGEST].strip().rstrip(".")
    if isinstance(error, MemoryError) or "bad_alloc" in said or "allocate memory" in said:
        return MemoryError(said)
    return CheckpointError(f"This ONNX model can't be run ({said}).")
