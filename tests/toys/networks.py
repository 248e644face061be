"""Small networks of other projects' making, as their classes would be written: to save and read."""

import torch
from torch import nn
from torch.nn import functional as F


@torch.no_grad()
def settled(module, *dims):
    """The module after its batch norms have seen codes; their weights are not all one."""
    for part in module.modules():
        if isinstance(part, nn.BatchNorm2d | nn.BatchNorm1d):
            part.momentum = None
            nn.init.uniform_(part.weight, 0.5, 1.5)
            nn.init.normal_(part.bias, 0.0, 0.3)
    module.train()
    for _ in range(3):
        module(torch.randn(64, *dims))
    return module.eval()


class Residual(nn.Module):
    """A residual generator as pytorch-gan-collections writes it: 16 pixels."""

    class Block(nn.Module):
        """Doubles the size."""

        def __init__(self, inputs, outputs):
            super().__init__()
            conv = nn.Conv2d(inputs, outputs, 3, padding=1)
            first = [nn.BatchNorm2d(inputs), nn.ReLU(), nn.Upsample(scale_factor=2), conv]
            last = nn.Conv2d(outputs, outputs, 3, padding=1)
            self.residual = nn.Sequential(*first, nn.BatchNorm2d(outputs), nn.ReLU(), last)
            self.shortcut = nn.Sequential(
                nn.Upsample(scale_factor=2), nn.Conv2d(inputs, outputs, 1)
            )

        def forward(self, x):
            return self.residual(x) + self.shortcut(x)

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(8, 12 * 16)
        self.blocks = nn.Sequential(self.Block(12, 12), self.Block(12, 8))
        self.output = nn.Sequential(
            nn.BatchNorm2d(8), nn.ReLU(), nn.Conv2d(8, 3, 3, padding=1), nn.Tanh()
        )

    def forward(self, z):
        return self.output(self.blocks(self.linear(z).view(-1, 12, 4, 4)))


class Mimicry(nn.Module):
    """A residual generator as Mimicry writes it: 16 pixels."""

    class Block(nn.Module):
        """Doubles the size."""

        def __init__(self, inputs, outputs):
            super().__init__()
            self.b1, self.b2 = nn.BatchNorm2d(inputs), nn.BatchNorm2d(outputs)
            self.c1 = nn.Conv2d(inputs, outputs, 3, padding=1)
            self.c2 = nn.Conv2d(outputs, outputs, 3, padding=1)
            self.c_sc = nn.Conv2d(inputs, outputs, 1)

        def forward(self, x):
            def up(x):
                return F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)

            h = self.c1(up(F.relu(self.b1(x))))
            return self.c2(F.relu(self.b2(h))) + self.c_sc(up(x))

    def __init__(self):
        super().__init__()
        self.l1 = nn.Linear(8, 12 * 16)
        self.block2, self.block3 = self.Block(12, 12), self.Block(12, 8)
        self.b4, self.c4 = nn.BatchNorm2d(8), nn.Conv2d(8, 3, 3, padding=1)

    def forward(self, z):
        x = self.block3(self.block2(self.l1(z).view(-1, 12, 4, 4)))
        return torch.tanh(self.c4(F.relu(self.b4(x))))


