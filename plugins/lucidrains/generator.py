"""The generator, with the one number that its file leaves open."""

import copy
from dataclasses import asdict, dataclass, replace
from typing import Self

from latentstudio.plugin_host.api import (
    Prior,
    Space,
    SpaceInfo,
    StyleGenerator,
    SynthesisFacts,
    TensorBag,
    Weights,
    check_options,
    chosen_fingerprint,
    option,
    recorded_choices,
)

from .mapping import Mapping
from .network import Synthesis

FAMILY = "lucidrains"
KEY = "choices"
REASONS = {
    "": "assumed, its trainer's default; the file does not hold it",
    "file": "from .config.json beside the file",
    "plain": "the weights are those of plain layers",
}


@dataclass(frozen=True, slots=True)
class Choices:
    """What the file leaves open."""

    lr_mlp: float = option(
        0.1,
        "Mapping's learning rate",
        "lr_mlp of the training: mapping weights are multiplied by it; it sets how far pictures "
        "differ",
        low=1e-4,
        high=100.0,
    )


class LucidrainsGenerator(StyleGenerator):
    """A StyleGAN2 of ``stylegan2_pytorch``.

    Args:
        name: Name on screen.
        fingerprint: Of `weights`.
        weights: Canonical; choices recorded in their settings go before what was assumed.
    """

    def __init__(self, name: str, fingerprint: str, weights: Weights) -> None:
        settings = weights.settings
        assumed = Choices(float(settings.get("lr_mlp", 0.1)))
        self.choices = recorded_choices(Choices, settings.get(KEY)) or assumed
        self._file_print = fingerprint
        normalised = settings.get("normalised") is not False
        bag = TensorBag(weights.tensors)
        mapping = Mapping(bag.under("mapping"), self.choices.lr_mlp, normalised)
        synthesis = Synthesis(bag.under("synthesis"), mapping.w_dim, settings.get("blurred", True))
        size, layers = synthesis.resolution, len(synthesis.blocks)
        facts = SynthesisFacts(size, synthesis.channels, layers, synthesis.noisy)
        same = self.choices == assumed
        print_ = fingerprint if same else chosen_fingerprint(fingerprint, self.choices)
        kept = Weights(weights.tensors, dict(settings) | {KEY: asdict(self.choices)})
        super().__init__(name, FAMILY, print_, kept, mapping, synthesis, facts)
        why = REASONS.get(str(settings.get("said", "")), "") if same else "chosen"
        spaces = dict(self._info.spaces)
        if not normalised:
            spaces[Space.Z] = SpaceInfo(mapping.z_dim, 1, Prior.NORMAL)
        guesses = {"lr_mlp": f"{self.choices.lr_mlp:g} ({why})"}
        self._info = replace(self._info, spaces=spaces, guesses=guesses)

    def layers_before(self, tap: str) -> int:
        if self.network.synthesis.starts_from_codes:
            return self.info.code_layers
        return self.info.taps.index(tap) // 2 + 1  # two convolutions read the code of their block

    def with_choices(self, choices: Choices) -> Self:
        """The same weights read in another way; the fingerprint is another, too."""
        settings = dict(self.weights.settings) | {KEY: asdict(check_options(choices))}
        weights = Weights(self.weights.tensors, settings)
        other = LucidrainsGenerator(self.info.name, self._file_print, weights).to(self.device)
        twin = copy.copy(self)
        twin.__dict__.update(other.__dict__)
        return twin


def build(weights: Weights, name: str, fingerprint: str) -> LucidrainsGenerator:
    """The generator of canonical weights."""
    return LucidrainsGenerator(name, fingerprint, weights)
