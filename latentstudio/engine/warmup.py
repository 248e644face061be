"""What costs seconds the first time, done once where nobody waits for it."""

import functools
import warnings

import torch


@functools.cache
def warm_up_derivatives() -> None:
    """Load what the first forward-mode derivative of a process loads (about 3 s).

    It compiles helper functions by a part of torch that announces its own retirement; that
    concerns torch, so the announcement is kept from our log.
    """
    one = torch.ones(1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.func.vmap(lambda t: torch.func.jvp(torch.sin, (one,), (t,))[1])(torch.ones(1, 1))
