"""DCGAN (Radford et al. 2016), WGAN-GP, perceptrons and other plain stacks of layers."""

import copy
from collections.abc import Mapping
from dataclasses import asdict
from typing import Self

from latentstudio.plugin_host.api import (
    Checkpoint,
    CheckpointError,
    Facts,
    Family,
    Format,
    PlainGenerator,
    PluginApi,
    Prior,
    TensorBag,
    Weights,
    check_options,
    chosen_fingerprint,
    recorded_choices,
)

from .choices import Choices
from .guessing import doubts, guess, settled
from .modules import as_record
from .network import Network, make
from .reading import find_stack, find_stacks, may_branch, stack_of

FAMILY = "dcgan"
KEY, SLOTS, SAID, EARLY, BRANCHED = "choices", "slots", "said", "early", "branched"
"""Names of settings."""


class StackGenerator(PlainGenerator):
    """A stack whose choices can be changed.

    Args:
        name: Name on screen.
        fingerprint: Of `weights`.
        weights: Canonical; choices recorded in their settings go before guesses.
    """

    def __init__(self, name: str, fingerprint: str, weights: Weights) -> None:
        settings = weights.settings
        known = (settings.get(name) for name in (SLOTS, SAID, EARLY))
        stack = stack_of(weights.tensors, *known)
        bag = TensorBag(weights.tensors)
        guessed, reasons, found = guess(bag, stack)
        self.choices = recorded_choices(Choices, weights.settings.get(KEY)) or guessed
        self._file_print = fingerprint
        network = make(bag, stack, self.choices)
        same = self.choices == guessed
        values = asdict(self.choices)
        facts = Facts(
            network.z_dim,
            network.resolution,
            network.channels,
            network.classes,
            Prior(self.choices.prior),
            _guesses(self.choices, reasons, network, same),
            doubts(
                found if same else settled(bag, stack, self.choices),
                settings.get(BRANCHED) is True,
            ),
        )
        print_ = fingerprint if same else chosen_fingerprint(fingerprint, self.choices)
        kept = Weights(weights.tensors, dict(settings) | {KEY: values})
        super().__init__(name, FAMILY, print_, kept, network, facts)

    def with_choices(self, choices: Choices) -> Self:
        """The same weights read in another way; the fingerprint is another, too.

        Raises:
            OptionError: The choices don't fit the layers.
        """
        settings = dict(self.weights.settings) | {KEY: asdict(check_options(choices))}
        weights = Weights(self.weights.tensors, settings)
        other = StackGenerator(self.info.name, self._file_print, weights).to(self.device)
        twin = copy.copy(self)
        twin.__dict__.update(other.__dict__)
        return twin


def recognise(checkpoint: Checkpoint) -> bool:
    return find_stack(checkpoint.contents) is not None


def convert(checkpoint: Checkpoint) -> Weights:
    stack = find_stack(checkpoint.contents)
    if stack is None:
        raise CheckpointError(f"{checkpoint.path.name} holds no stack of layers.")
    settings: dict[str, object] = {SLOTS: [layer.slots for layer in stack.layers]}
    early = [index for index, layer in enumerate(stack.layers) if layer.early]
    settings |= {EARLY: early} if early else {}
    settings |= {BRANCHED: True} if may_branch(stack.layers) else {}
    settings |= {SAID: as_record(stack.said)} if stack.said else {}
    return Weights(stack.tensors(), settings)


def build(weights: Weights, name: str, fingerprint: str) -> StackGenerator:
    """The generator of canonical weights; what they leave open is guessed."""
    return StackGenerator(name, fingerprint, weights)


def _guesses(
    choices: Choices, reasons: Mapping[str, str], network: Network, guessed: bool
) -> dict[str, str]:
    """What the file does not hold, for the model panel."""
    values = asdict(choices) | {"size": network.resolution}
    shown = ["activation", *(name for name in ("bare", "eps") if values[name])]
    shown += ["output", "prior", "size"]
    shown += ["classes", "condition"] if network.classes else []
    return {name: f"{values[name]} ({reasons[name] if guessed else 'chosen'})" for name in shown}


def activate(api: PluginApi) -> None:
    api.add_family(Family(FAMILY, "DCGAN or another stack", build))
    label = "Stack of layers, state dictionary of PyTorch"
    networks = lambda checkpoint: find_stacks(checkpoint.contents)  # noqa: E731
    api.add_format(Format(FAMILY, label, recognise, convert, networks))
