"""A generator that is a graph: codes in, pictures out, inner values where they can be had."""

import copy
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from latentstudio.plugin_host.api import (
    Ability,
    BaseGenerator,
    Edits,
    GeneratorInfo,
    Halfway,
    Noise,
    Prior,
    Space,
    SpaceInfo,
    TensorBag,
    Weights,
    check_options,
    check_shape,
    chosen_fingerprint,
    draw_normal,
    option,
    recorded_choices,
)

from .graph import Graph
from .roles import Layout, layout_of

Inputs = tuple[NDArray[np.float32], NDArray[np.int64]]
"""Codes (N, dim) and classes (N,)."""
Values = dict[str, NDArray[Any]]
"""Inner values by name."""
FAMILY = "onnx"
KEY = "choices"
"""Name of a setting."""
BYTES = "model"
"""Name of the one tensor: the file's bytes."""
SAMPLES = range(8)
"""Seeds whose pictures tell the range of the output."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What a graph does not say."""

    output: str = option(
        "−1 to 1",
        "Output",
        "The range of the numbers it makes; it sets the contrast",
        choices=("−1 to 1", "0 to 1", "0 to 255"),
    )
    prior: str = option(
        "normal", "Noise", "How the code was drawn in training", choices=("normal", "uniform")
    )


class Anchor(nn.Module):
    """Says where tensors go; the weights are in the graph."""

    def __init__(self) -> None:
        super().__init__()
        self.place = nn.Parameter(torch.zeros(0), requires_grad=False)


