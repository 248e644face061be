"""JSON from strangers: how deep, how long and how large it may be."""

import math
from typing import Any

MOST_DEPTH = 24
LONGEST_TEXT = 100_000
LARGEST_NUMBER = 2**63


def check_json(value: Any) -> None:
    """Refuse what no file of ours says; without recursion, so that depth can't hurt.

    Args:
        value: Decoded JSON.

    Raises:
        ValueError: Nested too deeply, a text too long, or a number that is not finite or too
            large.
    """
    waiting = [(value, 0)]
    while waiting:
        one, depth = waiting.pop()
        if depth > MOST_DEPTH:
            raise ValueError("it is nested too deeply")
        if isinstance(one, dict):
            waiting += [(part, depth + 1) for pair in one.items() for part in pair]
        elif isinstance(one, list):
            waiting += [(part, depth + 1) for part in one]
        else:
            _check_value(one)


def _check_value(value: Any) -> None:
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        raise ValueError("a text is too long")
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("a number is not finite")
    if isinstance(value, int) and abs(value) > LARGEST_NUMBER:
        raise ValueError("a number is too large")
