"""A folder that is one model: a model file and its `config.json`, as Hugging Face keeps them."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from latentstudio.core.files import read_file

CONFIG = "config.json"
HIDDEN_CONFIG = ".config.json"
"""What stylegan2_pytorch calls the settings that it keeps beside its models."""
MODEL_FILES = ("model.safetensors", "pytorch_model.bin")
MAX_CONFIG = 2**20


def model_in(folder: Path) -> Path | None:
    """The model file of such a folder, None for any other folder."""
    found = [folder / name for name in MODEL_FILES if (folder / name).is_file()]
    return found[0] if found and (folder / CONFIG).is_file() else None


def config_beside(path: Path) -> Mapping[str, Any]:
    """The settings in the `config.json`, or `.config.json`, beside a file; empty without any.

    They only ever add to what the model file says, so a broken one is no error here: the
    family that needs it says so.
    """
    config = path.with_name(CONFIG)
    try:
        config = config if config.is_file() else path.with_name(HIDDEN_CONFIG)
        if not config.is_file() or config.stat().st_size > MAX_CONFIG:
            return {}
        found = json.loads(read_file(config))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
