"""DP-LaSE subspaces: groups of feature channels that a direction works through.

Li et al., ACM Multimedia 2021, section on channel subspaces. What is learned is how channels
explain each other; `channel_groups` makes groups of that. Symbols here and there:

* f: features (N, C, ...) at a layer, of pictures walked along the direction;
* S (C x C, zero diagonal): each channel as a mixture of the others (`self_expression`);
* G_after: what the network does after that layer (`synthesize_with`); of large models as far as
  a small picture can be read (`early_pictures`).

Which groups are on at first is our own addition (`purest_groups`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from latentstudio.core.errors import AbilityError, OptionError
from latentstudio.core.options import check, option
from latentstudio.core.progress import Job, part
from latentstudio.discovery import fitting, learning_options, processes
from latentstudio.discovery.by_example import Basis, basis_of
from latentstudio.discovery.channel_groups import group_channels
from latentstudio.discovery.fitting import Fields, Setting
from latentstudio.discovery.latents import LatentSpace, survey
from latentstudio.discovery.learning_options import weight
from latentstudio.discovery.picture_ica import PictureIcaOptions, sample, shrunk
from latentstudio.discovery.purest_groups import purest_groups
from latentstudio.discovery.result import linear_set
from latentstudio.discovery.state import RunState
from latentstudio.discovery.training import Run, train
from latentstudio.document import groups
from latentstudio.document.direction import ChannelGroups, Direction, DirectionSet
from latentstudio.engine.channels import TappedGenerator, chosen_channels, mix_channels
from latentstudio.engine.early_pictures import EarlyPictures, early_pictures, is_large
from latentstudio.engine.generator import Generator, HasTaps

METHOD = ("dp-lase-subspace", "DP-LaSE groups")
PUREST = "purest"
_SAMPLES, _STARTS, _REACH = 2048, 8, 3.0
"""Pictures that say what one thing is; walks that are looked at, and how far they go."""


@dataclass(frozen=True, slots=True)
class SubspaceOptions:
    """What can be set; the defaults are the paper's where it names them."""

    groups: int = option(4, "Groups", "How many groups of channels to make.", low=2, high=64)
    on: str = option(
        PUREST,
        "On at first",
        "‘purest’ leaves those on with which the direction does most nearly one thing; any can be "
        "switched later.",
        choices=(PUREST, "all"),
    )
    steps: int = learning_options.steps(1000)
    layer: str = option(
        "auto", "Inner layer", "The layer whose channels are grouped; auto takes a middle one."
    )
    dimension: int = option(
        5,
        "Dimensions of a group",
        "How many independent things one group may do.",
        low=1,
        high=64,
        advanced=True,
    )
    keep: float = option(
        0.5,
        "Kept share",
        "Share of each channel’s strongest links that counts.",
        low=0.01,
        high=1.0,
        advanced=True,
    )
    power: float = option(
        3.0, "Contrast", "Larger separates groups more sharply.", low=1.0, high=16.0, advanced=True
    )
    features: float = weight(1.0, "Same features", "Weight of channels explaining each other.")
    picture: float = weight(1.0, "Same picture", "Weight of the picture staying what it was.")
    small: float = weight(0.5, "Few links", "Weight of weak links.")
    rate: float = learning_options.rate(1e-3)
    batch: int = learning_options.batch(8)


def fit(fields: Fields, setting: Setting) -> Fields:
    """The layers that this model has, and fewer steps on a processor."""
    layers = ("auto", *setting.info.taps)
    return fitting.change(fitting.steps(fields, setting), "layer", choices=layers)


@dataclass(frozen=True, slots=True, eq=False)
class Walks:
    """Walks of N pictures to both sides.

    Attributes:
        still: Codes of the pictures, (N, layers, dim).
        classes: Of each, (N,), or None.
        ends: Features at the layer, (N, C, ...), at the lower and the upper end.
    """

    still: Tensor
    classes: Tensor | None
    ends: Sequence[Tensor]


