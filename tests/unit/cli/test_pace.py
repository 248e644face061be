"""What a learning run says on a terminal."""

import pytest

from latentstudio.cli.pace import with_time_left, words
from latentstudio.core.progress import Step
from latentstudio.document.findings import Findings


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.2, "0 s"), (89, "89 s"), (125, "2 min"), (3600, "1 h 0 min"), (7860, "2 h 11 min")],
)
def test_times_are_said_as_people_do(seconds, text):
    assert words(seconds) == text


def test_the_time_left_follows_the_pace(capsys):
    clock = iter([10.0, 12.0, 14.0])

    def run():
        yield Step(0.0, "Measured")
        for step, notice in ((5, ""), (6, "Look."), (8, "")):
            yield Step(
                0.1, f"Step {step}: loss 1", Findings(step, 20, {}, None, lambda: None, notice)
            )

    said = [step.message for step in with_time_left(run(), lambda: next(clock))]
    # Two seconds a step, then one: 0.95 of the past and 0.05 of the new.
    assert said == [
        "Measured",
        "Step 5: loss 1",
        "Step 6, 28 s left: loss 1",
        "Step 8, 23 s left: loss 1",
    ]
    assert capsys.readouterr().err == "Note: Look.\n"
