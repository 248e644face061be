"""Published schedules of projection, written anew to be measured with our perceptual network.

* NVlabs (Karras et al. 2020, appendix D): Adam in W from the mean, 1,000 steps, rate 0.1 ramped
  up over 5 % and down over 25 %, noise added to w that fades over 75 %, features only.
* PTI (Roich et al. 2021): 450 steps in W at 0.005, then 350 steps of all weights at 0.0003.

The noise inputs of these projectors are left out: the built-in model has none, and a random
model's own samples need none.
"""

import math
import time

import numpy as np
import torch

from latentstudio.engine.priors import draw_z

MEAN_SAMPLES = 10_000


@torch.no_grad()
def spread_of_w(generator):
    w = generator.map(draw_z(generator, MEAN_SAMPLES, np.random.default_rng(123)))
    mean = w.mean(0, keepdim=True)
    return mean, float(((w - mean).square().sum(1).mean()).sqrt())


def project(problem, steps, rate, seconds, see, noise=0.05, clock=time.perf_counter):
    """Project in W; `see(elapsed, w, image)` is told of every step. Gives the last w, (1, dim)."""
    generator = problem.generator
    mean, spread = spread_of_w(generator)
    w = mean.clone().requires_grad_(True)
    adam = torch.optim.Adam([w], betas=(0.9, 0.999), lr=rate)
    rng = torch.Generator().manual_seed(0)
    began, paused = clock(), 0.0
    for step in range(steps):
        t = step / steps
        adam.param_groups[0]["lr"] = rate * ramp(t)
        scale = spread * noise * max(0.0, 1.0 - t / 0.75) ** 2
        noisy = w + scale * torch.randn(w.shape, generator=rng)
        image = generator.synthesize(generator.broadcast(noisy), problem.classes(1))
        loss = problem.feature_loss(image)
        adam.zero_grad()
        loss.backward()
        adam.step()
        here = clock()
        if step % 10 == 9 or step == steps - 1:
            see(here - began - paused, w.detach())
            paused += clock() - here
        if here - began - paused > seconds:
            break
    return w.detach()


def ramp(t):
    down = min(1.0, (1 - t) / 0.25)
    return (0.5 - 0.5 * math.cos(down * math.pi)) * min(1.0, t / 0.05)