class SelfExpression(nn.Module):
    """S and its loss.

    Attributes:
        s: S with a diagonal that doesn't count, (C, C).
        channels: C.
        shift: Displacement for amount 1 of the direction, (d,).
        look: Makes small pictures, read early; None takes whole ones.
    """

    shift: Tensor

    def __init__(
        self,
        latents: LatentSpace,
        options: SubspaceOptions,
        seed: int,
        direction: Direction,
        tap: str,
    ) -> None:
        super().__init__()
        self.look: EarlyPictures | None = None
        self._latents, self._options, self._seed = latents, options, seed
        self._direction, self._tap = direction, tap
        generator: TappedGenerator = latents.generator  # type: ignore[assignment]
        self._generator = generator
        start, classes = latents.start(seed, 0, 1)
        with torch.no_grad():
            codes = latents.codes(start, start, classes)
            self.channels = generator.features(codes, tap, classes).shape[1]
        rng = torch.Generator().manual_seed(seed)
        s = torch.randn(self.channels, self.channels, generator=rng) * 1e-4
        self.s = nn.Parameter(s.to(generator.device))
        vector = torch.from_numpy(direction.vector * np.float32(direction.unit))
        # A buffer, so that a saved run knows which direction it was for.
        self.register_buffer("shift", vector.to(generator.device))

    @property
    def module(self) -> nn.Module:
        return self

    def groups(self) -> list[dict[str, Any]]:
        return [{"params": [self.s], "lr": self._options.rate}]

    def self_expression(self) -> Tensor:
        """S with its diagonal at zero: (C, C)."""
        return self.s - torch.diag(self.s.diagonal())

    def losses(self, step: int, batch: int) -> dict[str, Tensor]:
        """mean((S f - f)^2) + mean((G_after(S f) - G_after(f))^2) + 0.5 mean(S^2).

        Scalars () by name: that sum as ``loss``, and its means.
        """
        codes, classes = self._walked(step, batch)
        s, seen = self.self_expression(), dict[str, Tensor]()

        def note(f: Tensor) -> Tensor:
            return seen.setdefault("f", f)

        def explain(f: Tensor) -> Tensor:
            seen["sf"] = torch.einsum("cd,nd...->nc...", s, f)
            return seen["sf"]

        with torch.no_grad():
            picture = self._picture(codes, note, classes)
        explained = self._picture(codes, explain, classes)
        features = (seen["sf"] - seen["f"]).square().mean()
        same = (explained - picture).square().mean()
        small = s.square().mean()
        o = self._options
        loss = o.features * features + o.picture * same + o.small * small
        return {"loss": loss, "features": features, "picture": same, "small": small}

    def constrain(self) -> None:
        """The diagonal is left out by `self_expression`."""

    def found(self, losses: Mapping[str, float], step: int) -> DirectionSet:
        """The direction with a group for each channel."""
        with torch.no_grad():
            s = self.self_expression().double().cpu().numpy()
        o = self._options
        labels = group_channels(s, o.groups, keep=o.keep, dimension=o.dimension, power=o.power)
        given, options = self._direction, replace(o, layer=self._tap)
        found = linear_set(
            self._generator.info,
            METHOD,
            options,
            self._seed,
            torch.from_numpy(given.vector)[None],
            units=[given.unit],
            space=given.space,
            layers=given.layers,
            measured=[losses],
            steps=step,
        )
        first = found.directions[0]
        grouped = replace(
            first,
            id=f"{given.id}-groups",
            name=given.name,
            payload=ChannelGroups(given.vector, labels.astype(np.int64), self._tap),
            low=given.low,
            high=given.high,
            provenance=replace(first.provenance, of=given.id),
        )
        return replace(found, directions=(grouped,))

    def components(self) -> Job[Basis]:
        """The independent components of the model's own pictures."""
        wish = PictureIcaOptions(count=2, samples=_SAMPLES)
        seen = yield from part(sample(self._generator, wish, self._seed, self.look), 0.0, 0.9)
        return (yield from part(basis_of(seen, self._seed), 0.9, 1.0))

    @torch.no_grad()
    def walks(self) -> Walks:
        """A few pictures, and the features at the layer where walks to both sides end."""
        start, classes = self._latents.start(self._seed, 0, _STARTS)
        ends = []
        for amount in (max(-_REACH, self._direction.low), min(_REACH, self._direction.high)):
            moved = self._latents.on_shell(start, (amount * self.shift).expand_as(start))
            codes = self._latents.codes(moved, start, classes)
            ends.append(self._generator.features(codes, self._tap, classes))
        return Walks(self._latents.codes(start, start, classes), classes, ends)

    @torch.no_grad()
    def change(self, walks: Walks, chosen: Tensor, basis: Basis) -> NDArray[np.float64]:
        """How far walks that only the chosen channels (C,) follow carry each component, (K,)."""
        low, high = (
            self._picture(walks.still, partial(mix_channels, [(after, chosen)]), walks.classes)
            for after in walks.ends
        )
        scores = [basis.scores(shrunk(images).numpy()) for images in (low, high)]
        found: NDArray[np.float64] = (scores[1] - scores[0]).mean(0)
        return found

    def _picture(
        self, codes: Tensor, edit: Callable[[Tensor], Tensor], classes: Tensor | None
    ) -> Tensor:
        """With the features edited: (N, C, H, W), small where it is read early."""
        if self.look is not None:
            return self.look(codes, classes, edit={self._tap: edit})
        made: Tensor = self._generator.synthesize_with(codes, {self._tap: edit}, classes)
        return made

    def _walked(self, step: int, batch: int) -> tuple[Tensor, Tensor | None]:
        """Codes (N, layers, d) walked along the direction by any amount its slider offers."""
        total, ours = processes.share(batch)
        start, classes = self._latents.start(self._seed, step, total, ours)
        rng = np.random.default_rng([self._seed, step, 1])
        low, high = self._direction.low, self._direction.high
        t = torch.from_numpy(rng.uniform(low, high, total)[ours]).to(start)
        moved = self._latents.on_shell(start, t[:, None] * self.shift)
        return self._latents.codes(moved, start, classes), classes


