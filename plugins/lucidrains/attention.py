"""Linear attention and a feed-forward part before a block, as versions since 1.7 have them.

Source: Shen et al. 2021, "Efficient Attention: Attention with Linear Complexities".
"""

from typing import Any

import torch.nn.functional as F
from torch import Tensor, nn

from latentstudio.plugin_host.api import CheckpointError, TensorBag, frozen

HEADS = 8
"""Not told by shapes; the package knows no other number."""
SLOPE = 0.2
EPS = 1e-5


class Scaled(nn.Module):
    """What comes before a residual part, or after it: a norm over channels, over places, a scale.

    Versions 1.7 scale what the part makes; later ones normalise what it is given.
    """

    bias: Tensor | None

    def __init__(self, bag: TensorBag, width: int) -> None:
        super().__init__()
        self.kind = "scale" if "g" in bag else "places" if "norm.weight" in bag else "channels"
        if self.kind == "places":
            gain, bias = bag.take("norm.weight", width), bag.take("norm.bias", width)
            self.gain, self.bias = frozen(gain[:, None, None]), frozen(bias[:, None, None])
            return
        norm = bag if self.kind == "scale" else bag.under("norm")
        self.gain = frozen(norm.take("g", 1, width, 1, 1)[0])
        self.bias = frozen(norm.take("b", 1, width, 1, 1)[0]) if "b" in norm else None

    def before(self, x: Tensor) -> Tensor:
        """(N, C, H, W), same shape."""
        if self.kind == "scale":
            return x
        axes = (2, 3) if self.kind == "places" else (1,)
        x = x - x.mean(dim=axes, keepdim=True)
        x = x * (x.square().mean(dim=axes, keepdim=True) + EPS).rsqrt()
        assert self.bias is not None
        return x * self.gain + self.bias

    def after(self, x: Tensor) -> Tensor:
        """(N, C, H, W), same shape."""
        return x * self.gain if self.kind == "scale" else x


class LinearAttention(nn.Module):
    """Every place reads a summary of all places, one for each head."""

    def __init__(self, bag: TensorBag, width: int) -> None:
        super().__init__()
        self.query = frozen(bag.take("to_q.weight", -1, width, 1, 1))
        inner = len(self.query)
        if inner % HEADS or not inner:
            raise CheckpointError("The attention of this model has a width that we can't divide.")
        self.around = frozen(bag.take("to_kv.net.0.weight", width, 1, 3, 3))
        self.both = frozen(bag.take("to_kv.net.1.weight", 2 * inner, width, 1, 1))
        self.out = frozen(bag.take("to_out.weight", width, inner, 1, 1))
        self.bias = frozen(bag.take("to_out.bias", width))

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W), same shape."""
        around = F.conv2d(x, self.around, padding=1, groups=x.shape[1])
        keys, values = F.conv2d(around, self.both).chunk(2, dim=1)
        # (N, heads, width of a head, places)
        query, key, value = (
            t.reshape(len(x), HEADS, -1, x.shape[2] * x.shape[3])
            for t in (F.conv2d(x, self.query), keys, values)
        )
        query = query.softmax(dim=2) * query.shape[2] ** -0.5
        summary = key.softmax(dim=3) @ value.transpose(2, 3)
        read = (summary.transpose(2, 3) @ query).reshape(len(x), -1, *x.shape[2:])
        return F.conv2d(F.gelu(read), self.out, self.bias)


class FeedForward(nn.Module):
    """Two 1×1 convolutions."""

    def __init__(self, bag: TensorBag, width: int) -> None:
        super().__init__()
        self.first = frozen(bag.take("0.weight", -1, width, 1, 1))
        self.bias = frozen(bag.take("0.bias", len(self.first)))
        self.second = frozen(bag.take("2.weight", width, len(self.first), 1, 1))
        self.second_bias = frozen(bag.take("2.bias", width))

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W), same shape."""
        x = F.leaky_relu(F.conv2d(x, self.first, self.bias), SLOPE)
        return F.conv2d(x, self.second, self.second_bias)


class Attention(nn.Module):
    """Attention, then the feed-forward part; each is added to what it is given."""

    norms: Any
    parts: Any

    def __init__(self, bag: TensorBag, width: int) -> None:
        super().__init__()
        first, second = bag.under("0.fn"), bag.under("1.fn")
        self.norms = nn.ModuleList([Scaled(first, width), Scaled(second, width)])
        parts = [LinearAttention(first.under("fn"), width), FeedForward(second.under("fn"), width)]
        self.parts = nn.ModuleList(parts)

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W), same shape."""
        for norm, part in zip(self.norms, self.parts, strict=True):
            x = x + norm.after(part(norm.before(x)))
        return x


def attention_in(bag: TensorBag, width: int) -> Attention | None:
    """The attention before a block, None where the file has none there.

    Raises:
        CheckpointError: It is that of an early version.
    """
    if "0.fn.fn.to_q.weight" not in bag:
        return None
    if "0.fn.fn.to_kv.net.0.weight" not in bag:
        raise CheckpointError(
            "This model has the attention of a version of stylegan2_pytorch before 1.7, which "
            "LatentStudio does not know. Export it to ONNX where it was made, and open that."
        )
    return Attention(bag, width)
