"""Where computing happens, and what to say when it runs out of memory."""

import contextlib
import ctypes
import gc
import sys
from collections.abc import Iterator

import torch

from latentstudio.core.errors import ResourceError
from latentstudio.core.marked import marked


def available_devices() -> list[torch.device]:
    """Devices of this computer, fastest first; the processor is always there."""
    found = [torch.device("cuda", index) for index in range(torch.cuda.device_count())]
    if torch.backends.mps.is_available():
        found.append(torch.device("mps"))
    return [*found, torch.device("cpu")]


def choose_device(wanted: str = "auto") -> torch.device:
    """The fastest device, or the one asked for.

    Args:
        wanted: ``auto``, ``cpu``, ``mps``, ``cuda`` or ``cuda:1``.

    Raises:
        ResourceError: This computer has no such device.
    """
    devices = available_devices()
    for device in devices:
        if wanted in ("auto", device.type, str(device)):
            # Full precision means full: a GPU's convolutions round to ten bits otherwise. What
            # should be quick asks for half precision.
            torch.backends.cudnn.allow_tf32 = False
            return device
    known = ", ".join(str(device) for device in devices)
    raise ResourceError(f"This computer has no device '{wanted}'. It has: {known}.")


def device_words(device: torch.device) -> str:
    """A device in words for the panel: ``CPU, 2 threads`` or the name of the GPU."""
    if device.type == "cuda":
        total = torch.cuda.get_device_properties(device).total_memory
        return f"{torch.cuda.get_device_name(device)}, {total / 1e9:.0f} GB"
    if device.type == "mps":
        return "Apple GPU"
    threads = torch.get_num_threads()
    one = threads == 1
    return marked(f"CPU, {threads} thread") if one else marked(f"CPU, {threads} threads")


def forget_peak(device: torch.device) -> None:
    """Measure the most memory used from now on; see `peak_memory`."""
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)


def peak_memory(device: torch.device) -> int | None:
    """Most bytes in use on a GPU since `forget_peak`; None where nobody counts them."""
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device)
    return None


def free_memory() -> None:
    """Give memory back that nobody holds any more."""
    gc.collect()
    torch.cuda.empty_cache()  # does nothing where there is no GPU
    if sys.platform == "linux":
        # The C library keeps what was freed: after a model of 334 MB, 400 MB of it.
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc only
        if trim is not None:
            trim(0)


@contextlib.contextmanager
def memory_errors(what: str) -> Iterator[None]:
    """Turn "out of memory", in any of its forms, into one sentence.

    Args:
        what: What was being done, as the start of the sentence: ``The picture``.

    Raises:
        ResourceError: Memory ran out inside.
    """
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
        raise ResourceError(_sentence(what)) from error


def is_out_of_memory(error: Exception) -> bool:
    """Whether an error says, in any of its forms, that memory ran out."""
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    # The processor's allocator raises a plain RuntimeError, and so do a GPU's libraries.
    words = ("not enough memory", "can't allocate memory", "out of memory", "STATUS_ALLOC_FAILED")
    return isinstance(error, RuntimeError) and any(word in str(error) for word in words)


def _sentence(what: str) -> str:
    return (
        f"{what} needs more memory than is free. Close other programs, choose a smaller model "
        "or make fewer pictures at once."
    )
