"""What a file leaves open and a person decides: kept in settings, told apart by fingerprints."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, fields
from typing import Any, TypeVar

from latentstudio.core.options import check

T = TypeVar("T")


def recorded_choices(kind: Callable[..., T], record: Any) -> T | None:
    """Choices in a file that LatentStudio saved, as far as they are of the right kind.

    Args:
        kind: Frozen dataclass whose fields are made by `core.options.option`.
        record: A setting of the file; None where there was none.

    Raises:
        OptionError: A recorded choice is not among those there are.
    """
    if not isinstance(record, dict):
        return None
    kinds = {field.name: type(field.default) for field in fields(kind)}  # type: ignore[arg-type]
    known = {name: record[name] for name in kinds if type(record.get(name)) is kinds[name]}
    return check(kind(**known))


def chosen_fingerprint(fingerprint: str, choices: Any) -> str:
    """Fingerprint of a network whose pictures differ from those of the guesses."""
    text = fingerprint + json.dumps(asdict(choices), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