class OnnxGenerator(BaseGenerator):
    """A generator run by onnxruntime, on the processor.

    Args:
        name: Name on screen.
        fingerprint: Of `weights`.
        weights: One tensor, the bytes of a checked model.
    """

    def __init__(self, name: str, fingerprint: str, weights: Weights) -> None:
        self._graph = Graph(TensorBag(weights.tensors).any(BYTES))
        self._file_print = fingerprint
        roles = self._graph.roles
        drawn = draw_normal(list(SAMPLES), roles.z_dim).numpy()
        made = self._graph.run(drawn, np.zeros(len(drawn), np.int64))
        self._layout = layout_of([one.shape for one in made])
        guessed = Choices(output=_range(made[self._layout.place]))
        self.choices = recorded_choices(Choices, weights.settings.get(KEY)) or guessed
        same = self.choices == guessed
        print_ = fingerprint if same else chosen_fingerprint(fingerprint, self.choices)
        settings = dict(weights.settings) | {KEY: asdict(self.choices)}
        info = self._described(name, print_, same)
        super().__init__(info, Weights(weights.tensors, settings), Anchor())

    def with_choices(self, choices: Choices) -> Self:
        """The same graph read in another way.

        Raises:
            OptionError: There is no such choice.
        """
        settings = dict(self.weights.settings) | {KEY: asdict(check_options(choices))}
        other = OnnxGenerator(
            self.info.name, self._file_print, Weights(self.weights.tensors, settings)
        )
        twin = copy.copy(self)
        twin.__dict__.update(other.__dict__)
        return twin

    def to(self, device: torch.device) -> Self:
        return self  # onnxruntime's build for processors is the one that is asked for

    def features(
        self, codes: Tensor, tap: str, classes: Tensor | None = None, noise: Noise = "const"
    ) -> Tensor:
        self._check_tap(tap)
        made = self._graph.run(*self._inputs(codes, classes), only=tap)
        return torch.from_numpy(made[0]).float()

    def synthesize_with(
        self,
        codes: Tensor,
        edit: Edits,
        classes: Tensor | None = None,
        noise: Noise = "const",
    ) -> Tensor:
        for tap in edit:
            self._check_tap(tap)
        return self._finished(self._inputs(codes, classes), edit, {})

    def halfway(
        self,
        codes: Tensor,
        tap: str,
        edit: Edits,
        classes: Tensor | None = None,
        noise: Noise = "const",
        since: Halfway | None = None,
    ) -> Halfway:
        self._check_tap(tap)
        taps, inputs = self.info.taps, self._inputs(codes, classes)
        earlier = {name: edit[name] for name in taps[: taps.index(tap)] if name in edit}
        replaced = self._replaced(inputs, earlier, _values(since, edit))
        (made,) = self._graph.run(*inputs, replaced, tap)
        return Halfway(tap, torch.from_numpy(made).float(), _tensors(replaced))

    def onward(
        self,
        codes: Tensor,
        since: Halfway,
        edit: Edits,
        classes: Tensor | None = None,
        noise: Noise = "const",
    ) -> Tensor:
        return self._finished(self._inputs(codes, classes), edit, _values(since, edit))

    def _finished(self, inputs: Inputs, edit: Edits, replaced: Values) -> Tensor:
        """Pictures, with some inner values replaced and others edited."""
        values = self._replaced(inputs, edit, replaced)
        made = self._graph.run(*inputs, values)[self._layout.place]
        return _pictures(made, self._layout, self.choices.output)

    def _replaced(self, inputs: Inputs, edit: Edits, replaced: Values) -> Values:
        """What the edited taps are replaced by, as far as it is not known."""
        values = dict(replaced)
        for tap in self.info.taps:  # in the order in which they are computed
            if tap in edit and tap not in values:
                (before,) = self._graph.run(*inputs, values, tap)
                values[tap] = edit[tap](torch.from_numpy(before).float()).cpu().numpy()
        return values

    def _inputs(self, codes: Tensor, classes: Tensor | None) -> Inputs:
        """Codes (N, dim) and classes (N,), checked; zeros for classes where there are none."""
        info = self.info
        check_shape(codes, "N layers code_dim", layers=1, code_dim=info.code_dim)
        self.one_hot(classes, len(codes))  # complains
        none = torch.zeros(len(codes), dtype=torch.int64)
        labels = (none if classes is None else classes).cpu().numpy()
        return codes[:, 0].detach().float().cpu().numpy(), labels

    def _described(self, name: str, print_: str, guessed: bool) -> GeneratorInfo:
        graph, choices = self._graph, self.choices
        why = ("by its pictures", "usual") if guessed else ("chosen", "chosen")
        abilities = {Ability.TAPS} if graph.kinds else set()
        return GeneratorInfo(
            name=name,
            family=FAMILY,
            resolution=self._layout.side,
            channels=self._layout.channels,
            classes=graph.roles.classes,
            parameters=max(1, graph.parameters),
            fingerprint=print_,
            spaces={Space.Z: SpaceInfo(graph.roles.z_dim, 1, Prior(choices.prior))},
            taps=tuple(graph.kinds),
            abilities=frozenset(abilities | ({Ability.CLASSES} if graph.roles.classes else set())),
            guesses={
                "output": f"{choices.output} ({why[0]})",
                "prior": f"{choices.prior} ({why[1]})",
            },
        )


def _values(since: Halfway | None, edit: Edits) -> Values:
    """Inner values that are known halfway, with the edit of its tap."""
    if since is None:
        return {}
    change = edit.get(since.tap)
    changed = change(since.features) if change else since.features
    return {name: one.numpy() for name, one in (since.carried | {since.tap: changed}).items()}


def _tensors(values: Values) -> dict[str, Tensor]:
    return {name: torch.from_numpy(one) for name, one in values.items()}


def _range(made: NDArray[Any]) -> str:
    """The range that pictures seem to have."""
    low, high = float(made.min()), float(made.max())
    if low < -1e-3:
        return "−1 to 1"
    return "0 to 1" if high <= 1 + 1e-3 else "0 to 255"


def _pictures(made: NDArray[Any], layout: Layout, output: str) -> Tensor:
    """Pictures (N, C, H, W), nominally in [-1, 1]."""
    images = torch.from_numpy(made).float()
    if layout.last:
        images = images.movedim(-1, 1)
    images = images.reshape(-1, layout.channels, layout.side, layout.side)
    if output == "0 to 1":
        return 2 * images - 1
    return images / 127.5 - 1 if output == "0 to 255" else images
