"""The state of a run that can go on later: tensors and plain values, never a pickle."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import safetensors.torch
from safetensors import SafetensorError
from torch import Tensor

from latentstudio.core.errors import FileError, OptionError
from latentstudio.core.files import write_bytes
from latentstudio.core.options import as_record
from latentstudio.core.spaces import GeneratorInfo

FORMAT = 1
MAX_BYTES = 8 * 2**30


@dataclass(frozen=True, slots=True, eq=False)
class RunState:
    """All that a run needs to go on exactly where it was.

    Random numbers are drawn anew from (seed, step), so no generator's state is kept.

    Attributes:
        method: Registry id.
        fingerprint: Of the model.
        options: The method's options, as plain values.
        seed: The run's seed.
        step: Steps done.
        batch: Pictures for each step; less than the option where memory ran out.
        tensors: Everything learned, and the optimiser's running averages, on the CPU.
    """

    method: str
    fingerprint: str
    options: Mapping[str, Any]
    seed: int
    step: int
    batch: int
    tensors: Mapping[str, Tensor]

    def check(self, method: str, info: GeneratorInfo, options: Any, seed: int) -> None:
        """Refuse to go on with another model, method, seed or other options.

        The number of steps may differ: a finished run can be made longer.

        Raises:
            OptionError: It belongs to another run.
        """
        if self.fingerprint != info.fingerprint:
            raise OptionError(
                "This run belongs to another model. Open that model, or start a new run."
            )
        if self.method != method:
            raise OptionError(f"This run was made by {self.method}, not {method}.")
        wanted = dict(as_record(options), seed=seed)
        kept = dict(self.options, seed=self.seed)
        other = [k for k in wanted if k != "steps" and wanted[k] != kept.get(k)]
        if other:
            raise OptionError(
                f"This run was started with other options ({', '.join(other)}). "
                "Take those again, or start a new run."
            )

    def save(self, path: Path) -> None:
        """Write to one safetensors file, whole or not at all.

        Raises:
            FileError: The folder cannot be written to.
            ResourceError: The disk is full; the old file is intact.
        """
        record = {
            "format": FORMAT,
            "method": self.method,
            "fingerprint": self.fingerprint,
            "options": dict(self.options),
            "seed": self.seed,
            "step": self.step,
            "batch": self.batch,
        }
        tensors = {name: tensor.contiguous() for name, tensor in self.tensors.items()}
        write_bytes(path, safetensors.torch.save(tensors, {"run": json.dumps(record)}))

    @classmethod
    def load(cls, path: Path) -> "RunState":
        """Read what `save` wrote.

        Raises:
            FileError: Missing, damaged, or no state of a run.
        """
        try:
            if path.stat().st_size > MAX_BYTES:
                raise _no_state(path)
            with safetensors.safe_open(path, "pt") as file:
                record = json.loads((file.metadata() or {})["run"])
                tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
            return cls(*_fields(record), tensors)
        except (OSError, SafetensorError, ValueError, KeyError, TypeError, RecursionError) as error:
            raise _no_state(path) from error


def _fields(record: Any) -> tuple[str, str, dict[str, Any], int, int, int]:
    if record["format"] != FORMAT or not isinstance(record["options"], dict):
        raise ValueError("another format")
    numbers = tuple(record[name] for name in ("seed", "step", "batch"))
    if not all(isinstance(n, int) and n >= 0 for n in numbers) or numbers[2] < 1:
        raise ValueError("no such step")
    return str(record["method"]), str(record["fingerprint"]), record["options"], *numbers


def _no_state(path: Path) -> FileError:
    return FileError(f"{path.name} is not the saved state of a run. Start the run anew.")
