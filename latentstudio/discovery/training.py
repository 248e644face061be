"""The loop that every learning method shares: steps, reports, resuming, what can go wrong.

Exact resume: each step's random numbers come from (seed, step) alone, and the state holds all
that is learned, buffers included, with the optimiser's averages. So a resumed run has the same
losses as one that was never stopped.
"""

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from latentstudio.core.errors import LatentStudioError, OptionError, ResourceError
from latentstudio.core.options import as_record
from latentstudio.core.progress import Job, Step
from latentstudio.core.spaces import GeneratorInfo
from latentstudio.discovery import processes
from latentstudio.discovery.processes import LostProcessError
from latentstudio.discovery.state import RunState
from latentstudio.document.direction import DirectionSet
from latentstudio.document.findings import Findings
from latentstudio.engine.device import is_out_of_memory

PROVISIONAL_SECONDS = 2.0
"""Time between two sets of provisional directions."""
LEAST_BATCH = 2


class BrokenOffError(LatentStudioError):
    """A run that can't make its next step.

    Attributes:
        state: The last good state.
        found: Its directions.
    """

    def __init__(self, message: str, state: RunState, found: DirectionSet) -> None:
        super().__init__(message)
        self.state = state
        self.found = found


class DivergedError(BrokenOffError):
    """A loss is no longer a number."""

    def __init__(self, state: RunState, found: DirectionSet) -> None:
        message = (
            f"The run broke off at step {state.step + 1:,}: its loss is no longer a number. What "
            "was found until then is kept. Start again with a lower learning rate."
        )
        super().__init__(message, state, found)


class AloneError(BrokenOffError):
    """Another process of the run has ended."""

    def __init__(self, state: RunState, found: DirectionSet) -> None:
        message = f"Another process of this run ended during step {state.step + 1:,}."
        super().__init__(message, state, found)


class Task(Protocol):
    """What a method brings to the loop."""

    @property
    def module(self) -> nn.Module:
        """All that is learned or kept between steps."""

    def groups(self) -> list[dict[str, Any]]:
        """Parameters and learning rates, as torch's optimisers take them."""

    def losses(self, step: int, batch: int) -> dict[str, Tensor]:
        """Scalars by name; ``loss`` is the one to be made small. Called with gradients on.

        Every value is a scalar ().

        Where several processes learn together `batch` is the share of one, scalars are means
        over that share, and what goes into `module` by itself must be the same in all of them.
        """

    def constrain(self) -> None:
        """Bring what is learned back to its constraints; called after each update."""

    def found(self, losses: Mapping[str, float], step: int) -> DirectionSet:
        """Directions as they are now."""


@dataclass(frozen=True, slots=True)
class Run:
    """Which run this is: recorded in its state and checked when it goes on."""

    method: str
    info: GeneratorInfo
    options: Any
    seed: int
    steps: int
    batch: int
    device: torch.device


@torch.no_grad()
def train(task: Task, run: Run, state: RunState | None = None) -> Job[DirectionSet]:
    """Train to the end, from the start or from a saved state.

    Yields:
        A step after each update, with `Findings` as its preview.

    Raises:
        OptionError: The state belongs to another run.
        DivergedError: A loss or gradient is not finite; it carries the last good state.
        AloneError: Another process of the run has ended; likewise.
        ResourceError: Not even two pictures fit into memory.
    """
    trainer = Trainer(task, run, state)
    while trainer.step < run.steps:
        yield trainer.advance()
    return task.found(trainer.losses, trainer.step)


