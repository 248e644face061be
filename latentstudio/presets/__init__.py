"""The shareable direction file: what it holds, how it is written, how it is read safely."""

from latentstudio.presets.preset_file import read_preset, read_previews, write_preset

__all__ = ["read_preset", "read_previews", "write_preset"]
