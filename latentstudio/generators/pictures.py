"""What kinds of pictures generators may make."""

from typing import Any

from latentstudio.core.errors import CheckpointError

CHANNELS = (1, 3, 4)
MAX_SIDE = 8192


def check_picture(channels: int, size: int | tuple[int, int]) -> None:
    """Refuse pictures that nothing could show.

    Raises:
        CheckpointError: They have other channels than grey, RGB or RGBA, or no sensible size.
    """
    height, width = (size, size) if isinstance(size, int) else size
    if channels not in CHANNELS:
        raise CheckpointError(
            f"This model makes pictures of {channels} channels; 1 (grey), 3 (RGB) and 4 (RGBA) "
            "are known."
        )
    if not 1 <= min(height, width) <= max(height, width) <= MAX_SIDE:
        raise CheckpointError(f"This model makes pictures of {width} × {height} pixels.")


def picture_facts(size: int | tuple[int, int]) -> dict[str, Any]:
    """`resolution` and `sides` of a `GeneratorInfo`."""
    height, width = (size, size) if isinstance(size, int) else size
    sides = None if height == width else (height, width)
    return {"resolution": max(height, width), "sides": sides}
