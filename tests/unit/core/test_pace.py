"""How long steps take: recent ones count most, and one that was held up says little."""

import pytest

from latentstudio.core.pace import Pace


def paced(seconds):
    pace = Pace()
    for number, each in enumerate([9.0, *seconds], 1):  # the first start tells nothing
        pace.add(number, each)
    return pace.per_step


def test_one_step_that_was_held_up_hardly_changes_what_is_said():
    assert paced([0.1] * 50) == pytest.approx(0.1)
    assert paced([*[0.1] * 50, 8.0]) < 0.12


def test_steps_that_stay_slow_are_believed():
    assert paced([*[0.1] * 50, *[1.0] * 100]) == pytest.approx(1.0, rel=0.05)