@torch.no_grad()
def discover(
    generator: Generator,
    options: SubspaceOptions,
    seed: int = 0,
    state: RunState | None = None,
    *,
    direction: Direction | None = None,
) -> Job[DirectionSet]:
    """Group the channels of a layer for one direction; goes on from `state` where given.

    Args:
        generator: The model.
        options: See `SubspaceOptions`.
        seed: Of the run.
        state: Of an earlier run with the same direction.
        direction: A linear direction of this model; it can't be left out.

    Returns:
        One direction whose payload is `ChannelGroups`: the same vector, and `labels` (C,).

    Raises:
        AbilityError: The model's inner layers can't be read.
        OptionError: No direction or one that isn't linear, no such layer, more groups than
            channels, or a state of another run.
    """
    check(options)
    if direction is None:
        raise OptionError("Choose the direction whose channels are to be grouped.")
    tap = _tap(generator, options.layer)
    if not direction.straight or direction.vector.ndim != 1:
        raise OptionError("Groups can be made for straight directions only. Choose another.")
    space = generator.info.spaces.get(direction.space)
    if space is None or len(direction.vector) != space.dim:
        raise OptionError("This direction was made for another model. Choose one of this model.")
    layers = "all" if direction.layers is None else "{}-{}".format(*direction.layers)
    latents = yield from part(survey(generator, direction.space.value, layers), 0.0, 0.04)
    task = SelfExpression(latents, options, seed, direction, tap)
    if options.groups > task.channels - 1:
        raise OptionError(f"groups must be less than {task.channels}, this layer’s channels.")
    if state is not None and not _same(state.tensors.get("module.shift"), task.shift):
        raise OptionError("This run was for another direction. Choose that, or start a new run.")
    if is_large(generator.info):
        task.look = yield from part(early_pictures(generator, behind=tap), 0.04, 0.05)
    run = Run(
        METHOD[0], generator.info, options, seed, options.steps, options.batch, generator.device
    )
    found = yield from part(train(task, run, state), 0.05, 0.9)
    if options.on != PUREST:
        return found
    return (yield from part(_purest(task, found), 0.9, 1.0))


def _purest(task: SelfExpression, found: DirectionSet) -> Job[DirectionSet]:
    """With those groups off without which the direction does more nearly one thing."""
    basis = yield from part(task.components(), 0.0, 0.7)
    grouped, walks = found.directions[0], task.walks()
    labels = torch.from_numpy(groups.labels(grouped))

    def change(off: frozenset[int]) -> NDArray[np.float64]:
        return task.change(walks, chosen_channels(labels, off), basis)

    off = yield from part(purest_groups(change, int(labels.max()) + 1), 0.7, 1.0)
    return replace(found, directions=(groups.with_off(grouped, off),))


def _same(saved: Tensor | None, now: Tensor) -> bool:
    return saved is not None and torch.equal(saved, now.cpu())


def _tap(generator: Generator, name: str) -> str:
    taps = generator.info.taps
    if not isinstance(generator, HasTaps) or not taps:
        raise AbilityError("Groups of channels need a model with inner layers that can be read.")
    if name == "auto":
        return taps[(len(taps) - 1) // 2]
    if name not in taps:
        raise OptionError(f"layer can't be '{name}'. This model's layers: {', '.join(taps)}.")
    return name
