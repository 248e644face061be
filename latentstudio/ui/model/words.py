"""What the model panel says about a model."""

from dataclasses import dataclass
from pathlib import PurePath

from latentstudio.core.reading import ReferenceCurve
from latentstudio.core.spaces import Ability, GeneratorInfo
from latentstudio.generators.builtin import DEFAULT, LARGER
from latentstudio.session.messages import ModelSummary
from latentstudio.ui.widgets.words import grouped, sides_words, size_words, tr

BUILT_IN = DEFAULT


@dataclass(frozen=True, slots=True)
class AbilityLine:
    """One line of the list: whether, what, and a detail at the right."""

    has: bool
    text: str
    detail: str


def title_of(ref: str) -> str:
    """What to call a model before it has opened."""
    known = {BUILT_IN: tr("Portraits"), LARGER: tr("Portraits 128")}
    return known.get(ref) or PurePath(ref).stem or ref


def built_in_titles() -> dict[str, str]:
    """What lists call the models that come with the program, by name."""
    return {
        BUILT_IN: tr("Portraits, built in"),
        LARGER: tr("Portraits at 128 pixels, built in"),
    }


def waiting_words(ref: str) -> str:
    """What stands where a model will be: which one opens, or what to do."""
    if not ref:
        return tr("Open a model to begin")
    return tr("%1 opens next.").replace("%1", title_of(ref))


def model_title(summary: ModelSummary) -> str:
    """What to call the open model."""
    name = summary.info.name
    return title_of(summary.ref) if summary.ref == name and name in (BUILT_IN, LARGER) else name


def shape_words(summary: ModelSummary) -> str:
    """``StyleGAN2 · 64 × 64 · W with 256 numbers``."""
    info = summary.info
    space = info.code_space.value.upper()
    numbers = tr("%1 with %2 numbers").replace("%1", space)
    size = sides_words(info.size)
    return " · ".join((summary.title, size, numbers.replace("%2", grouped(info.code_dim))))


def origin_words(summary: ModelSummary) -> str:
    """Where it came from and the head of its fingerprint."""
    return f"{PurePath(summary.ref).name} · {summary.info.fingerprint[:8]}"


def measured_words(summary: ModelSummary) -> str:
    """What it costs: ``About 0.9 GB on the graphics card, 12 ms a picture``."""
    size = tr("%1 on the graphics card") if summary.on_gpu else tr("%1 of weights")
    pace = tr("About %1, %2 ms a picture").replace("%1", size.replace("%1", "%3"))
    pace = pace.replace("%2", grouped(max(1, summary.milliseconds)))
    return pace.replace("%3", size_words(summary.bytes))


def recognised_words(summary: ModelSummary) -> str:
    """Why it was taken for what it is, for the tooltip."""
    start = tr("Recognised by its first tensors: %1")
    return start.replace("%1", summary.seen) if summary.seen else ""


def ability_lines(info: GeneratorInfo, curve: ReferenceCurve | None) -> list[AbilityLine]:
    """What the model can do, as four lines."""
    return [_gradients(info), _density(curve), _layers(info), _classes(info)]


def _gradients(info: GeneratorInfo) -> AbilityLine:
    has = Ability.GRADIENT in info.abilities
    both = Ability.FORWARD_GRADIENT in info.abilities
    detail = tr("forward and reverse") if both else tr("reverse only")
    return AbilityLine(has, tr("Works out gradients"), detail if has else tr("not this one"))


def _density(curve: ReferenceCurve | None) -> AbilityLine:
    if curve is None:
        return AbilityLine(False, tr("Density"), tr("not measured yet"))
    text = tr("Density measured in %1").replace("%1", curve.space.value.upper())
    return AbilityLine(True, text, tr("always on the shell") if curve.flat else tr("distance"))


def _layers(info: GeneratorInfo) -> AbilityLine:
    has = Ability.LAYERS in info.abilities and info.code_layers > 1
    inputs = tr("%1 inputs").replace("%1", str(info.code_layers))
    return AbilityLine(has, tr("Layer ranges"), inputs if has else tr("one input only"))


def _classes(info: GeneratorInfo) -> AbilityLine:
    has = info.classes > 0
    return AbilityLine(
        has, tr("Classes"), grouped(info.classes) if has else tr("this model has none")
    )


def class_words(number: int, names: tuple[str, ...]) -> str:
    """A class as the list shows it: its name, or its number."""
    if number < len(names) and names[number]:
        return names[number]
    return tr("Class %1").replace("%1", str(number))
