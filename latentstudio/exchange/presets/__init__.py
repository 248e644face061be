"""The shareable direction file: what it holds, how it is written, how it is read safely."""

from latentstudio.exchange.presets.preset_file import (
    preview_names,
    read_header,
    read_preset,
    read_previews,
    write_preset,
)

__all__ = ["preview_names", "read_header", "read_preset", "read_previews", "write_preset"]