class ClassRows(nn.Module):
    """BigGAN-PyTorch without a shared embedding: every norm has a row for each of 4 classes."""

    class Norm(nn.Module):
        """Gains and biases by class; statistics as they begin."""

        def __init__(self, channels):
            super().__init__()
            self.gain, self.bias = nn.Embedding(4, channels), nn.Embedding(4, channels)
            self.register_buffer("stored_mean", torch.zeros(channels))
            self.register_buffer("stored_var", torch.ones(channels))
            for rows in (self.gain, self.bias):
                nn.init.normal_(rows.weight, 0.0, 0.3)

        def forward(self, x, y):
            return x * (1 + self.gain(y))[..., None, None] + self.bias(y)[..., None, None]

    class Block(nn.Module):
        """Doubles the size."""

        def __init__(self, norm, inputs, outputs):
            super().__init__()
            self.bn1, self.bn2 = norm(inputs), norm(outputs)
            self.conv1 = nn.Conv2d(inputs, outputs, 3, padding=1)
            self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1)
            self.conv_sc = nn.Conv2d(inputs, outputs, 1)

        def forward(self, x, y):
            h = self.conv1(F.interpolate(F.relu(self.bn1(x, y)), scale_factor=2))
            return self.conv2(F.relu(self.bn2(h, y))) + self.conv_sc(
                F.interpolate(x, scale_factor=2)
            )

    class Last(nn.Module):
        """A norm without classes."""

        def __init__(self, channels):
            super().__init__()
            self.gain, self.bias = (nn.Parameter(torch.rand(channels)) for _ in range(2))
            self.register_buffer("stored_mean", torch.zeros(channels))
            self.register_buffer("stored_var", torch.ones(channels))

        def forward(self, x):
            return x * self.gain[:, None, None] + self.bias[:, None, None]

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(8, 12 * 16)
        blocks = [self.Block(self.Norm, 12, 12), self.Block(self.Norm, 12, 8)]
        self.blocks = nn.ModuleList(nn.ModuleList([block]) for block in blocks)
        colours = nn.Conv2d(8, 3, 3, padding=1)
        self.output_layer = nn.Sequential(self.Last(8), nn.ReLU(), colours)

    def forward(self, z, y=None):
        y = torch.zeros(len(z), dtype=torch.long) if y is None else y
        x = self.linear(z).view(-1, 12, 4, 4)
        for (block,) in self.blocks:
            x = block(x, y)
        return torch.tanh(self.output_layer(x))


class FastGAN(nn.Module):
    """FastGAN, up to 64 pixels, with one skip-layer excitation and noise."""

    class Noise(nn.Module):
        """Off."""

        def __init__(self):
            super().__init__()
            self.weight = nn.Parameter(torch.zeros(1))

        def forward(self, x):
            return x

    class Start(nn.Module):
        """To 4 pixels."""

        def __init__(self):
            super().__init__()
            conv = nn.utils.spectral_norm(nn.ConvTranspose2d(8, 16, 4, bias=False))
            self.init = nn.Sequential(conv, nn.BatchNorm2d(16), nn.GLU(1))

        def forward(self, z):
            return self.init(z[:, :, None, None])

    class Gate(nn.Module):
        """Weighs channels."""

        def __init__(self, inputs, outputs):
            super().__init__()
            first = nn.utils.spectral_norm(nn.Conv2d(inputs, outputs, 4, bias=False))
            second = nn.utils.spectral_norm(nn.Conv2d(outputs, outputs, 1, bias=False))
            pool = nn.AdaptiveAvgPool2d(4)
            self.main = nn.Sequential(pool, first, nn.SiLU(), second, nn.Sigmoid())

    def block(self, inputs, outputs, layers):
        parts = [nn.Upsample(scale_factor=2)]
        for _ in range(layers):
            conv = nn.Conv2d(inputs, 2 * outputs, 3, padding=1, bias=False)
            parts += [nn.utils.spectral_norm(conv), *([self.Noise()] if layers > 1 else [])]
            parts += [nn.BatchNorm2d(2 * outputs), nn.GLU(1)]
            inputs = outputs
        return nn.Sequential(*parts)

    def __init__(self):
        super().__init__()
        self.init = self.Start()
        self.feat_8, self.feat_16 = self.block(8, 8, 2), self.block(8, 6, 1)
        self.feat_32, self.feat_64 = self.block(6, 6, 2), self.block(6, 4, 1)
        self.se_64 = self.Gate(8, 4)
        self.to_big = nn.utils.spectral_norm(nn.Conv2d(4, 3, 3, padding=1, bias=False))

    def forward(self, z):
        start = self.init(z)
        x = self.feat_64(self.feat_32(self.feat_16(self.feat_8(start))))
        return self.to_big(x * self.se_64.main(start))


def stack(channels, act=nn.ReLU, eps=1e-5, more=0):
    """DCGAN's layers: 8 numbers to 16 pixels, twice as many with each layer more."""

    class Code(nn.Module):
        def forward(self, z):
            return z[:, :, None, None]

    def up(inputs, outputs, *more):
        conv = nn.ConvTranspose2d(inputs, outputs, 4, *more, bias=False)
        return [conv, nn.BatchNorm2d(outputs, eps), act()]

    last = nn.ConvTranspose2d(12, channels, 4, 2, 1)
    larger = [part for _ in range(more) for part in up(12, 12, 2, 1)]
    return nn.Sequential(Code(), *up(8, 16, 1, 0), *up(16, 12, 2, 1), *larger, last, nn.Tanh())
