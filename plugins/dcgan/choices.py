"""What a state dictionary leaves open, as options that a person can change."""

from dataclasses import dataclass

from latentstudio.plugin_host.api import option

FILE = "file"
"""What the modules of a whole pickled network say."""
ACTIVATIONS = (
    "relu",
    "leaky-relu",
    "leaky-relu-0.1",
    "leaky-relu-0.01",
    "silu",
    "gelu",
    "elu",
    "selu",
    "tanh",
    FILE,
)
OUTPUTS = ("tanh", "sigmoid", "none", FILE)
PRIORS = ("normal", "uniform")
CONDITIONS = ("after", "before", "product")


@dataclass(frozen=True, slots=True)
class Choices:
    """The defaults stand where nothing in the file speaks against them."""

    activation: str = option(
        "relu", "Activation", "The function between the layers", choices=ACTIVATIONS
    )
    bare: str = option(
        "",
        "Layers without activation",
        "Numbers of layers, for example 0,2; 0 is the first",
        advanced=True,
    )
    eps: str = option(
        "",
        "Epsilon of the batch norms",
        "One number for all, or one for each separated by commas; empty: 1e-5. 0.8 is common",
    )
    output: str = option(
        "tanh", "Output", "The function after the last layer; it sets the contrast", choices=OUTPUTS
    )
    prior: str = option("normal", "Noise", "How the code was drawn in training", choices=PRIORS)
    classes: int = option(
        0, "Classes", "How many of the inputs are a class, one for each", low=0, high=10_000
    )
    condition: str = option(
        "after",
        "Class input",
        "Where the class goes: after or before the noise, or multiplied with it",
        choices=CONDITIONS,
    )
    size: int = option(0, "Picture size", "0: the likeliest", low=0, high=4096, unit="px")
    layout: int = option(
        0, "Layout", "Other strides and paddings that fit, likeliest first", low=0, high=9
    )
