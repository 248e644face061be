"""What judges whether pictures look like the open model's own: taught once, then kept."""

from collections.abc import Callable

from latentstudio.core.progress import Job, Step, part
from latentstudio.density.picture_judge import PictureJudge
from latentstudio.density.teaching import teach
from latentstudio.engine.generator import Generator
from latentstudio.inversion.features import features
from latentstudio.session.opening import OpenModel
from latentstudio.store import picture_judges
from latentstudio.store.densities import reference


def take_kept(model: OpenModel, label: int | None, report: Callable[[str], None]) -> None:
    """Use the judge of a class that an earlier start has left, if there is one."""
    judge = picture_judges.kept(model.generator, label, report)
    if judge is not None:
        _use(model, label, judge)


def teach_judge(model: OpenModel, label: int | None, report: Callable[[str], None]) -> Job[None]:
    """Teach a judge, keep it, and use it from the next picture on.

    Raises:
        AbilityError: The model's inner layers can't be read.
        ResourceError: What compares pictures is not installed.
    """
    _use(model, label, (yield from taught(model.generator, label, report)))


def judge_of(
    generator: Generator, label: int | None, report: Callable[[str], None]
) -> Job[PictureJudge]:
    """The judge of a model, of one class for a conditional one; taught where none was kept.

    Raises:
        AbilityError: The model's inner layers can't be read.
        ResourceError: What compares pictures is not installed.
    """
    known = picture_judges.kept(generator, label, report)
    if known is not None:
        yield Step(1.0, "The model’s pictures are known")
        return known
    return (yield from taught(generator, label, report))


def taught(
    generator: Generator, label: int | None, report: Callable[[str], None]
) -> Job[PictureJudge]:
    """A judge, taught now and kept; see `judge_of`."""
    looks = features(generator.device).pooled
    density = yield from part(reference(generator, label, report), 0.0, 0.1)
    judge = yield from part(teach(generator, density, looks, label), 0.1, 1.0)
    picture_judges.keep(generator, label, judge)
    return judge


def _use(model: OpenModel, label: int | None, judge: PictureJudge) -> None:
    key = (label or 0) if model.generator.info.classes else None
    model.renderer.judges = {**model.renderer.judges, key: judge}
