"""Curves of runs: complete, small, and taken up again."""

import math

from latentstudio.document.loss_curve import MOST, LossCurve, LossTrail


def trail(steps, begun=None, until=0):
    made = LossTrail(begun, until)
    for step in steps:
        made.add(step, {"loss": float(step)})
    return made


def test_a_short_run_is_kept_step_by_step():
    curve = trail(range(1, 6)).curve()
    assert curve.steps == (1, 2, 3, 4, 5)
    assert curve.losses == {"loss": (1.0, 2.0, 3.0, 4.0, 5.0)}


def test_a_long_run_stays_small_and_keeps_its_level_and_its_end():
    curve = trail(range(1, 5001)).curve()
    assert MOST / 2 <= len(curve.steps) <= MOST + 1
    assert curve.steps[-1] == 5000
    assert list(curve.steps) == sorted(curve.steps)
    each = curve.steps[1] - curve.steps[0]
    first = curve.losses["loss"][0]
    assert math.isclose(first, (1 + each) / 2, rel_tol=1e-3)  # the mean of the steps it stands for


def test_it_goes_on_where_it_was_and_forgets_what_will_come_again():
    begun = trail(range(1, 11)).curve()
    curve = trail([8, 9], begun, until=7).curve()
    assert curve.steps == tuple(range(1, 10))


def test_what_no_file_can_hold_and_what_does_not_fit_is_left_out():
    made = trail([1])
    made.add(2, {"loss": math.inf})
    assert made.curve().steps == (1,)
    odd = LossCurve((1, 2), {"loss": (1.0,), "which": (2.0, 3.0)})
    assert LossTrail(odd, 9).curve().losses == {"which": (2.0, 3.0)}
