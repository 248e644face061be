"""The state of a run that can go on later: tensors and plain values, never a pickle."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import safetensors.torch
from safetensors import SafetensorError
from torch import Tensor

from latentstudio.core.errors import FileError, OptionError
from latentstudio.core.files import read_file, write_bytes
from latentstudio.core.formats import StoredFormat
from latentstudio.core.options import as_record
from latentstudio.core.spaces import GeneratorInfo

STATE = StoredFormat(1)
"""Of the record in a state's header."""
MAX_BYTES = 8 * 2**30
FREE = ("steps", "batch")
"""Options that may differ when a run goes on."""


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
        losses: Of the last step.
    """

    method: str
    fingerprint: str
    options: Mapping[str, Any]
    seed: int
    step: int
    batch: int
    tensors: Mapping[str, Tensor]
    losses: Mapping[str, float] = field(default_factory=dict)

    def check(self, method: str, info: GeneratorInfo, options: Any, seed: int) -> None:
        """Refuse to go on with another model, method, seed or other options.

        The number of steps may differ, since a finished run can be made longer, and so may the
        batch, since memory differs between machines. An option that did not exist when the run
        was saved counts as left at its default.

        Raises:
            OptionError: It belongs to another run.
        """
        if self.fingerprint != info.fingerprint:
            raise OptionError(
                "This run belongs to another model. Open that model, or start a new run."
            )
        if self.method != method:
            raise OptionError(
                f"This run was made by {self.method}, not {method}. Choose that method, or start a "
                "new run."
            )
        wanted = dict(as_record(options), seed=seed)
        kept = {**as_record(type(options)()), **self.options, "seed": self.seed}
        other = [k for k in wanted if k not in FREE and wanted[k] != kept[k]]
        if other:
            raise OptionError(
                f"This run was started with other options ({', '.join(other)}). "
                "Take those again, or start a new run."
            )

    def to_bytes(self) -> bytes:
        """The content of a state's file: safetensors."""
        record = {
            "method": self.method,
            "fingerprint": self.fingerprint,
            "options": dict(self.options),
            "seed": self.seed,
            "step": self.step,
            "batch": self.batch,
            "losses": dict(self.losses),
        }
        tensors = {name: tensor.contiguous() for name, tensor in self.tensors.items()}
        return safetensors.torch.save(tensors, {"run": json.dumps(STATE.stamped(record))})

    def save(self, path: Path) -> None:
        """Write to one safetensors file, whole or not at all.

        Raises:
            FileError: The folder cannot be written to.
            ResourceError: The disk is full; the old file is intact.
        """
        write_bytes(path, self.to_bytes())

    @classmethod
    def load(cls, path: Path) -> "RunState":
        """Read what `save` wrote.

        Raises:
            FileError: Missing, damaged, no state of a run, or of a newer LatentStudio.
        """
        try:
            if path.stat().st_size > MAX_BYTES:
                raise _no_state(path)
            return cls.from_bytes(read_file(path), path.name)
        except (OSError, ValueError) as error:
            raise _no_state(path) from error

    @classmethod
    def from_bytes(cls, data: bytes, name: str = "This run") -> "RunState":
        """The state that `to_bytes` gave.

        Raises:
            NewerFormatError: A newer LatentStudio wrote it.
            ValueError: It is none.
        """
        try:
            tensors = safetensors.torch.load(data)
            size = int.from_bytes(data[:8], "little")
            record = json.loads(json.loads(data[8 : 8 + size])["__metadata__"]["run"])
            record = STATE.upgraded(record, name)
            losses = {str(name): float(loss) for name, loss in record.get("losses", {}).items()}
            return cls(*_fields(record), tensors, losses)
        except (SafetensorError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise ValueError("no state of a run") from error


def _fields(record: Any) -> tuple[str, str, dict[str, Any], int, int, int]:
    if not isinstance(record["options"], dict):
        raise ValueError("no options")
    numbers = tuple(record[name] for name in ("seed", "step", "batch"))
    if not all(isinstance(n, int) and n >= 0 for n in numbers) or numbers[2] < 1:
        raise ValueError("no such step")
    return str(record["method"]), str(record["fingerprint"]), record["options"], *numbers


def _no_state(path: Path) -> FileError:
    return FileError(f"{path.name} is not the saved state of a run. Start the run anew.")
