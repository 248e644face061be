"""Our own file: safetensors with canonical names, settings in its metadata."""

import json
from collections.abc import Mapping
from typing import Any

from latentstudio.core.errors import CheckpointError
from latentstudio.engine.checkpoint import Checkpoint, Container
from latentstudio.generators.weights import Weights


def is_own(checkpoint: Checkpoint, family: str) -> bool:
    """Whether the file was saved by us for this family."""
    is_ours = checkpoint.container is Container.SAFETENSORS
    return is_ours and checkpoint.metadata.get("family") == family


def read_own(checkpoint: Checkpoint) -> Weights:
    """Weights of our own file."""
    return Weights(checkpoint.content, read_settings_text(checkpoint.metadata))


def read_settings_text(metadata: Mapping[str, str]) -> dict[str, Any]:
    """Settings from metadata: JSON where a text is JSON, else the text itself."""
    return {name: _value(text) for name, text in metadata.items()}


def write_settings_text(settings: Mapping[str, Any]) -> dict[str, str]:
    """Inverse of `read_settings_text`."""
    return {name: json.dumps(value) for name, value in settings.items()}


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
    except RecursionError as error:
        raise CheckpointError("The settings in this file are nested too deeply.") from error