class Trainer:
    """A run at one moment: what is learned, the optimiser, and how far it is."""

    def __init__(self, task: Task, run: Run, state: RunState | None) -> None:
        self.task = task
        self.run = run
        self.step = 0
        self.batch = run.batch
        self.losses: dict[str, float] = {}
        # One pass over a reconstructor's 11 million weights instead of a dozen.
        fused = run.device.type in ("cpu", "cuda")
        self._optimiser = torch.optim.Adam(task.groups(), fused=fused)
        self._shown = -math.inf
        if state is not None:
            state.check(run.method, run.info, run.options, run.seed)
            self.step, self.losses = state.step, dict(state.losses)
            if state.options.get("batch") == run.batch:  # else a person has chosen another
                self.batch = state.batch
            self._restore(state.tensors)

    def advance(self) -> Step:
        """One update and its report."""
        before = {name: buffer.clone() for name, buffer in self.task.module.named_buffers()}
        try:
            losses = self._update()
        except LostProcessError as error:
            self._restore_buffers(before)
            raise AloneError(*self._last_good()) from error
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
            self._restore_buffers(before)
            return self._halve()
        if losses is None:
            self._restore_buffers(before)
            raise DivergedError(*self._last_good())
        self.step, self.losses = self.step + 1, losses
        text = ", ".join(f"{name} {value:.4g}" for name, value in losses.items())
        return Step(
            self._fraction, f"Step {self.step:,} of {self.run.steps:,}: {text}", self._say()
        )

    def snapshot(self) -> RunState:
        """The whole state, copied to the CPU."""
        tensors = {f"module.{k}": v for k, v in self.task.module.state_dict().items()}
        for index, values in self._optimiser.state_dict()["state"].items():
            tensors |= {f"adam.{index}.{k}": v for k, v in values.items()}
        return RunState(
            self.run.method,
            self.run.info.fingerprint,
            as_record(self.run.options),
            self.run.seed,
            self.step,
            self.batch,
            {name: tensor.detach().cpu().clone() for name, tensor in tensors.items()},
            dict(self.losses),
        )

    @torch.enable_grad()
    def _update(self) -> dict[str, float] | None:
        """One step of the optimiser; None, and nothing learned, where a number isn't finite."""
        module = self.task.module
        self._optimiser.zero_grad(set_to_none=True)
        losses = self.task.losses(self.step, self.batch)
        losses["loss"].backward()  # type: ignore[no-untyped-call]
        gradients = [p.grad for p in module.parameters() if p.grad is not None]
        numbers = torch.stack([*losses.values()]).detach()
        processes.average([numbers, *gradients])
        size = torch.nn.utils.get_total_norm(gradients)
        if not bool(numbers.isfinite().all() & size.isfinite()):
            return None
        self._optimiser.step()
        with torch.no_grad():
            self.task.constrain()
        return dict(zip(losses, numbers.tolist(), strict=True))

    def _restore_buffers(self, before: Mapping[str, Tensor]) -> None:
        """Take back what a step that failed has counted already."""
        self._optimiser.zero_grad(set_to_none=True)
        for name, buffer in self.task.module.named_buffers():
            buffer.copy_(before[name])

    def _last_good(self) -> tuple[RunState, DirectionSet]:
        return self.snapshot(), self.task.found(self.losses, self.step)

    def _halve(self) -> Step:
        """Go on with half the batch after memory ran out."""
        if processes.count() > 1:
            # The others have gone into the step and wait for us: all start again.
            raise ResourceError(
                f"Process {processes.rank()} has too little memory for a batch of {self.batch}. "
                "Go on with --resume and a smaller batch."
            )
        if self.batch // 2 < LEAST_BATCH:
            raise ResourceError(
                "The device has too little memory for this run. Choose an earlier inner layer, "
                "a smaller model, or another device."
            )
        self.batch //= 2
        said = f"Memory ran out: going on with batches of {self.batch}"
        return Step(self._fraction, said, self._say(f"{said}."))

    def _say(self, notice: str = "") -> Findings:
        now = time.monotonic()
        directions = None
        if now - self._shown >= PROVISIONAL_SECONDS:
            self._shown = now
            directions = self.task.found(self.losses, self.step)
        losses = dict(self.losses)
        return Findings(self.step, self.run.steps, losses, directions, self.snapshot, notice)

    @property
    def _fraction(self) -> float:
        return self.step / self.run.steps

    def _restore(self, tensors: Mapping[str, Tensor]) -> None:
        """Take over a snapshot's tensors.

        Raises:
            OptionError: They are not those of this run.
        """
        learned = {k[7:]: v for k, v in tensors.items() if k.startswith("module.")}
        averages: dict[int, dict[str, Tensor]] = {}
        try:
            for name, tensor in tensors.items():
                if name.startswith("adam."):
                    _, index, key = name.split(".")
                    # The optimiser works in place, and the state must outlive the run.
                    averages.setdefault(int(index), {})[key] = tensor.clone()
            self.task.module.load_state_dict(learned)
            groups = self._optimiser.state_dict()["param_groups"]
            self._optimiser.load_state_dict({"state": averages, "param_groups": groups})
        except (RuntimeError, ValueError, KeyError) as error:
            raise OptionError("This saved run doesn't fit its options. Start a new run.") from error
