"""The time of methods is measured before their first run, and only where that keeps nobody."""

import time
from dataclasses import dataclass

import pytest

from latentstudio.core.progress import Step, run
from latentstudio.discovery import registry
from latentstudio.document.findings import Findings
from latentstudio.engine.device import device_words
from latentstudio.session import probing
from latentstudio.session.messages import MethodPace
from latentstudio.store import paces
from tests.toys.planted import PlantedGenerator

WARM, EACH = 0.05, 0.02


@dataclass(frozen=True)
class Options:
    steps: int = 1000


@dataclass(frozen=True)
class NoSteps:
    samples: int = 10


class Learner:
    """A method whose first step is slow and whose others take `EACH` seconds."""

    def __init__(self):
        self.steps, self.closed = 0, 0

    def __call__(self, generator, options, seed=0, state=None):
        try:
            for step in range(1, 1000):
                time.sleep(WARM if step == 1 else EACH)
                self.steps = step
                yield Step(0.0, "", Findings(step, 1000, {}, None, None))
        finally:
            self.closed += 1


@pytest.fixture
def toy():
    return PlantedGenerator()


@pytest.fixture
def learner(monkeypatch):
    found = Learner()
    methods = {
        "learns": registry.Method("learns", "Learns", Options, found),
        "counts": registry.Method("counts", "Counts", NoSteps, None),
    }
    monkeypatch.setattr(registry, "METHODS", methods)
    monkeypatch.setattr(probing, "METHODS", methods)
    monkeypatch.setattr(probing, "discover", lambda g, id, **_: found(g, Options()))
    return found


def kept(toy):
    return paces.kept(toy.info.fingerprint, device_words(toy.device))


def test_a_few_steps_tell_the_time_of_one_without_the_first(toy, learner):
    job, told = probing.probe(toy, (), 0.01), []
    told = [step.preview for step in job if step.preview is not None]
    assert (learner.steps, learner.closed) == (probing.STEPS, 1)
    assert set(kept(toy)) == {"learns"}
    assert EACH <= kept(toy)["learns"] < WARM
    assert told == [MethodPace("learns", pytest.approx(kept(toy)["learns"], rel=1e-3))]


def test_what_was_measured_is_not_measured_again(toy, learner):
    paces.keep(toy.info.fingerprint, device_words(toy.device), "learns", 3.0)
    run(probing.probe(toy, (), 0.01))
    assert (learner.steps, kept(toy)) == (0, {"learns": 3.0})


def test_a_model_whose_pictures_take_long_is_left_alone(toy, learner):
    run(probing.probe(toy, (), 2 * probing.SLOWEST))
    assert (learner.steps, kept(toy)) == (0, {})


def test_what_takes_too_long_to_see_is_not_claimed(toy, learner, monkeypatch):
    monkeypatch.setattr(probing, "PATIENCE", WARM / 2)
    run(probing.probe(toy, (), 0.01))
    assert (learner.steps, learner.closed, kept(toy)) == (1, 1, {})
