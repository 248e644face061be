"""The mapping network: dense layers whose weights are multiplied by a learning rate."""

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from latentstudio.plugin_host.api import CheckpointError, TensorBag, frozen

SLOPE = 0.2
MEAN_SAMPLES = 4096


class Mapping(nn.Module):
    """z to w.

    Args:
        bag: ``0.weight``, ``0.bias``, ``1.weight`` …
        lr_mlp: Stored weights and biases are multiplied by it.
        normalised: z is divided by its length first.
    """

    slope, gain, c_dim = SLOPE, 1.0, 0

    def __init__(self, bag: TensorBag, lr_mlp: float, normalised: bool) -> None:
        super().__init__()
        self.lr_mlp, self.normalised = lr_mlp, normalised
        self.weights, self.biases = nn.ParameterList(), nn.ParameterList()
        width = self.z_dim = bag.shape("0.weight", 2)[1]
        while f"{len(self.weights)}.weight" in bag:
            layer = bag.under(str(len(self.weights)))
            weight = layer.take("weight", -1, width)
            width = len(weight)
            self.weights.append(frozen(weight))
            self.biases.append(frozen(layer.take("bias", width)))
        self.w_dim = width
        if min(self.z_dim, self.w_dim) < 1:
            raise CheckpointError("This model file contradicts itself: its latent has no size.")
        self.w_avg = frozen(self._measured_mean())

    def forward(self, z: Tensor, _: Tensor | None = None) -> Tensor:
        """(N, z_dim) -> (N, w_dim)."""
        x = F.normalize(z, dim=1) if self.normalised else z
        for weight, bias in zip(self.weights, self.biases, strict=True):
            x = F.leaky_relu(F.linear(x * self.lr_mlp, weight, bias * self.lr_mlp), SLOPE)
        return x

    def mean(self, _: Tensor | None) -> Tensor:
        """Mean of w: (1, w_dim)."""
        return self.w_avg[None]

    @torch.no_grad()
    def _measured_mean(self) -> Tensor:
        """Mean of w over many z; files don't hold it: (w_dim,)."""
        z = np.random.RandomState(0).randn(MEAN_SAMPLES, self.z_dim).astype(np.float32)
        mean: Tensor = self(torch.from_numpy(z)).mean(dim=0)
        return mean
