"""Several processes that learn one run together, as torch's own launcher starts them.

    torchrun --nproc_per_node=2 -m latentstudio discover ...

Each process takes every n-th picture of a batch that is n times as large, and sums, means and
gradients are taken over all of them, so the run is the one that a single process would make
with the larger batch, up to rounding. A process that is alone is a group of one: nothing here
costs it anything.
"""

import contextlib
import os
from collections.abc import Iterator, Sequence
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor

from latentstudio.core.errors import LatentStudioError
from latentstudio.engine.device import is_out_of_memory


class LostProcessError(LatentStudioError):
    """Another process of the group has ended or can't be reached."""

    def __init__(self) -> None:
        super().__init__("Another process of this run has ended, so it can't go on.")


def is_launched() -> bool:
    """Whether a launcher has started this process as one of several."""
    return int(os.environ.get("WORLD_SIZE", "1")) > 1


def local_rank() -> int:
    """Number of this process on its machine, from 0: which GPU it takes."""
    return int(os.environ.get("LOCAL_RANK", "0"))


def restarted() -> bool:
    """Whether the launcher has started the processes again after one of them had ended."""
    return int(os.environ.get("TORCHELASTIC_RESTART_COUNT", "0")) > 0


@contextlib.contextmanager
def group(device: torch.device) -> Iterator[None]:
    """Be one of the processes that the launcher has started; alone, nothing happens.

    Raises:
        LostProcessError: The others can't be reached.
    """
    if not is_launched():
        yield
        return
    with connection_errors():
        gpu = device.type == "cuda"
        dist.init_process_group("nccl" if gpu else "gloo", device_id=device if gpu else None)
    try:
        yield
    finally:
        dist.destroy_process_group()


def count() -> int:
    """How many processes there are."""
    return dist.get_world_size() if _together() else 1


def rank() -> int:
    """Which of them this is; process 0 writes the files and talks."""
    return dist.get_rank() if _together() else 0


def share(batch: int) -> tuple[int, slice]:
    """Size of the batch of all processes together, and which of it are ours."""
    return batch * count(), slice(rank(), None, count())


def add_up(tensors: Sequence[Tensor]) -> None:
    """Replace each tensor by its sum over the processes, in place.

    Tensors of any shape (...), the same in every process.

    Raises:
        LostProcessError: A process has ended.
    """
    if count() == 1 or not tensors:
        return
    flat = torch.cat([tensor.flatten() for tensor in tensors])
    with connection_errors():
        dist.all_reduce(flat)
    parts = torch.split(flat, [tensor.numel() for tensor in tensors])
    for tensor, part in zip(tensors, parts, strict=True):
        tensor.copy_(part.view_as(tensor))


def average(tensors: Sequence[Tensor]) -> None:
    """Replace each tensor by its mean over the processes, in place; see `add_up`."""
    add_up(tensors)
    if count() > 1:
        for tensor in tensors:
            tensor.div_(count())


def summed(x: Tensor) -> Tensor:
    """Sum over the processes, through which gradients flow to all of them.

    Any shape (...), same shape in every process.
    """
    if count() == 1:
        return x
    result: Tensor = _Sum.apply(x)  # type: ignore[no-untyped-call]
    return result


def shared(data: bytes | None, device: torch.device) -> bytes | None:
    """What process 0 passes, given to all; None is given as None.

    Raises:
        LostProcessError: A process has ended.
    """
    if count() == 1:
        return data
    size = torch.tensor([-1 if data is None else len(data)], device=device)
    with connection_errors():
        dist.broadcast(size, 0)
        if size.item() < 0:
            return None
        if rank() == 0:
            assert data is not None
            sent = torch.frombuffer(bytearray(data), dtype=torch.uint8).to(device)
        else:
            sent = torch.empty(int(size.item()), dtype=torch.uint8, device=device)
        dist.broadcast(sent, 0)
    return sent.cpu().numpy().tobytes()


@contextlib.contextmanager
def connection_errors() -> Iterator[None]:
    """Turn what the libraries say of a broken connection into one sentence."""
    try:
        yield
    except RuntimeError as error:
        if is_out_of_memory(error):
            raise
        # Nothing else but the connection can fail here, whatever class it is told in.
        raise LostProcessError from error


class _Sum(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        total = x.clone(memory_format=torch.contiguous_format)
        with connection_errors():
            dist.all_reduce(total)
        return total

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> Tensor:
        total = grads[0].clone(memory_format=torch.contiguous_format)
        with connection_errors():
            dist.all_reduce(total)
        return total


def _together() -> bool:
    return dist.is_available() and dist.is_initialized()
